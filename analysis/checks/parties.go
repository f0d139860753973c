package checks

import (
	"strings"

	"negotrace/analysis"
)

// who names the user of a handshake for a message, or the client's address where the
// user is not visible.
func who(h *analysis.Handshake) string {
	if h.User != "" {
		return h.User
	}
	if a := h.ClientAddr(); a.IsValid() {
		return "a client at " + a.String()
	}
	return "the client"
}

// where names the server or proxy of a handshake.
func where(h *analysis.Handshake) string {
	if h.Target == analysis.ToProxy {
		return "the proxy " + h.Host
	}
	return h.Host
}

// later tells whether the same client came to the same host with the outcome after h.
func later(p *analysis.Pass, h *analysis.Handshake, is func(*analysis.Handshake) bool) *analysis.Handshake {
	for _, o := range p.Attempts(h) {
		if o.ID > h.ID && is(o) {
			return o
		}
	}
	return nil
}

// perHost calls report with the first handshake of each host and side for which is
// holds: what a server offers is one fact, however many clients met it.
func perHost(p *analysis.Pass, is func(*analysis.Handshake) bool, report func(*analysis.Handshake)) {
	type key struct {
		side analysis.Target
		host string
	}
	seen := map[key]bool{}
	for _, h := range p.Context {
		if !is(h) {
			continue
		}
		if k := (key{h.Target, h.Host}); !seen[k] {
			seen[k] = true
			report(h)
		}
	}
}

// offeredList is what the server offered, in its order.
func offeredList(h *analysis.Handshake) string {
	if len(h.Offered) == 0 {
		return "no scheme"
	}
	return strings.Join(h.Offered, ", ")
}
