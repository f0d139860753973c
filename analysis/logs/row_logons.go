package logs

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// loggedLogons are the authentications that logs of IIS show by themselves, where no capture
// shows requests. A log has no connections: lines of one client, program and site belong
// together, in the order in which they come.
type loggedLogons struct {
	pending         map[logonParty]*pendingLogon // begun, and not settled
	linesUntilSweep int                          // lines until it is looked again for what is over
	rows            map[logonKey]*analysis.Handshake
	listed          [3]int // rows of each class
	lastAccepted    map[logonParty]httpstream.Time
	last            httpstream.Pos // of all lines
	accepted        int            // logons
	refused         int            // likewise, listed or not
	unanswered      int            // challenges that nobody answered, likewise
	ofServer        bool           // lines are those of a web server, or of a proxy
	ofProxy         bool
	counters        *httpstream.Counters
}

// A logonParty is a client and its server, as a line names them.
type logonParty struct {
	client    netip.Addr
	forwarded string // the whole X-Forwarded-For
	agent     string
	server    netip.AddrPort
	host      string
	site      string
	atProxy   bool
}

// A logonKey is what logons of one row have in common.
type logonKey struct {
	logonParty
	user    string
	outcome analysis.Outcome
	status  string // of a refusal
	path    string // of a request that was refused after the logon
}

// A pendingLogon is a logon whose end the log has not shown yet.
type pendingLogon struct {
	legs []*serverlog.Request
	last httpstream.Time
}

const (
	// pendingTimeout is how long an answer to a challenge may take: a user may be typing a password.
	pendingTimeout = 2 * time.Minute
	// loggedLegs is how many lines of one logon are kept: NTLM has three, and pages ask for
	// several things at a time.
	loggedLegs = 12
)

func newLoggedLogons(counters *httpstream.Counters) *loggedLogons {
	return &loggedLogons{pending: map[logonParty]*pendingLogon{}, rows: map[logonKey]*analysis.Handshake{}, lastAccepted: map[logonParty]httpstream.Time{}, counters: counters}
}

func partyOf(q *serverlog.Request) logonParty {
	party := logonParty{q.Client.Addr(), q.ForwardedFor, q.UserAgent, q.Server, strings.ToLower(q.Host), q.Site, q.AtProxy}
	if q.AtProxy {
		party.host = "" // that of a page: clients log on to the proxy
	}
	return party
}

// add takes a line, which has a time.
func (s *loggedLogons) add(q *serverlog.Request) {
	at := q.Pos.Time
	if at.After(s.last.Time) {
		s.last = q.Pos
	}
	step := analysis.StepOf(q)
	if step == analysis.LogsNothing || !q.Client.Addr().IsValid() {
		return
	}
	s.ofServer, s.ofProxy = s.ofServer || !q.AtProxy, s.ofProxy || q.AtProxy
	party := partyOf(q)
	o := s.pending[party]
	if o != nil && at.Sub(o.last).Abs() > pendingTimeout {
		s.abandon(party, o)
		o = nil
	}
	switch step {
	case analysis.LogsChallenge:
		s.challenge(party, o, q)
		return
	case analysis.LogsAnybody:
		if o == nil || !o.asksFor(q) {
			return
		}
		if q.NamesUsers {
			delete(s.pending, party) // this needs no credentials: the challenge was about something else
			return
		}
		s.addLogon(party, o, q, analysis.Succeeded)
	case analysis.LogsRefusal:
		s.addLogon(party, o, q, analysis.Failed)
	case analysis.LogsNoRight:
		if q.User == "" && (o == nil || !o.hasToken()) {
			s.challenge(party, o, q) // anybody is refused, and asked who it is
			return
		}
		s.addLogon(party, o, q, outcomeOf(q))
	case analysis.LogsLogon:
		s.addLogon(party, o, q, analysis.Succeeded)
	}
}

// outcomeOf returns the outcome of a request that was refused after the logon.
func outcomeOf(q *serverlog.Request) analysis.Outcome {
	if q.Status == httpstream.StatusUnauthorized {
		return analysis.Failed
	}
	return analysis.Succeeded
}

// challenge notes that the client was asked for credentials.
func (s *loggedLogons) challenge(party logonParty, o *pendingLogon, q *serverlog.Request) {
	if o == nil {
		if len(s.pending) >= maxPendingLogons {
			s.sweep(q.Pos.Time)
		}
		if len(s.pending) >= maxPendingLogons {
			s.counters.Drop("challenges in server logs, of more clients at a time than are followed", 1, q.Pos)
			return
		}
		o = &pendingLogon{}
		s.pending[party] = o
	}
	o.last = q.Pos.Time
	if len(o.legs) < loggedLegs {
		o.legs = append(o.legs, q)
	}
}

// sweep abandons logons that timed out by the time of the newest line. If these are few, it
// waits for some lines before it looks again.
func (s *loggedLogons) sweep(now httpstream.Time) {
	if s.linesUntilSweep > 0 {
		s.linesUntilSweep--
		return
	}
	s.abandonAll(func(o *pendingLogon) bool { return now.Sub(o.last).Abs() > pendingTimeout })
	if len(s.pending) > maxPendingLogons*3/4 {
		s.linesUntilSweep = maxPendingLogons / 4
	}
}

// abandonAll abandons logons that are over, in the order of their first lines.
func (s *loggedLogons) abandonAll(over func(*pendingLogon) bool) {
	type party struct {
		logonParty
		*pendingLogon
	}
	var all []party
	for p, o := range s.pending {
		if over(o) {
			all = append(all, party{p, o})
		}
	}
	slices.SortFunc(all, func(a, b party) int { return byTime(a.legs[0].Pos, b.legs[0].Pos) })
	for _, p := range all {
		s.abandon(p.logonParty, p.pendingLogon)
	}
}

// asksFor reports whether the client was asked for credentials for the same.
func (o *pendingLogon) asksFor(q *serverlog.Request) bool {
	return slices.ContainsFunc(o.legs, func(l *serverlog.Request) bool { return l.Path == q.Path && l.Method == q.Method })
}

// hasToken reports whether a line shows that the client sent credentials.
func (o *pendingLogon) hasToken() bool {
	return slices.ContainsFunc(o.legs, func(l *serverlog.Request) bool { return l.SubStatus == 1 })
}

// addLogon makes a row of a logon that came to its end with a line.
func (s *loggedLogons) addLogon(party logonParty, o *pendingLogon, q *serverlog.Request, outcome analysis.Outcome) {
	legs := []*serverlog.Request{q}
	if o != nil {
		legs = append(o.legs, q)
		delete(s.pending, party)
	}
	key := logonKey{logonParty: party, user: q.User, outcome: outcome}
	step := analysis.StepOf(q)
	if step == analysis.LogsRefusal || step == analysis.LogsNoRight || q.Status >= httpstream.StatusInternalServerError && q.Win32Status.RefusesLogon() {
		key.status = analysis.LoggedStatus(q) + " " + q.Win32Status.String()
		if step == analysis.LogsNoRight {
			key.path = q.Path
		}
		if step == analysis.LogsRefusal || outcome == analysis.Failed {
			s.refused++
		}
	}
	if outcome == analysis.Succeeded {
		if known, ok := s.lastAccepted[party]; (ok || len(s.lastAccepted) < maxClients) && q.Pos.Time.After(known) {
			s.lastAccepted[party] = q.Pos.Time
		}
		if o != nil || s.rows[key] == nil && s.listed[classOf(outcome)] < maxLoggedRows {
			s.accepted++
		}
	}
	s.row(key, legs, o != nil)
}

// abandon makes a row of a logon that did not go on.
func (s *loggedLogons) abandon(party logonParty, o *pendingLogon) {
	delete(s.pending, party)
	key := logonKey{logonParty: party, outcome: analysis.Unanswered}
	if o.hasToken() {
		key.outcome = analysis.Abandoned
	}
	if s.last.Time.Sub(o.last) <= pendingTimeout {
		key.outcome = analysis.Unknown // the log ends, or its clock was put back
	} else if _, in := s.lastAccepted[party]; !in {
		s.unanswered++
	}
	s.row(key, o.legs, true)
}
