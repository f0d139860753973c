// Package analysis groups exchanges into handshakes and runs checks over them.
//
// A Trace takes what a capture holds in the order of the capture: exchanges, ends of
// connections, messages to and from KDCs, answers of name servers. Its Report says
// who authenticated how, what went wrong, and what could not be seen.
package analysis

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// What a Trace keeps at most besides its window; what is over is counted in the Tally,
// never lost in silence.
const (
	maxHandshakes = 2_000  // listed of each mechanism and outcome, each of 2 to 5 KB
	maxFindings   = 2_000  // of each check that say different things
	maxLookups    = 20_000 // answers of name servers
	maxServers    = 4_096  // whose answer times are known
	maxClients    = 65_536 // whose principals are known
	maxWords      = 8_192  // that header lines are made of, each of at most 512 bytes
	maxRiders     = 32     // requests kept per authenticated connection
	maxBystanders = 2_000  // requests kept that have nothing to do with authentication by themselves
)

// A Trace collects what a capture holds.
type Trace struct {
	decoder tokens.Decoder
	checks  []*Check

	// The window, in the order of arrival, where its parts begin, and from where on it
	// has not been judged.
	exchanges []entry // those that tell of authentication, with what rode on it
	gone      int     // exchanges that were dropped from the window
	conns     []*httpstream.Conn
	kdc       []*KDCExchange
	parts     []mark
	now       mark

	riders     map[*httpstream.Conn]int
	words      map[string]string // that header lines are made of
	asked      map[flow]*KDCExchange
	uttered    map[utterance]int // findings about no handshake, and in which round
	round      int               // judgements so far
	bystanders int

	// What is known of all the capture.
	names      Names
	principals map[netip.Addr]principal           // that got tickets
	quiet      map[netip.AddrPort][]time.Duration // per server: how long it takes to answer without authentication, sorted
	midStream  int                                // connections with HTTP whose beginning is missing
	first      httpstream.Pos
	last       httpstream.Pos
	newest     int       // frame
	end        time.Time // of the last packet of the connections, or of the last thing seen
	dropped    map[string]int

	// What was judged.
	numbered    int
	handshakes  []*Handshake
	mechanisms  map[Mechanism]map[Outcome]int
	conclusions conclusions
}

// NewTrace returns an empty Trace that decodes tokens with decoder and runs checks.
func NewTrace(decoder tokens.Decoder, checks []*Check) *Trace {
	dropped := map[string]int{}
	return &Trace{
		decoder:     decoder,
		checks:      checks,
		parts:       []mark{{}},
		riders:      map[*httpstream.Conn]int{},
		words:       map[string]string{},
		asked:       map[flow]*KDCExchange{},
		uttered:     map[utterance]int{},
		principals:  map[netip.Addr]principal{},
		quiet:       map[netip.AddrPort][]time.Duration{},
		dropped:     dropped,
		mechanisms:  map[Mechanism]map[Outcome]int{},
		conclusions: newConclusions(dropped),
	}
}

// Exchange takes an exchange. It keeps those that tell of authentication, decodes
// their tokens and forgets the secrets of their headers. Of others that may matter it
// keeps a copy. It returns whether it keeps x itself.
func (t *Trace) Exchange(x *httpstream.Exchange) (kept bool) {
	t.seen(x.Pos())
	e := entry{exchange: x, legs: [2]*Leg{leg(t.decoder, x, ToServer), leg(t.decoder, x, ToProxy)}}
	e.isAuth = e.legs[0] != nil || e.legs[1] != nil || len(x.Events) > 0
	if !e.isAuth {
		t.timing(x)
		if !t.rides(x) && !worthKeeping(x) && !t.bystander() {
			return false
		}
	}
	t.forget(x, e.isAuth)
	if !e.isAuth {
		e.exchange = apart(x)
	}
	e.begins = earliest(x)
	for _, l := range e.legs {
		if l != nil {
			l.arrival = t.gone + len(t.exchanges)
		}
	}
	t.exchanges = append(t.exchanges, e)
	if e.isAuth {
		if _, ok := t.riders[x.Conn]; !ok {
			t.riders[x.Conn] = 0
		}
	}
	t.advance()
	return e.isAuth
}

// rides tells that x went over a connection on which there was authentication before,
// and is among the first to do so.
func (t *Trace) rides(x *httpstream.Exchange) bool {
	n, ok := t.riders[x.Conn]
	if !ok || n >= maxRiders {
		return false
	}
	t.riders[x.Conn] = n + 1
	return true
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

// timing keeps a few answer times per server for comparison, in order.
func (t *Trace) timing(x *httpstream.Exchange) {
	if x.Request == nil || x.Response == nil {
		return
	}
	key := x.Conn.Server
	if q := t.quiet[key]; len(q) < 64 && len(t.quiet) < maxServers {
		took := x.Response.Pos.Time.Sub(x.Request.Done.Time)
		i, _ := slices.BinarySearch(q, took)
		t.quiet[key] = slices.Insert(q, i, took)
	}
}

func (t *Trace) seen(p httpstream.Pos) {
	if t.first.Frame == 0 {
		t.first = p
	}
	t.last = p
	t.newest = max(t.newest, p.Frame)
	t.until(p.Time)
}

func (t *Trace) until(end time.Time) {
	if end.After(t.end) {
		t.end = end
	}
}

// Conn takes a connection that has ended.
func (t *Trace) Conn(c *httpstream.Conn) {
	t.until(c.End.Time)
	t.newest = max(t.newest, c.End.Frame)
	if c.HTTP && !c.SYN && c.Tunnel == nil && c.Stream >= 0 {
		t.midStream++
	}
	t.conns = append(t.conns, c)
	t.advance()
}

// keepKDC takes a new exchange with a KDC.
func (t *Trace) keepKDC(k *KDCExchange) {
	t.seen(k.Asked)
	t.kdc = append(t.kdc, k)
	t.advance()
}

// Report judges what has not been judged yet and returns the result of all. tally is
// what the reading of the capture counted.
func (t *Trace) Report(tally *httpstream.Tally) *Report {
	t.judge(tally, t.here())
	for what, n := range t.dropped {
		if tally.Dropped == nil {
			tally.Dropped = map[string]int{}
		}
		tally.Dropped[what] += n
	}
	return report(t, tally)
}
