package correlate

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// proxyPairs maps a request on the server's side of a proxy to the same request on the client's
// side. A token is the same on both sides, so requests with credentials are paired by it. They
// show the addresses of the proxy, and requests without credentials between the same addresses
// are paired by method, path and time.
type proxyPairs map[*httpstream.Exchange]*httpstream.Exchange

// A relayPath is a client's way to a proxy and the proxy's way to a server.
type relayPath struct{ proxyIn, proxyOut netip.Addr }

// clockTolerance is how far apart in time the two sides may see one request, when the
// clocks of two capture points are compared by requests that both saw.
const clockTolerance = 50 * time.Millisecond

// pairProxies finds the pairs among the exchanges, which are in order of their frames.
func pairProxies(all []entry) proxyPairs {
	p := proxyPairs{}
	paths := p.byToken(all)
	p.onTranslated(all)
	if len(paths) > 0 {
		p.byTime(all, paths)
	}
	return p
}

// byToken pairs exchanges that carry the same token over different connections, and
// returns the paths they show with the difference of the clocks on them.
func (p proxyPairs) byToken(all []entry) map[relayPath]time.Duration {
	paths := map[relayPath]time.Duration{}
	seen := map[uint64]*httpstream.Exchange{}
	for i := range all {
		sum, ok := tokenSum(all[i].legs)
		if !ok {
			continue
		}
		x, first := all[i].exchange, seen[sum]
		if first == nil {
			seen[sum] = x
			continue
		}
		if p[x] != nil || !MayBeForwarded(first, x) && !isTranslated(first, x) {
			continue
		}
		if p[x] = first; !MayBeForwarded(first, x) {
			continue
		}
		path := relayPath{first.Conn.Server.Addr(), x.Conn.Client.Addr()}
		if _, ok := paths[path]; !ok {
			paths[path] = x.Request.Pos.Time.Sub(first.Request.Pos.Time)
		}
	}
	return paths
}

// join notes at each handshake on the server's side of a proxy which one it continues.
func (p proxyPairs) join(handshakes []*analysis.Handshake) {
	if len(p) == 0 {
		return
	}
	of := map[*httpstream.Exchange]*analysis.Handshake{}
	for _, h := range handshakes {
		for _, l := range h.Legs {
			if l.Sent != nil && h.Target == analysis.ToServer {
				of[l.Exchange] = h
			}
		}
	}
	for _, h := range handshakes {
		for _, l := range h.Legs {
			if front := of[p[l.Exchange]]; front != nil && front != h {
				h.ClientSide = front.ID
			}
		}
	}
}

// tokenSum returns the fingerprint of the server-side token of an exchange, if no other logon has it.
func tokenSum(legs [2]*leg) (sum uint64, ok bool) {
	l := legs[0]
	if l == nil || !l.Sent.IsUnique() || l.Request == nil {
		return sum, false
	}
	return l.Sent.Token.Sum, true
}

// MayBeForwarded reports whether b may be a, forwarded by a proxy: the same request between other
// machines. It reads the addresses, the method and the path.
func MayBeForwarded(a, b *httpstream.Exchange) bool {
	if a.Conn == b.Conn || a.Request == nil || b.Request == nil || !a.Conn.Client.IsValid() {
		return false
	}
	return a.Conn.Client.Addr() != b.Conn.Client.Addr() && a.Conn.Server != b.Conn.Server &&
		a.Request.Method == b.Request.Method && (a.Request.Target == b.Request.Target || Path(a.Request.Target) == Path(b.Request.Target))
}

// Path returns the path of a request target, also of one in absolute form, without what may be
// secret in it.
func Path(target string) string { return tokens.PublicURI(analysis.PathOf(target)) }

// maxBetween is how many exchanges before and after an exchange are searched for its other side.
const maxBetween = 256

// A requestKey is what the two sides of one request have in common.
type requestKey struct {
	method, path string
	status       int
}

// byTime pairs exchanges on the paths of a proxy that carry no token: the server-side
// request lies within the time of the client-side exchange, and the status is the same.
func (p proxyPairs) byTime(all []entry, paths map[relayPath]time.Duration) {
	taken := make([]bool, len(all))
	out := map[netip.Addr]bool{}
	for path := range paths {
		out[path.proxyOut] = true
	}
	clientSides := p.withoutToken(all, paths)
	for i := range all {
		b := all[i].exchange
		if !out[b.Conn.Client.Addr()] || !isPlain(&all[i]) {
			continue
		}
		candidates := clientSides[keyOf(b)]
		from, _ := slices.BinarySearch(candidates, i-maxBetween)
		for _, j := range candidates[from:] {
			if j >= i+maxBetween {
				break
			}
			if a := all[j].exchange; !taken[j] && MayBeForwarded(a, b) && forwardedWithin(a, b, paths) {
				p[b], taken[j] = a, true
				break
			}
		}
	}
}

// withoutToken returns where the requests to a proxy without a token are, in order.
func (p proxyPairs) withoutToken(all []entry, paths map[relayPath]time.Duration) map[requestKey][]int {
	in := map[netip.Addr]bool{}
	for path := range paths {
		in[path.proxyIn] = true
	}
	found := make(map[requestKey][]int, len(all)/2)
	for i := range all {
		if x := all[i].exchange; in[x.Conn.Server.Addr()] && isPlain(&all[i]) {
			k := keyOf(x)
			found[k] = append(found[k], i)
		}
	}
	return found
}

// isPlain reports whether an exchange is whole and carries no token.
func isPlain(e *entry) bool {
	_, has := tokenSum(e.legs)
	return !has && e.exchange.Request != nil && e.exchange.Response != nil
}

func keyOf(x *httpstream.Exchange) requestKey {
	return requestKey{x.Request.Method, Path(x.Request.Target), x.Response.Status}
}

// forwardedWithin reports whether b lies within the time of a, by the clocks of the path on which
// the proxy forwards.
func forwardedWithin(a, b *httpstream.Exchange, paths map[relayPath]time.Duration) bool {
	shift, ok := paths[relayPath{a.Conn.Server.Addr(), b.Conn.Client.Addr()}]
	if !ok {
		return false
	}
	sent, got := b.Request.Pos.Time.Add(-shift), b.Response.Pos.Time.Add(-shift)
	return !sent.Before(a.Request.Pos.Time.Add(-clockTolerance)) && !got.After(a.Response.Pos.Time.Add(clockTolerance))
}
