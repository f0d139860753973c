package correlate

import (
	"net/http"
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
	open     map[logonParty]*openLogon // begun, and not settled
	wait     int                       // lines until it is looked again for what is over
	rows     map[logonKey]*attempt
	listed   [3]int // rows of each class
	letIn    map[logonParty]httpstream.Time
	last     httpstream.Pos // of all lines
	accepted int            // logons
	refused  int            // likewise, listed or not
	ignored  int            // challenges that nobody answered, likewise
	counters *httpstream.Counters
}

// A logonParty is a client and what it talks to, as far as a line says it.
type logonParty struct {
	client    netip.Addr
	forwarded string // whole
	agent     string
	server    netip.AddrPort
	host      string
	site      string
}

// A logonKey is what logons of one row have in common.
type logonKey struct {
	logonParty
	user    string
	outcome analysis.Outcome
	status  string // of a refusal
	path    string // of a request that was refused after the logon
}

// An openLogon is what a client was asked for, and has not done yet.
type openLogon struct {
	legs []*serverlog.Request
	last httpstream.Time
}

const (
	// openFor is how long after a challenge its answer is waited for: a user looks at a prompt.
	openFor = 2 * time.Minute
	// loggedLegs is how many lines of one logon are kept: NTLM has three, and pages ask for
	// several things at a time.
	loggedLegs = 12
)

func newLoggedLogons(counters *httpstream.Counters) *loggedLogons {
	return &loggedLogons{open: map[logonParty]*openLogon{}, rows: map[logonKey]*attempt{}, letIn: map[logonParty]httpstream.Time{}, counters: counters}
}

func partyOf(q *serverlog.Request) logonParty {
	return logonParty{q.Client.Addr(), q.ForwardedFor, q.UserAgent, q.Server, strings.ToLower(q.Host), q.Site}
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
	party := partyOf(q)
	o := s.open[party]
	if o != nil && at.Sub(o.last).Abs() > openFor {
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
			delete(s.open, party) // whoever asks gets it: the challenge was about something else
			return
		}
		s.settle(party, o, q, analysis.Succeeded)
	case analysis.LogsRefusal:
		s.settle(party, o, q, analysis.Failed)
	case analysis.LogsNoRight:
		if q.User == "" && (o == nil || !o.hasToken()) {
			s.challenge(party, o, q) // anybody is refused, and asked who it is
			return
		}
		s.settle(party, o, q, outcomeOf(q))
	case analysis.LogsLogon:
		s.settle(party, o, q, analysis.Succeeded)
	}
}

// outcomeOf is the outcome of a request that was refused after the logon.
func outcomeOf(q *serverlog.Request) analysis.Outcome {
	if q.Status == http.StatusUnauthorized {
		return analysis.Failed
	}
	return analysis.Succeeded
}

// challenge notes that the client was asked for credentials.
func (s *loggedLogons) challenge(party logonParty, o *openLogon, q *serverlog.Request) {
	if o == nil {
		if len(s.open) >= maxOpenLogons {
			s.sweep(q.Pos.Time)
		}
		if len(s.open) >= maxOpenLogons {
			s.counters.Drop("challenges in server logs, of more clients at a time than are followed", 1)
			return
		}
		o = &openLogon{}
		s.open[party] = o
	}
	o.last = q.Pos.Time
	if len(o.legs) < loggedLegs {
		o.legs = append(o.legs, q)
	}
}

// sweep gives up what is over by the time of the newest line. If that is little, it waits for
// a while before it looks again.
func (s *loggedLogons) sweep(now httpstream.Time) {
	if s.wait > 0 {
		s.wait--
		return
	}
	s.abandonAll(func(o *openLogon) bool { return now.Sub(o.last).Abs() > openFor })
	if len(s.open) > maxOpenLogons*3/4 {
		s.wait = maxOpenLogons / 4
	}
}

// abandonAll gives up what is over, in the order of the first lines.
func (s *loggedLogons) abandonAll(over func(*openLogon) bool) {
	type party struct {
		logonParty
		*openLogon
	}
	var all []party
	for p, o := range s.open {
		if over(o) {
			all = append(all, party{p, o})
		}
	}
	slices.SortFunc(all, func(a, b party) int { return byTime(a.legs[0].Pos, b.legs[0].Pos) })
	for _, p := range all {
		s.abandon(p.logonParty, p.openLogon)
	}
}

// asksFor reports whether the client was asked for credentials for the same.
func (o *openLogon) asksFor(q *serverlog.Request) bool {
	return slices.ContainsFunc(o.legs, func(l *serverlog.Request) bool { return l.Path == q.Path && l.Method == q.Method })
}

// hasToken reports whether a line shows that the client sent credentials.
func (o *openLogon) hasToken() bool {
	return slices.ContainsFunc(o.legs, func(l *serverlog.Request) bool { return l.SubStatus == 1 })
}

// settle makes a row of a logon that came to its end with a line.
func (s *loggedLogons) settle(party logonParty, o *openLogon, q *serverlog.Request, outcome analysis.Outcome) {
	legs := []*serverlog.Request{q}
	if o != nil {
		legs = append(o.legs, q)
		delete(s.open, party)
	}
	key := logonKey{logonParty: party, user: q.User, outcome: outcome}
	step := analysis.StepOf(q)
	if step == analysis.LogsRefusal || step == analysis.LogsNoRight || q.Status >= http.StatusInternalServerError && q.Win32Status.RefusesLogon() {
		key.status = analysis.LoggedStatus(q) + " " + q.Win32Status.String()
		if step == analysis.LogsNoRight {
			key.path = q.Path
		}
		if step == analysis.LogsRefusal || outcome == analysis.Failed {
			s.refused++
		}
	}
	if outcome == analysis.Succeeded {
		if known, ok := s.letIn[party]; (ok || len(s.letIn) < maxClients) && q.Pos.Time.After(known) {
			s.letIn[party] = q.Pos.Time
		}
		if o != nil || s.rows[key] == nil && s.listed[classOf(outcome)] < maxLoggedRows {
			s.accepted++
		}
	}
	s.row(key, legs, o != nil)
}

// abandon makes a row of a logon that did not go on.
func (s *loggedLogons) abandon(party logonParty, o *openLogon) {
	delete(s.open, party)
	key := logonKey{logonParty: party, outcome: analysis.Unanswered}
	if o.hasToken() {
		key.outcome = analysis.Abandoned
	}
	if s.last.Time.Sub(o.last) <= openFor {
		key.outcome = analysis.Unknown // the log ends, or its clock was put back
	} else if _, in := s.letIn[party]; !in {
		s.ignored++
	}
	s.row(key, o.legs, true)
}
