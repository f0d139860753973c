package report

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
	"negotrace/tokens"
)

// leg adds the request and the response of a leg, and what the client's log has about it.
func (l *ladder) leg(h *analysis.Handshake, leg *analysis.Leg) {
	sent, got := "Authorization", "WWW-Authenticate"
	if h.Target == analysis.ToProxy {
		sent, got = "Proxy-Authorization", "Proxy-Authenticate"
	}
	if r := leg.Request; r != nil {
		s := step{at: r.Pos, from: clientLane, to: targetLane, label: r.Method + " " + tokens.PublicURI(r.Target)}
		if leg.Sent != nil {
			s.tokens = []Token{{Header: sent, Auth: *leg.Sent}}
		}
		l.steps = append(l.steps, s)
	}
	for i := range leg.Events {
		e := &leg.Events[i]
		l.steps = append(l.steps, step{at: e.Pos, from: clientLane, to: clientLane, label: event(e), tone: eventTone(e)})
	}
	for _, status := range leg.Interim {
		if leg.Response != nil {
			l.steps = append(l.steps, step{at: leg.Response.Pos, from: targetLane, to: clientLane, label: statusLine(analysis.HTTPCode(status))})
		}
	}
	if leg.Response == nil {
		l.unanswered(leg)
		return
	}
	s := step{at: leg.Response.Pos, from: targetLane, to: clientLane, label: statusLine(leg.Status()), tone: legTone(leg)}
	if said := cmp.Or(leg.ErrorText, leg.SubStatus, leg.Words); said != "" {
		s.label += fmt.Sprintf(", it says %q", said)
	}
	for i := range leg.Got {
		s.tokens = append(s.tokens, Token{Header: got, Auth: leg.Got[i]})
	}
	l.steps = append(l.steps, s)
	for _, e := range leg.ErrorLog {
		l.steps = append(l.steps, step{at: httpstream.Pos{Frame: e.Pos.Frame, Stream: -1, File: e.Pos.File}, from: targetLane, to: targetLane, label: fmt.Sprintf("the server logs (%s) %q", e.Level, e.Text)})
	}
	if h.FromLog {
		l.steps[len(l.steps)-1].label = "the log has " + loggedText(leg)
	} else if q := leg.Logged; q != nil {
		l.steps = append(l.steps, step{at: httpstream.Pos{Frame: q.Pos.Frame, Stream: -1, File: q.Pos.File}, from: targetLane, to: targetLane, label: "the server logs " + loggedText(leg)})
	}
}

// unanswered adds what came in place of a response, if the capture shows it.
func (l *ladder) unanswered(leg *analysis.Leg) {
	label := cmp.Or(leg.Failure, leg.Reset)
	if label == "" || leg.Request == nil {
		return
	}
	at := leg.Request.Done
	l.steps = append(l.steps, step{at: at, from: targetLane, to: clientLane, label: "no response: " + label, tone: toneRefused})
}

// statusLine returns a status with its phrase.
func statusLine(status analysis.HTTPCode) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, httpstream.StatusText(int(status))))
}

func legTone(leg *analysis.Leg) tone {
	switch leg.Verdict {
	case analysis.Accepted:
		if leg.Status() < httpstream.StatusBadRequest {
			return toneGranted
		}
		return toneNeutral
	case analysis.Rejected:
		if leg.Sent == nil {
			return toneAsking // nothing was sent that it could refuse
		}
		return toneRefused
	case analysis.Continues:
		return toneAsking
	}
	if leg.Asks {
		return toneAsking
	}
	return toneNeutral
}

// event says what the client's log has.
func event(e *httpstream.AuthEvent) string {
	text := e.Name
	for _, part := range []string{e.SPN, e.Package, e.User, e.Result, e.Status} {
		if part != "" {
			text += ", " + part
		}
	}
	if e.NetError != 0 {
		text += fmt.Sprintf(", net error %d", e.NetError)
	}
	return text
}

func eventTone(e *httpstream.AuthEvent) tone {
	if e.NetError != 0 {
		return toneRefused
	}
	return toneNeutral
}

// exchangeWithKDC adds a request to a KDC and its reply.
func (l *ladder) exchangeWithKDC(k *analysis.KDCExchange) {
	kdc := lane{role: roleKDC, name: k.Via()}
	if to := k.Destination; to != nil && to.Host != "" {
		kdc.name = to.Host + ", " + kdc.name
	}
	if k.KDC.IsValid() {
		kdc.address = k.KDC.String()
	}
	to := l.lane(kdc)
	if k.Request != nil {
		s := step{at: k.RequestPos, from: clientLane, to: to, label: message(k.Request), kerberos: k.Request}
		if k.Retries > 0 {
			s.label += ", sent " + plural.Count(k.Retries, "more time")
		}
		l.steps = append(l.steps, s)
	}
	if k.Reply != nil {
		s := step{at: k.ReplyPos, from: to, to: clientLane, label: message(k.Reply), kerberos: k.Reply, tone: toneRefused}
		switch {
		case k.Rep() != nil:
			s.tone = toneGranted
		case k.Err() != nil && k.Err().Code.AsksForMore():
			s.tone = toneAsking
		}
		l.steps = append(l.steps, s)
	}
}

// message says what a message of Kerberos is, without "Kerberos": the lane shows that.
func message(k *tokens.Kerberos) string { return strings.TrimPrefix(k.String(), "Kerberos ") }

// lookup adds an answer of a name server.
func (l *ladder) lookup(q *analysis.Lookup) {
	label := q.Type + " " + q.Name + ": "
	var parts []string
	for _, name := range q.CNAMEs {
		parts = append(parts, "CNAME "+name)
	}
	for _, a := range q.Addrs {
		parts = append(parts, a.String())
	}
	parts = append(parts, q.Targets...)
	if q.Truncated {
		parts = append(parts, "truncated")
	}
	s := step{at: q.Pos, from: l.lane(lane{role: roleNameServer}), to: clientLane}
	if code := q.RCode.String(); len(parts) == 0 || code != "NOERROR" {
		parts = append(parts, code)
		if code != "NOERROR" {
			s.tone = toneRefused
		}
	}
	s.label = label + strings.Join(parts, ", ")
	l.steps = append(l.steps, s)
}
