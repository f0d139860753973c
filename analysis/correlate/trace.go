// Package correlate fills in the model of package analysis: it keeps what matters of a
// capture, groups it into handshakes, joins them with what KDCs and name servers said and
// with the other side of proxies, runs the checks, and makes the report.
// It runs in two goroutines. The one that reads the capture calls the methods of a Trace, which
// decide at once what is kept, and copy what the reader will reuse. Kept items wait in a queue.
// The other goroutine runs the engine, which takes them from the queue, decodes their tokens
// and judges them. The same input gives the same report, however the two are scheduled.
package correlate

import (
	"hash/maphash"
	"net/netip"
	"slices"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/analysis"
	"negotrace/analysis/logs"
	"negotrace/capture/eventlog"
	"negotrace/capture/hosttext"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// Options are how a Trace works.
type Options struct {
	Decoder tokens.Decoder
	Checks  []*analysis.Check
	// Segment is the number of kept items after which the engine judges again, in a window of some
	// segments; 0 for the usual number.
	Segment int
	// Filter selects what is handed out, counted and listed; nil for no filter. The checks see the
	// rest too. Its Begin is called before anything is judged.
	Filter *analysis.Filter
	// AllFindings keeps every finding on a handshake that matches the Filter, not only those that
	// match it themselves.
	AllFindings bool
	// Sink takes what is final. It is called from one goroutine at a time, which is not always the
	// one that calls the Trace; the last calls come during Report.
	Sink analysis.Sink
	// OmitLists leaves handshakes and findings out of the Report, for callers who have them from
	// the Sink. The Report still counts them.
	OmitLists bool
	// Live is set if the capture is still growing: handshakes then become final by the time that
	// CaptureTime reports, and not only by their number.
	Live bool
}

// A Trace collects what a capture holds, in the order of the capture. All its methods must be
// called from one goroutine.
type Trace struct {
	decoder tokens.Decoder
	needs   needs
	worker  worker

	conns     connStates
	baselines map[netip.AddrPort]int // answer times taken of each server
	unrelated int                    // exchanges kept that have nothing to do with authentication
	relays    relayDetector
	visits    analysis.Visits
	questions analysis.Questions
	unserved  unserved
	joins     bool         // browser exports are among several files
	seed      maphash.Seed // of sightings
	packets   bool         // packet files are among them
	endpoints endpoints
	logs      bool // servers' logs are given
	// oneBrowser reports whether one browser export is all that is read beside logs.
	oneBrowser bool
	counters   httpstream.Counters // what it leaves out itself
}

// NewTrace returns an empty Trace.
func NewTrace(o Options) *Trace {
	return &Trace{
		decoder:   o.Decoder,
		needs:     needsOf(o.Checks),
		worker:    worker{engine: newEngine(o)},
		conns:     newConnStates(),
		baselines: map[netip.AddrPort]int{},
	}
}

// Files takes the files that are read, where there are several, before all else.
func (t *Trace) Files(files []httpstream.File) {
	t.worker.engine.joiner = newJoiner(files)
	t.endpoints = endpoints{}
	t.joins, t.seed = t.worker.engine.joiner != nil, maphash.MakeSeed()
	seen := slices.DeleteFunc(slices.Clone(files), func(f httpstream.File) bool { return f.Unit().OfLog() })
	t.oneBrowser = len(seen) == 1 && seen[0].Unit() != httpstream.Frames
	t.packets = slices.ContainsFunc(files, func(f httpstream.File) bool { return f.Unit() == httpstream.Frames })
}

// Logs takes the time of the first packet or exchange, as far as it is known, before what is in
// logs. All of that comes before all else but Files.
func (t *Trace) Logs(first httpstream.Time) {
	t.logs = true
	e := t.worker.engine
	e.servers = logs.NewServers(first, e.dropped)
	e.hosts = logs.NewHosts(e.dropped)
	e.events = logs.NewEvents(first, e.hosts, e.dropped)
}

// LoggedRequest takes a line of a server's log, and keeps it.
func (t *Trace) LoggedRequest(q *serverlog.Request) { t.worker.engine.servers.AddRequest(q) }

// Event takes an event of a log, and keeps it.
func (t *Trace) Event(e *eventlog.Event) { t.worker.engine.events.Add(e) }

// HostText takes a fact of a text about a host, and keeps it.
func (t *Trace) HostText(e *hosttext.Entry) { t.worker.engine.hosts.Add(e) }

// LoggedError takes a line of an error log, and keeps it.
func (t *Trace) LoggedError(e *serverlog.AuthError) { t.worker.engine.servers.AddError(e) }

// FailedRequest takes what IIS traced of a request, and keeps it.
func (t *Trace) FailedRequest(f *eventlog.FailedRequest) { t.worker.engine.servers.AddTrace(f) }

// Exchange takes an exchange and reports whether it kept x.Request and x.Response, which
// the caller must not change or reuse then. If it did not, it has copied what it needs.
func (t *Trace) Exchange(x *httpstream.Exchange) (kept bool) {
	var seen *sighting
	if t.joins {
		seen = newSighting(x, t.seed)
	}
	var asked *logs.SeenRequest
	if t.logs {
		asked = logs.NewSeenRequest(x, t.oneBrowser)
	}
	t.visit(x)
	isAuth := len(x.Events) > 0 || concerns(t.decoder, x, analysis.ToServer) || concerns(t.decoder, x, analysis.ToProxy)
	if mayBeDuplicate := t.packets && !x.Pos().InPackets(); !mayBeDuplicate {
		t.worker.addPos(x.Pos())
		if isAuth {
			t.relays.observe(x)
		} else {
			t.baseline(x)
		}
	}
	own := t.ownCopy(x, isAuth, t.unserved.serves(x))
	if own == nil {
		if seen != nil || asked != nil {
			i := t.worker.next()
			i.seen, i.request = seen, asked
		}
		return false
	}
	c := t.stateOf(x.Conn)
	if c.isAuth = c.isAuth || isAuth; c.program == "" && own.Request != nil {
		c.program = own.Request.Header.Value("User-Agent")
	}
	own.Conn = c.conn
	i := t.worker.nextExchange(own)
	i.isAuth, i.seen, i.request = isAuth, seen, asked
	if isAuth {
		t.worker.waiting.holdBody(own.Response)
	} else {
		keepBody(own.Response)
	}
	i.conn, i.now = c.conn, t.snapshot(x.Conn)
	i.skipped, c.skipped = c.skipped, 0
	return isAuth
}

// ownCopy returns what is kept of an exchange, without secrets: all of one that is about
// authentication, and copies of the messages of another that a check may need. It returns nil if
// nothing is kept. asIs reports whether it is kept in any case.
func (t *Trace) ownCopy(x *httpstream.Exchange, isAuth, asIs bool) *httpstream.Exchange {
	var own *httpstream.Exchange
	switch {
	case isAuth:
		hideSecrets(x)
		c := *x
		own = &c
	case asIs || t.retains(x):
		hideSecrets(x)
		t.needs.redact(x, false, &t.counters)
		own = clone(x)
	default:
		if x.Request != nil && x.Request.Method == "CONNECT" { // which connections refer to
			hideSecrets(x)
		}
		return nil
	}
	if own.Page != "" {
		own.Page = tokens.PublicURI(own.Page)
	}
	return own
}

// baseline passes some answer times of each server to the engine.
func (t *Trace) baseline(x *httpstream.Exchange) {
	if x.Request == nil || x.Response == nil {
		return
	}
	server := x.Conn.Server
	if n := t.baselines[server]; n < maxTimes && len(t.baselines) < maxServers {
		t.baselines[server] = n + 1
		t.worker.next().answer = &answerTime{server, x.Response.Pos.Time.Sub(x.Request.Done.Time)}
	}
}

// Conn takes a connection that has ended.
func (t *Trace) Conn(c *httpstream.Conn) {
	if t.joins {
		t.endpoints.add(c)
	}
	t.worker.until(c.End)
	t.visits.Conn(c)
	known := t.conns.has(c) || c.Tunnel != nil
	if !known && !reportable(c) {
		return
	}
	i := t.worker.next()
	i.conn, i.now = c, *c // nobody changes it any more
	if known {
		s := t.stateOf(c)
		i.conn, i.now, i.skipped = s.conn, t.snapshot(c), s.skipped
		t.conns.remove(c)
	}
}

// Kerberos takes a message to or from a KDC, or about changing a password. to is where a proxy
// passes it on to, nil if there is none. m holds what could be decoded; it is never nil, and nobody
// changes it any more.
func (t *Trace) Kerberos(at httpstream.Pos, src, dst netip.AddrPort, to *httpstream.Destination, m *tokens.Kerberos) {
	t.worker.next().kdc = &kdcMessage{at, src, dst, to, m}
}

// DNS takes a message to or from a name server.
func (t *Trace) DNS(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message) {
	if l := lookupOf(at, dst, m); l != nil {
		t.questions.Answer(at, dst.Addr(), src.Addr(), l.Name)
		t.worker.next().dns = l
	} else if name, ok := askedOf(m); ok {
		t.questions.Ask(at, src.Addr(), dst.Addr(), m.ID, name)
	} else if m.Response && len(m.Questions) == 0 {
		t.questions.AnswerUnnamed(dst.Addr())
	}
}

// CaptureTime takes the time that a followed capture has reached, by the clock of its packets.
func (t *Trace) CaptureTime(at httpstream.Time) {
	t.worker.next().progress = &progress{at: at}
	t.worker.handOver()
}

// CaughtUp says that everything that is there has been read, and whether nothing came for some
// seconds.
func (t *Trace) CaughtUp(idle bool) {
	t.worker.next().progress = &progress{caughtUp: true, idle: idle}
	t.worker.handOver()
}

// Report judges what has not been judged yet and returns the result of all. counters is
// what the reading of the capture counted. It is called once, after everything else.
func (t *Trace) Report(counters *httpstream.Counters) *analysis.Report {
	e := t.worker.finish()
	counters.Add(&t.counters)
	counters.Drop("open connections with authentication that were idle", t.conns.forgotten, httpstream.Pos{})
	e.visits, e.questions = &t.visits, &t.questions
	counters.Drop("questions to name servers", t.questions.Forgotten, httpstream.Pos{})
	if e.joiner != nil {
		e.joiner.endpoints = t.endpoints
	}
	return e.report(counters)
}
