// Package analysis groups exchanges into handshakes and runs checks over them.
//
// A Trace takes what a capture holds in the order of the capture: exchanges, ends of
// connections, messages to and from KDCs, answers of name servers. Its Report says
// who authenticated how, what went wrong, and what could not be seen.
package analysis

import (
	"net/netip"
	"slices"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A Trace collects what a capture holds. It decides at once what of it matters; that is
// looked into aside, by a window, while the capture is read on.
type Trace struct {
	decoder tokens.Decoder
	aside

	known      map[*httpstream.Conn]*known // open connections that something was kept of
	timed      map[netip.AddrPort]int      // answer times taken of each server
	bystanders int
	relays     relays
}

// NewTrace returns an empty Trace that decodes tokens with decoder and runs checks.
func NewTrace(decoder tokens.Decoder, checks []*Check) *Trace {
	return &Trace{
		decoder: decoder,
		aside:   aside{window: newWindow(decoder, checks)},
		known:   map[*httpstream.Conn]*known{},
		timed:   map[netip.AddrPort]int{},
	}
}

// Exchange takes an exchange. It keeps those that tell of authentication, to decode
// their tokens and forget the secrets of their headers. Of others that may matter it
// keeps a copy. It returns whether it keeps the messages of x themselves.
func (t *Trace) Exchange(x *httpstream.Exchange) (kept bool) {
	t.see(x.Pos())
	isAuth := len(x.Events) > 0 || concerns(t.decoder, x, ToServer) || concerns(t.decoder, x, ToProxy)
	var own *httpstream.Exchange
	if isAuth {
		c := *x
		own = &c
		t.relays.see(x)
	} else {
		t.timing(x)
		if !t.keeps(x) {
			return false
		}
		forget(x, false)
		own = apart(x)
	}
	subStatus := ownBody(own.Response)
	k := t.own(x.Conn)
	k.isAuth = k.isAuth || isAuth
	own.Conn = k.conn
	a := t.arrive()
	a.exchange, a.isAuth, a.subStatus = own, isAuth, subStatus
	a.conn, a.now = k.conn, t.still(x.Conn)
	a.unkept, k.unkept = k.unkept, 0
	return isAuth
}

// timing keeps a few answer times per server for comparison.
func (t *Trace) timing(x *httpstream.Exchange) {
	if x.Request == nil || x.Response == nil {
		return
	}
	server := x.Conn.Server
	if n := t.timed[server]; n < maxTimes && len(t.timed) < maxServers {
		t.timed[server] = n + 1
		took := x.Response.Pos.Time.Sub(x.Request.Done.Time)
		t.arrive().rare = func(w *window) {
			i, _ := slices.BinarySearch(w.quiet[server], took)
			w.quiet[server] = slices.Insert(w.quiet[server], i, took)
		}
	}
}

// Conn takes a connection that has ended.
func (t *Trace) Conn(c *httpstream.Conn) {
	t.until(c.End)
	known := t.known[c] != nil || c.Tunnel != nil
	if !known && !remarkable(c) {
		return
	}
	a := t.arrive()
	a.conn, a.now = c, *c // nobody changes it any more
	if known {
		k := t.own(c)
		a.conn, a.now, a.unkept = k.conn, t.still(c), k.unkept
		delete(t.known, c)
	}
}

// Kerberos takes a message to or from port 88. m holds what could be decoded; it is
// never nil.
func (t *Trace) Kerberos(at httpstream.Pos, src, dst netip.AddrPort, m *tokens.Kerberos) {
	t.arrive().rare = func(w *window) { w.kerberos(at, src, dst, m) }
}

// DNS takes a message from a name server.
func (t *Trace) DNS(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message) {
	t.arrive().rare = func(w *window) { w.dns(at, dst, m) }
}

// Report judges what has not been judged yet and returns the result of all. counters is
// what the reading of the capture counted.
func (t *Trace) Report(counters *httpstream.Counters) *Report {
	return t.settle().report(counters)
}
