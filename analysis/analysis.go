// Package analysis groups exchanges into handshakes and runs checks over them.
//
// A Trace takes what a capture holds in the order of the capture: exchanges, ends of
// connections, messages to and from KDCs, answers of name servers. Its Report says
// who authenticated how, what went wrong, and what could not be seen.
package analysis

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// What a Trace keeps at most; what is over is counted in the Tally, never lost in
// silence. A leg takes about 2 KiB.
const (
	maxExchanges  = 100_000
	maxKDC        = 50_000
	maxLookups    = 50_000
	maxConns      = 100_000
	maxRiders     = 32    // requests kept per authenticated connection
	maxBystanders = 2_000 // requests kept that have nothing to do with authentication by themselves
)

// A Trace collects what a capture holds.
type Trace struct {
	decoder    tokens.Decoder
	exchanges  []*httpstream.Exchange // those that tell of authentication, with what rode on it
	auth       map[*httpstream.Exchange][2]*Leg
	riders     map[*httpstream.Conn]int
	bystanders int
	conns      []*httpstream.Conn
	kdc        []*KDCExchange
	asked      map[flow]*KDCExchange
	names      Names
	quiet      map[string][]time.Duration // per server: how long it takes to answer without authentication
	dropped    map[string]int
	first      httpstream.Pos
	last       httpstream.Pos

	handshakes []*Handshake
}

// NewTrace returns an empty Trace that decodes tokens with decoder.
func NewTrace(decoder tokens.Decoder) *Trace {
	return &Trace{
		decoder: decoder,
		auth:    map[*httpstream.Exchange][2]*Leg{},
		riders:  map[*httpstream.Conn]int{},
		asked:   map[flow]*KDCExchange{},
		quiet:   map[string][]time.Duration{},
		dropped: map[string]int{},
	}
}

// Exchange takes an exchange. It keeps those that tell of authentication, decodes
// their tokens and forgets the secrets of their headers.
func (t *Trace) Exchange(x *httpstream.Exchange) {
	t.seen(x.Pos())
	legs := [2]*Leg{leg(t.decoder, x, ToServer), leg(t.decoder, x, ToProxy)}
	isAuth := legs[0] != nil || legs[1] != nil || len(x.Events) > 0
	if !isAuth {
		t.timing(x)
		if !t.rides(x) && !worthKeeping(x) && !t.bystander() {
			return
		}
	}
	if len(t.exchanges) >= maxExchanges {
		t.dropped["exchanges with authentication"]++
		return
	}
	forget(x)
	t.exchanges = append(t.exchanges, x)
	if isAuth {
		t.auth[x] = legs
		if _, ok := t.riders[x.Conn]; !ok {
			t.riders[x.Conn] = 0
		}
	}
}

// rides tells that x went over a connection on which there was authentication before,
// and is among the first to do so.
func (t *Trace) rides(x *httpstream.Exchange) bool {
	n, ok := t.riders[x.Conn]
	if !ok {
		return false
	}
	t.riders[x.Conn] = n + 1
	return n < maxRiders
}

// worthKeeping tells that a diagnosis is about exchanges like x although nothing in
// their headers is about authentication: a body asked for again, a length missing
// where a challenge was due, a page that stands in for a challenge.
func worthKeeping(x *httpstream.Exchange) bool {
	if x.Request == nil || x.Response == nil {
		return x.Reset != ""
	}
	switch x.Response.Status {
	case 400, 411, 413, 431, 494:
		return true
	}
	return x.Reset != "" || strings.HasPrefix(x.Request.Target, "/adfs/ls") ||
		x.Request.Method == "POST" && x.Request.BodyLen == 0 && x.Request.Header.Value("Content-Length") == "0"
}

// bystander tells that an exchange without any authentication is among the first of
// its kind: behind a proxy it may ride on somebody else's authentication.
func (t *Trace) bystander() bool {
	t.bystanders++
	return t.bystanders <= maxBystanders
}

// timing keeps a few answer times per server for comparison.
func (t *Trace) timing(x *httpstream.Exchange) {
	if x.Request == nil || x.Response == nil {
		return
	}
	key := x.Conn.Server.String()
	if q := t.quiet[key]; len(q) < 64 && len(t.quiet) < maxConns {
		t.quiet[key] = append(q, x.Response.Pos.Time.Sub(x.Request.Done.Time))
	}
}

func (t *Trace) seen(p httpstream.Pos) {
	if t.first.Frame == 0 {
		t.first = p
	}
	t.last = p
}

// end is the time of the last packet of the connections, or of the last thing seen.
func (t *Trace) end() time.Time {
	end := t.last.Time
	for _, c := range t.conns {
		if c.End.Time.After(end) {
			end = c.End.Time
		}
	}
	return end
}

// Conn takes a connection that has ended.
func (t *Trace) Conn(c *httpstream.Conn) {
	if len(t.conns) >= maxConns {
		t.dropped["connections"]++
		return
	}
	t.conns = append(t.conns, c)
}

// keepKDC keeps k, if there is room.
func (t *Trace) keepKDC(k *KDCExchange) bool {
	t.seen(k.Asked)
	if len(t.kdc) >= maxKDC {
		t.dropped["KDC exchanges"]++
		return false
	}
	t.kdc = append(t.kdc, k)
	return true
}

// Report groups what was collected, runs the checks and returns the result. tally is
// what the reading of the capture counted.
func (t *Trace) Report(tally *httpstream.Tally, checks []*Check) *Report {
	slices.SortStableFunc(t.exchanges, func(a, b *httpstream.Exchange) int {
		return cmp.Compare(a.Pos().Frame, b.Pos().Frame)
	})
	t.handshakes = group(t)
	for i, h := range t.handshakes {
		h.ID = i + 1
		t.locate(h)
	}
	t.joinKDC()
	for _, h := range t.handshakes {
		t.describe(h)
	}
	pairs := pairTwins(t.exchanges, t.auth)
	pairs.join(t.handshakes)
	p := &Pass{
		Handshakes: t.handshakes, KDC: t.kdc, Conns: t.conns, Names: &t.names,
		Tally: tally, Exchanges: t.exchanges, End: t.end(), twins: pairs, quiet: t.quiet,
	}
	for _, c := range checks {
		p.run(c)
	}
	for what, n := range t.dropped {
		if tally.Dropped == nil {
			tally.Dropped = map[string]int{}
		}
		tally.Dropped[what] += n
	}
	return report(t, tally, p.findings, checks)
}
