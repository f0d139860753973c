package correlate

import (
	"cmp"

	"negotrace/analysis"
	"negotrace/analysis/logs"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// An engine takes kept items in order of arrival, and judges them. buffer holds the newest
// items, knowledge what is known of the whole capture so far, and results what was judged. It
// belongs to one goroutine at a time: see worker.
type engine struct {
	decoder     tokens.Decoder
	checks      []*analysis.Check
	needs       needs
	segment     int // items to a segment of the buffer
	out         analysis.Sink
	filter      *analysis.Filter // nil for none
	allFindings bool             // see Options
	live        *live            // nil unless the capture is followed
	seen        span

	buffer     buffer
	knowledge  knowledge
	results    results
	joiner     *joiner              // nil unless browser exports are among several files
	dropped    *httpstream.Counters // what was over a limit
	challenges challengeCache
	pages      pages
	visits     *analysis.Visits    // nil until the end of the capture
	questions  *analysis.Questions // likewise
	servers    *logs.Servers       // nil if none are given
	events     *logs.Events        // likewise
	hosts      *logs.Hosts         // likewise
}

func newEngine(o Options) *engine {
	if o.Segment == 0 {
		o.Segment = segmentSize
	}
	dropped := &httpstream.Counters{}
	var l *live
	if o.Live {
		l = &live{handedOut: map[*analysis.Leg]int{}}
	}
	return &engine{
		live:    l,
		decoder: o.Decoder, checks: o.Checks, needs: needsOf(o.Checks), segment: o.Segment, out: o.Sink, filter: o.Filter, allFindings: o.AllFindings,
		buffer: newBuffer(), knowledge: newKnowledge(dropped), results: newResults(dropped, o), dropped: dropped,
	}
}

// take takes items in their order.
func (e *engine) take(items []item) {
	for i := range items {
		it := &items[i]
		e.seen.add(it.since)
		if it.conn != nil {
			*it.conn = it.now
		}
		switch {
		case it.exchange != nil:
			e.exchange(it)
		case it.seen != nil || it.request != nil:
			e.notKept(it)
		case it.kdc != nil:
			e.kerberos(it.kdc)
		case it.dns != nil:
			e.lookup(it.dns)
		case it.answer != nil:
			e.knowledge.addAnswerTime(it.answer)
		case it.progress != nil:
			e.follow(it.progress)
		default:
			e.connEnd(it.conn, it.skipped)
		}
	}
}

// notKept takes what other files and logs need of an exchange that is not kept.
func (e *engine) notKept(it *item) {
	if it.seen != nil {
		e.joiner.add(it.seen)
	}
	if it.request != nil {
		e.buffer.addNotHeld(it.request, e.dropped)
	}
}

// exchange takes an exchange, decodes the tokens of one with authentication and removes the
// secrets of its headers.
func (e *engine) exchange(it *item) {
	x := it.exchange
	n := entry{exchange: x, isAuth: it.isAuth, skipped: it.skipped, begins: earliest(x), seen: it.seen, request: it.request}
	if it.isAuth {
		n.legs = [2]*leg{newLeg(e.decoder, &e.challenges, x, analysis.ToServer), newLeg(e.decoder, &e.challenges, x, analysis.ToProxy)}
		e.clocksFor(x).exchange(x, n.legs)
		n.addPage(&e.pages)
		keepBody(x.Response)
		e.needs.redact(x, true, e.knowledge.counters)
	}
	if n.request != nil {
		for i, l := range n.legs {
			if l != nil {
				n.request.Legs[i] = &l.Leg
			}
		}
	}
	for _, l := range n.legs {
		if l != nil {
			l.arrival = e.buffer.arrivals()
			if l.Asks {
				e.knowledge.addChallenge(l)
			}
		}
	}
	if s := n.seen; s != nil {
		s.kept, s.exchange = true, x
		s.addTokens(n.legs)
		e.joiner.add(s)
	}
	e.buffer.exchanges = append(grown(e.buffer.exchanges, 1), n)
	e.live.arrived()
	e.results.carriers.exchange(&n)
	e.advance()
	for _, l := range n.legs {
		if l != nil && !e.joiner.mayBeDuplicate(x) {
			e.iakerb(l)
		}
	}
}

// addPage adds to a leg what the page and the header of the response say. It is the leg with
// the server, or with the proxy if that asks for credentials or if there is no other.
func (n *entry) addPage(known *pages) {
	r, l := n.exchange.Response, n.legs[0]
	if proxy := n.legs[1]; l == nil || proxy != nil && proxy.Asks {
		l = proxy
	}
	if l == nil || r == nil {
		return
	}
	defer l.ReadHeaderReason()
	if len(r.Body) == 0 && r.Reason == "" {
		return
	}
	if l.Status() < httpstream.StatusBadRequest && l.target != analysis.ToServer {
		return // what a proxy passes on says nothing about the proxy
	}
	page := known.read(r, l.Refuses())
	l.SubStatus, l.ErrorText, l.Words, l.PageOf = page.SubStatus, page.Text, page.Words, page.Maker
	if l.target == analysis.ToServer {
		l.Logon = cmp.Or(l.Logon, page.Logon)
		l.Unread = page.Unread
	}
}

// connEnd takes a connection that has ended, and how many follow-on requests were seen on
// it after the last that was kept.
func (e *engine) connEnd(c *httpstream.Conn, skipped int) {
	if e.servers != nil {
		e.servers.ConnEnded(c)
	}
	if skipped > 0 {
		e.buffer.skipped[c] = skipped
	}
	e.knowledge.kdcSeen = e.knowledge.kdcSeen || c.HasKerberosPort()
	e.results.carriers.end(c, skipped)
	if skipped == 0 && !reportable(c) || e.joiner.besidePackets() && c.Stream < 0 {
		return // beside packets nothing follows from what an export does not show
	}
	if c.HTTP && !c.SYN && c.Tunnel == nil && c.Stream >= 0 {
		e.knowledge.midStream++
	}
	e.buffer.addConn(c)
	e.live.arrived()
	e.advance()
}

// kerberos takes a message to or from a KDC.
func (e *engine) kerberos(m *kdcMessage) {
	e.knowledge.kdcSeen = true
	k, begins := e.buffer.kerberos(m)
	if k != nil {
		e.knowledge.addTicketHolder(k)
		e.knowledge.addService(k)
		e.knowledge.addTicketAnswer(k)
		e.knowledge.clocks.kdc(k)
	}
	if begins {
		e.seen.addPos(k.RequestPos)
		e.live.arrived()
		e.advance()
	}
}

// countLogged counts which requests with authentication have lines in logs, when they are dropped.
func (e *engine) countLogged(entries []entry) {
	for i := range entries {
		if n := &entries[i]; n.request != nil {
			e.servers.Count(n.request, n.exchange.Pos().File)
		}
	}
}

// advance judges the window when it is full. Of its segments the middle ones are reported,
// because what came before and after them is visible; then all but the two newest are
// dropped. A capture that does not fill the window is judged in one piece.
func (e *engine) advance() {
	if !e.buffer.addSegment(e.segment, e.seen.newest) {
		return
	}
	until := e.buffer.reportUntil()
	until.kdc = max(until.kdc, e.buffer.judged.kdc)
	e.judge(scope{until: until, includesOver: true})
	e.buffer.judged = until
	e.countLogged(e.buffer.exchanges[:e.buffer.dropTo().exchanges])
	e.live.drop(e.buffer.exchanges[:e.buffer.dropTo().exchanges])
	e.buffer.dropOld()
	e.results.dropOld()
}
