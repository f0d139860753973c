package checks

import "negotrace/analysis"

// laterAttempt returns the attempt with the outcome in which the same program came to the same
// host soon after h, nil if there is none. What it did hours later is another story, and what
// another user did is as well.
func laterAttempt(p *analysis.Pass, h *analysis.Handshake, is func(*analysis.Handshake) bool) *analysis.Handshake {
	for _, o := range p.Attempts(h) {
		if o.ID > h.ID && analysis.SoonAfter(o, h) && !analysis.OtherUser(o, h) && is(o) {
			return o
		}
	}
	return nil
}

// firstPerHost calls report with the first handshake of each host and side for which is
// holds: what a server offers is one fact, however many clients met it.
func firstPerHost(p *analysis.Pass, is func(*analysis.Handshake) bool, report func(*analysis.Handshake)) {
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
