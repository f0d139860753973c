package analysis

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// What a Trace keeps of a long capture is not all kept to its end, but in a window of parts
// by the order of arrival. When the window is full it is judged as a whole, and what is
// found in its middle is final: it was judged together with the part before and the
// part after. Then all goes but the two newest parts. A capture that does not fill the
// window is judged in one piece.

// A window holds what a Trace has kept of the capture lately, and what it has judged of
// all the capture so far.
type window struct {
	decoder tokens.Decoder
	checks  []*Check

	// What is held, in the order of arrival, where its parts begin, and from where on it
	// has not been judged.
	exchanges []entry // those that tell of authentication, with what rode on it
	gone      int     // exchanges that were dropped
	conns     []*httpstream.Conn
	unkept    map[*httpstream.Conn]int // of conns: exchanges that rode on it after those held
	kdc       []*KDCExchange
	asked     map[flow]*KDCExchange
	parts     []mark
	now       mark

	// What is known of all the capture.
	span
	names      DNS
	principals map[netip.Addr]principal           // that got tickets
	quiet      map[netip.AddrPort][]time.Duration // per server: how long it takes to answer without authentication, sorted
	midStream  int                                // connections with HTTP whose beginning is missing

	// What was judged.
	uttered     map[utterance]int // findings about no handshake, and in which round
	round       int               // judgements so far
	numbered    int
	handshakes  []*Handshake
	carriers    carriers
	mechanisms  map[Mechanism]map[Outcome]int
	conclusions conclusions
	dropped     map[string]int
}

func newWindow(decoder tokens.Decoder, checks []*Check) *window {
	dropped := map[string]int{}
	return &window{
		decoder:     decoder,
		checks:      checks,
		unkept:      map[*httpstream.Conn]int{},
		asked:       map[flow]*KDCExchange{},
		parts:       []mark{{}},
		principals:  map[netip.Addr]principal{},
		quiet:       map[netip.AddrPort][]time.Duration{},
		uttered:     map[utterance]int{},
		carriers:    carriers{},
		mechanisms:  map[Mechanism]map[Outcome]int{},
		conclusions: newConclusions(dropped),
		dropped:     dropped,
	}
}

// A mark is a place between the things that were collected.
type mark struct {
	exchanges, conns, kdc int
	frame                 int // of the last thing before
}

// An entry is an exchange in the window, and what it tells of authentication.
type entry struct {
	exchange *httpstream.Exchange
	legs     [2]*Leg // to the server and to the proxy, nil if none
	isAuth   bool    // has legs, or events of a client's log
	unkept   int     // exchanges before it that rode on its connection and were not kept
	begins   int     // the frame it begins at, see earliest
}

// here is the place behind all that was collected.
func (w *window) here() mark {
	return mark{len(w.exchanges), len(w.conns), len(w.kdc), w.newest}
}

// without returns m as it is after all before d was dropped.
func (m mark) without(d mark) mark {
	return mark{m.exchanges - d.exchanges, m.conns - d.conns, m.kdc - d.kdc, m.frame}
}

// exchange takes an exchange, to decode the tokens of one that tells of authentication
// and forget the secrets of its headers.
func (w *window) exchange(a *arrival) {
	x := a.exchange
	e := entry{exchange: x, isAuth: a.isAuth, unkept: a.unkept, begins: earliest(x)}
	if a.isAuth {
		e.legs = [2]*Leg{leg(w.decoder, x, ToServer), leg(w.decoder, x, ToProxy)}
		forget(x, true)
	}
	for _, l := range e.legs {
		if l != nil {
			l.arrival, l.SubStatus = w.gone+len(w.exchanges), a.subStatus
		}
	}
	w.exchanges = append(w.exchanges, e)
	w.carriers.exchange(&e)
	w.advance()
}

// conn takes a connection that has ended, and how many exchanges rode on it after the last
// that was kept.
func (w *window) conn(c *httpstream.Conn, unkept int) {
	if unkept > 0 {
		w.unkept[c] = unkept
	}
	w.carriers.end(c, unkept)
	if unkept == 0 && !remarkable(c) {
		return
	}
	if c.HTTP && !c.SYN && c.Tunnel == nil && c.Stream >= 0 {
		w.midStream++
	}
	w.conns = append(w.conns, c)
	w.advance()
}

// advance judges the window when it is full.
func (w *window) advance() {
	end, part := w.here(), w.here().without(w.parts[len(w.parts)-1])
	if part.exchanges+part.kdc+part.conns/connShare < partSize {
		return
	}
	if w.parts = append(w.parts, end); len(w.parts) <= windowParts {
		return
	}
	until := len(w.parts) - 2
	w.judge(&httpstream.Counters{}, w.parts[until])
	w.now = w.parts[until]
	w.drop(w.parts[until-1])
}

// earliest is the first frame of an exchange. That is not always its request's, which
// may have come into the capture late.
func earliest(x *httpstream.Exchange) int {
	frame := x.Pos().Frame
	if x.Response != nil {
		frame = min(frame, x.Response.Pos.Frame)
	}
	return frame
}

// drop lets go of what was collected before d.
func (w *window) drop(d mark) {
	for i := range d.exchanges {
		forgetHeaders(w.exchanges[i].exchange)
	}
	w.gone += d.exchanges
	for _, k := range w.kdc[:d.kdc] {
		if f := (flow{k.Client, k.KDC}); w.asked[f] == k {
			delete(w.asked, f)
		}
	}
	for u, round := range w.uttered {
		if round < w.round-2 {
			delete(w.uttered, u)
		}
	}
	for _, c := range w.conns[:d.conns] {
		delete(w.unkept, c)
	}
	w.exchanges = slices.Delete(w.exchanges, 0, d.exchanges)
	w.conns = slices.Delete(w.conns, 0, d.conns)
	w.kdc = slices.Delete(w.kdc, 0, d.kdc)
	w.now = w.now.without(d)
	var parts []mark
	for _, m := range w.parts {
		if m = m.without(d); m.exchanges >= 0 && m.conns >= 0 && m.kdc >= 0 {
			parts = append(parts, m)
		}
	}
	w.parts = parts
}

// forgetHeaders lets go of what only checks look at.
func forgetHeaders(x *httpstream.Exchange) {
	if x.Request != nil {
		x.Request.Header = nil
	}
	if x.Response != nil {
		x.Response.Header, x.Response.Body = nil, nil
	}
}
