package correlate

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/logs"
	"negotrace/httpstream"
)

// A buffer is a sliding window of some segments. It holds what was kept last, in order of arrival.
type buffer struct {
	exchanges []entry
	conns     []*httpstream.Conn
	kdc       []*analysis.KDCExchange
	notHeld   []*logs.SeenRequest // requests of exchanges that are not held, if there are logs

	skipped map[*httpstream.Conn]int            // of conns: follow-on requests after those held
	pending map[kdcPair][]*analysis.KDCExchange // requests to each KDC that wait for a reply
	replied map[kdcPair]*analysis.KDCExchange   // over UDP: the last one with a reply

	inTunnel int        // connections inside of tunnels that arrived since the last segment began
	dropped  int        // exchanges that were dropped
	segments []position // where they begin
	judged   position   // what comes before it has been reported
}

func newBuffer() buffer {
	return buffer{
		skipped:  map[*httpstream.Conn]int{},
		pending:  map[kdcPair][]*analysis.KDCExchange{},
		replied:  map[kdcPair]*analysis.KDCExchange{},
		segments: []position{{}},
	}
}

// An entry is an exchange with its authentication.
type entry struct {
	exchange *httpstream.Exchange
	legs     [2]*leg           // to the server and to the proxy, nil if none
	isAuth   bool              // has legs, or events of a client's log
	skipped  int               // follow-on requests before it on its connection that were not kept
	begins   httpstream.Pos    // see earliest
	seen     *sighting         // what it shows of itself, nil where there is one file only
	request  *logs.SeenRequest // what is looked up in logs, nil where there are none
}

// A position divides the items of a buffer into those before it and those after it.
type position struct {
	exchanges, conns, kdc int
	at                    httpstream.Pos // of the newest item before it
}

// minus returns p after everything before d was dropped.
func (p position) minus(d position) position {
	return position{p.exchanges - d.exchanges, p.conns - d.conns, p.kdc - d.kdc, p.at}
}

// end returns the position after the last item; at is the newest place seen.
func (b *buffer) end(at httpstream.Pos) position {
	return position{len(b.exchanges), len(b.conns), len(b.kdc), at}
}

// arrivals returns how many exchanges have arrived, those that were dropped included.
func (b *buffer) arrivals() int { return b.dropped + len(b.exchanges) }

// addConn adds a connection that has ended.
func (b *buffer) addConn(c *httpstream.Conn) {
	b.conns = append(b.conns, c)
	if c.Tunnel != nil {
		b.inTunnel++
	}
}

// addSegment begins a new segment if the last one holds so many items, and reports whether that
// made the window full.
func (b *buffer) addSegment(segment int, at httpstream.Pos) bool {
	end := b.end(at)
	last := end.minus(b.segments[len(b.segments)-1])
	if last.exchanges+last.kdc+b.inTunnel+(last.conns-b.inTunnel)/connShare < segment {
		return false
	}
	b.inTunnel = 0
	b.segments = append(b.segments, end)
	return len(b.segments) > windowSegments
}

// reportUntil returns the position up to which a full window is reported: nothing is known yet
// of what follows its newest segment.
func (b *buffer) reportUntil() position { return b.segments[len(b.segments)-2] }

// inOrder returns the exchanges in the order of the places at which they begin. Those of one
// connection, which came in their order, keep it, although the capture may have another one.
func (b *buffer) inOrder() []entry {
	entries := slices.Clone(b.exchanges)
	last := map[*httpstream.Conn]httpstream.Pos{}
	for i := range entries {
		n := &entries[i]
		if x := n.exchange; x.H2Stream == 0 && x.Conn.Stream >= 0 {
			if before, seen := last[x.Conn]; seen && n.begins.Compare(before) < 0 {
				n.begins = before
			}
			last[x.Conn] = n.begins
		}
	}
	slices.SortStableFunc(entries, func(x, y entry) int { return x.begins.Compare(y.begins) })
	return entries
}

// dropTo returns the end of what dropOld drops.
func (b *buffer) dropTo() position { return b.segments[len(b.segments)-3] }

// dropOld drops all but the two newest segments.
func (b *buffer) dropOld() {
	d := b.dropTo()
	for i := range d.exchanges {
		dropHeaders(b.exchanges[i].exchange)
		if s := b.exchanges[i].seen; s != nil {
			s.exchange, s.legs = nil, [2]*leg{}
		}
	}
	for _, k := range b.kdc[:d.kdc] {
		p := kdcPair{k.Client, k.KDC}
		if b.pending[p] = slices.DeleteFunc(b.pending[p], func(o *analysis.KDCExchange) bool { return o == k }); len(b.pending[p]) == 0 {
			delete(b.pending, p)
		}
		if b.replied[p] == k {
			delete(b.replied, p)
		}
	}
	for _, c := range b.conns[:d.conns] {
		delete(b.skipped, c)
	}
	b.dropped += d.exchanges
	b.exchanges = slices.Delete(b.exchanges, 0, d.exchanges)
	b.conns = slices.Delete(b.conns, 0, d.conns)
	b.kdc = slices.Delete(b.kdc, 0, d.kdc)
	b.judged = b.judged.minus(d)
	var segments []position
	for _, s := range b.segments {
		if s = s.minus(d); s.exchanges >= 0 && s.conns >= 0 && s.kdc >= 0 {
			segments = append(segments, s)
		}
	}
	b.segments = segments
	if len(b.exchanges) > 0 {
		oldest := b.exchanges[0].begins.Time.Add(-logs.OneMoment)
		b.notHeld = slices.DeleteFunc(b.notHeld, func(s *logs.SeenRequest) bool { return s.EndedAt.Before(oldest) })
	}
}

// addNotHeld adds the request of an exchange that is not held.
func (b *buffer) addNotHeld(s *logs.SeenRequest, counters *httpstream.Counters) {
	b.notHeld = append(b.notHeld, s)
	if n := len(b.notHeld) - maxNotHeld; n > maxNotHeld {
		counters.Drop("requests without authentication that were not looked up in logs", n, httpstream.Pos{})
		b.notHeld = slices.Delete(b.notHeld, 0, n)
	}
}

// requests returns those to look up in logs, of exchanges that are held or were seen last, in the
// order in which they ended.
func (b *buffer) requests() []*logs.SeenRequest {
	all := slices.Clone(b.notHeld)
	for i := range b.exchanges {
		if s := b.exchanges[i].request; s != nil {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(x, y *logs.SeenRequest) int { return x.EndedAt.Compare(y.EndedAt) })
	return all
}

// earliest returns the first place of an exchange. That is not always its request's, which
// may have come into the capture late.
func earliest(x *httpstream.Exchange) httpstream.Pos {
	at := x.Pos()
	if x.Response != nil && x.Response.Pos.Compare(at) < 0 {
		return x.Response.Pos
	}
	return at
}
