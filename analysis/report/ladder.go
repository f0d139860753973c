package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A ladder is a handshake as a sequence diagram shows it: who sent what to whom, in order
// of time.
type ladder struct {
	lanes []lane // from left to right
	steps []step
}

// A role is what a machine does in a handshake.
type role string

const (
	roleClient     role = "client"
	roleProxy      role = "proxy"
	roleServer     role = "server"
	roleKDC        role = "KDC"
	roleNameServer role = "name server"
)

// A lane is one machine.
type lane struct {
	role    role
	name    string // program of the client, host of a server; empty if not visible
	address string // empty where the format does not say
}

// A step is one message, or an event inside the client, for which from and to are equal.
type step struct {
	at       httpstream.Pos
	order    httpstream.Time // by which steps are sorted
	after    time.Duration   // since the first step
	from, to int             // lanes
	label    string          // "GET /reports", "401 Unauthorized", "TGS-REQ for HTTP/web@CORP.TEST"
	tokens   []Token         // credentials or challenges of an HTTP message
	kerberos *tokens.Kerberos
	found    string // the check whose finding it is, if it is one
	tone     tone
}

// A tone says what a step means for the client that wants to be let in.
type tone uint8

const (
	toneNeutral tone = iota
	toneAsking       // credentials are asked for, or more of them
	toneGranted      // the target let the client in, a KDC gave a ticket
	toneRefused      // the target, a KDC or a name server refused
)

// detail says in one line what tokens a step carries, empty if it carries none.
func (s *step) detail() string {
	var parts []string
	for i := range s.tokens {
		x := &s.tokens[i]
		text := x.Scheme
		switch {
		case x.Stripped:
			text = cmp.Or(text, "credentials")
			if x.User != "" {
				text += " of " + x.User
			}
			text += ", taken out before the file was exported"
		case x.Token != nil:
			text = strings.TrimPrefix(text+": ", "NTLM: ") + fmt.Sprintf("%s (%d bytes)", x.Token, x.Token.Len)
		case x.User != "":
			text += " of " + x.User
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// newLadder returns the ladder of a handshake. A finding on its connection in a frame without a
// message of the ladder gets a mark.
func newLadder(h *analysis.Handshake, found []*analysis.Finding) ladder {
	l := ladder{lanes: []lane{{roleClient, h.Product(), analysis.HostOnly(h.Client)}}}
	target := lane{roleServer, h.Host, h.Server}
	switch {
	case h.Target == analysis.ToProxy:
		target.role = roleProxy
	case h.Conn().ThroughProxy():
		target.name += ", through a proxy"
	}
	l.lanes = append(l.lanes, target)
	for _, leg := range h.Legs {
		l.leg(h, leg)
	}
	for _, k := range h.KDC {
		l.exchangeWithKDC(k)
	}
	for i := range h.DNS {
		l.lookup(&h.DNS[i])
	}
	for _, f := range found {
		l.mark(h, f)
	}
	l.sort()
	for i := range l.steps {
		if first := l.steps[0].at.Time; !first.IsZero() && !l.steps[i].at.Time.IsZero() {
			l.steps[i].after = l.steps[i].at.Time.Sub(first)
		}
	}
	return l
}

// mark adds a finding on the connection of a handshake, if no step has its frame: it is about
// something that came later.
func (l *ladder) mark(h *analysis.Handshake, f *analysis.Finding) {
	at := f.Pos()
	onIt := slices.ContainsFunc(h.Legs, func(leg *analysis.Leg) bool {
		return leg.Exchange.Pos().Stream == at.Stream
	})
	seen := slices.ContainsFunc(l.steps, func(s step) bool { return s.at.Frame == at.Frame && s.at.File == at.File })
	if f.Handshake != h.ID || f.Severity == analysis.Info || at.Frame == 0 || at.Stream < 0 || !onIt || seen {
		return
	}
	tone := toneAsking
	if f.Severity == analysis.Error {
		tone = toneRefused
	}
	l.steps = append(l.steps, step{at: at, from: targetLane, to: targetLane, label: f.Check + ": " + f.Message, found: f.Check, tone: tone})
}

// sort orders the steps by time. A step without a time stays after the step that was added before
// it.
func (l *ladder) sort() {
	for i := range l.steps {
		s := &l.steps[i]
		s.order = s.at.Time
		if s.at.Time.IsZero() && i > 0 {
			s.order = l.steps[i-1].order
		}
	}
	slices.SortStableFunc(l.steps, func(a, b step) int {
		if c := a.order.Compare(b.order); c != 0 || a.at.Time.IsZero() || b.at.Time.IsZero() {
			return c
		}
		return cmp.Compare(a.at.Frame, b.at.Frame)
	})
}

// lane returns the index of a machine's lane, and adds a lane for a new machine.
func (l *ladder) lane(m lane) int {
	i := slices.IndexFunc(l.lanes, func(other lane) bool { return other.role == m.role && other.address == m.address })
	if i < 0 {
		i = len(l.lanes)
		l.lanes = append(l.lanes, m)
	}
	return i
}

const ( // lanes that every ladder has
	clientLane = 0
	targetLane = 1
)
