package correlate_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/capture/eventlog"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// logged reads the case beside events, and returns the report.
func logged(t *testing.T, script string, events ...*eventlog.Event) *analysis.Report {
	t.Helper()
	c, err := capturetest.Parse(script)
	if err != nil {
		t.Fatal(err)
	}
	file := c.Pcapng()
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	trace.Logs(httpstream.TimeOf(began))
	for _, e := range events {
		trace.Event(e)
	}
	sink := capture.Sink{Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }
	counters, err := capture.Read(context.Background(), []capture.Source{{Name: "case", Open: open, Size: int64(len(file))}}, sink, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	counters.Records += len(events)
	return trace.Report(counters)
}

// began is when the packets of a case begin.
var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// event returns an event of a computer, so long after the packets begin.
func event(id, record int, computer string, after time.Duration) *eventlog.Event {
	return &eventlog.Event{ID: id, Computer: computer, Pos: httpstream.Pos{Frame: record, Stream: -1, Time: httpstream.TimeOf(began.Add(after))}}
}

// logon returns a logon over the network.
func logon(id, record int, after time.Duration, user, how, client string) *eventlog.Event {
	e := event(id, record, "WEB.contoso.com", after)
	e.Logon = &eventlog.Logon{User: user, Domain: "CONTOSO", Type: 3, Package: how}
	if client != "" {
		e.Logon.Client = netip.MustParseAddrPort(client)
	}
	if id == 4625 {
		e.Logon.Status, e.Logon.SubStatus = 0xc000006d, 0xc000006a
	}
	return e
}

// eventsOf writes the events of each handshake as one line.
func eventsOf(r *analysis.Report) []string {
	var out []string
	for _, h := range r.Handshakes {
		s := fmt.Sprintf("%s %s", h.Outcome, h.OutcomeEvidence)
		if h.User != "" {
			s += " " + h.User
		}
		for _, e := range h.Events {
			s += fmt.Sprintf(", %d/%d %s", e.ID, e.Pos.Frame, e.Evidence)
		}
		for _, k := range h.KDC {
			for _, e := range k.Events {
				s += fmt.Sprintf(", KDC %d/%d %s", e.ID, e.Pos.Frame, e.Evidence)
			}
		}
		out = append(out, s)
	}
	return out
}

const (
	first  = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
	second = "conn 2 10.0.0.10:50001 > 10.0.0.20:80\n"
	msec   = time.Millisecond
)

// type3 is a logon by NTLM up to message 3.
const type3 = get + "> Authorization: NTLM {ntlm1}\n" + challenge + get + "> Authorization: NTLM {ntlm3 user=alice domain=CONTOSO ws=PC1}\n"

func TestEvents(t *testing.T) {
	t.Parallel()
	moved := func(e *eventlog.Event, by time.Duration) *eventlog.Event {
		e.Pos.Time = e.Pos.Time.Add(by)
		return e
	}
	asked := event(4769, 5, "DC1.contoso.com", 0)
	asked.Ticket = &eventlog.Ticket{User: "alice@CONTOSO.COM", Domain: "CONTOSO.COM", Service: "WEB$", Etype: 18, Client: netip.MustParseAddrPort("10.0.0.10:40000")}
	checked := event(4776, 6, "DC1.contoso.com", 5*msec)
	checked.Validation = &eventlog.Validation{User: "alice", Workstation: "PC1", Status: 0xc000006a}
	kdc := "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < tgs-rep HTTP/web.contoso.com@CONTOSO.COM cname=alice@CONTOSO.COM id=3\n"
	for name, tt := range map[string]struct {
		script string
		events []*eventlog.Event
		want   string
	}{
		"by address and port":             {first + type3 + ok, []*eventlog.Event{logon(4624, 1, 5*msec, "alice", "NTLM", "10.0.0.10:50000")}, "[succeeded proven CONTOSO\\alice, 4624/1 proven]"},
		"another port":                    {first + type3 + ok, []*eventlog.Event{logon(4624, 1, 5*msec, "alice", "NTLM", "10.0.0.10:50009")}, "[succeeded inferred CONTOSO\\alice]"},
		"another package":                 {first + type3 + ok, []*eventlog.Event{logon(4624, 1, 5*msec, "alice", "Kerberos", "10.0.0.10:50000")}, "[succeeded inferred CONTOSO\\alice]"},
		"another user":                    {first + type3 + ok, []*eventlog.Event{logon(4624, 1, 5*msec, "bob", "NTLM", "10.0.0.10:50000")}, "[succeeded inferred CONTOSO\\alice]"},
		"by computer, user and time":      {first + type3 + ok, []*eventlog.Event{logon(4624, 1, 5*msec, "Alice", "NTLM", "")}, "[succeeded proven CONTOSO\\alice, 4624/1 proven]"},
		"another time":                    {first + type3 + ok, []*eventlog.Event{logon(4624, 1, 100*time.Second, "alice", "NTLM", "")}, "[succeeded inferred CONTOSO\\alice]"},
		"an hour ahead, by port":          {first + type3 + ok, []*eventlog.Event{moved(logon(4624, 1, 5*msec, "alice", "NTLM", "10.0.0.10:50000"), time.Hour)}, "[succeeded proven CONTOSO\\alice, 4624/1 proven]"},
		"an hour ahead, by nothing else":  {first + type3 + ok, []*eventlog.Event{moved(logon(4624, 1, 5*msec, "alice", "NTLM", ""), time.Hour)}, "[succeeded inferred CONTOSO\\alice]"},
		"a refusal withdraws a success":   {first + type3 + ok, []*eventlog.Event{logon(4625, 1, 5*msec, "alice", "NTLM", "10.0.0.10:50000")}, "[failed proven CONTOSO\\alice, 4625/1 proven]"},
		"a user who is not in the ticket": {first + negotiate("a") + ok, []*eventlog.Event{logon(4624, 1, 5*msec, "alice", "Kerberos", "10.0.0.10:50000")}, "[succeeded proven CONTOSO\\alice, 4624/1 proven]"},
		"a password that is checked":      {first + type3 + offer, []*eventlog.Event{checked}, "[failed proven CONTOSO\\alice, 4776/6 inferred]"},
		"a ticket, by port":               {kdc + first + get + offer + get + "> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/web.contoso.com@CONTOSO.COM id=3}}\n" + ok, []*eventlog.Event{asked}, "[succeeded inferred alice@CONTOSO.COM, KDC 4769/5 proven]"},
		"two at once in their order": {first + negotiate("a") + ok + second + negotiate("b") + ok,
			[]*eventlog.Event{logon(4624, 1, 5*msec, "alice", "Kerberos", ""), logon(4624, 2, 9*msec, "alice", "Kerberos", "")}, "[succeeded inferred CONTOSO\\alice, 4624/1 inferred succeeded inferred CONTOSO\\alice, 4624/2 inferred]"},
		"two at once, one event": {first + negotiate("a") + ok + second + negotiate("b") + ok,
			[]*eventlog.Event{logon(4624, 1, 5*msec, "alice", "Kerberos", "")}, "[unknown  unknown ]"},
		"two at once, two users": {first + negotiate("a") + ok + second + negotiate("b") + ok,
			[]*eventlog.Event{logon(4624, 1, 5*msec, "alice", "Kerberos", ""), logon(4624, 2, 9*msec, "bob", "Kerberos", "")}, "[unknown  unknown ]"},
	} {
		if got := fmt.Sprint(eventsOf(logged(t, tt.script, tt.events...))); got != tt.want {
			t.Errorf("%s:\n%s, want\n%s", name, got, tt.want)
		}
	}
}

// TestEventsAlone holds that events are reported without a capture.
func TestEventsAlone(t *testing.T) {
	t.Parallel()
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	trace.Logs(httpstream.Time{})
	for i := range 3 {
		trace.Event(logon(4625, i, time.Duration(i)*time.Second, "bob", "NTLM", fmt.Sprintf("10.0.0.10:%d", 50000+i)))
	}
	trace.Event(logon(4624, 9, 0, "alice", "Kerberos", ""))
	r := trace.Report(&httpstream.Counters{Records: 4})
	if len(r.Events) != 2 || r.Events[0].Count != 3 || r.Events[0].ID != 4625 || !strings.HasPrefix(r.Headline, "event logs without a capture: 3 refusals, 1 logon, 0 other events") {
		t.Errorf("%q, %+v", r.Headline, r.Events)
	}
	if len(r.Summary.Notes) != 1 || r.Summary.Notes[0].Kind != "logs-alone" || len(r.Summary.Computers) != 1 || r.Summary.Computers[0].Events != 4 {
		t.Errorf("%+v, %+v", r.Summary.Notes, r.Summary.Computers)
	}
	none := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	none.Logs(httpstream.Time{})
	if got := none.Report(&httpstream.Counters{Records: 2}).Headline; !strings.HasSuffix(got, "nothing about logons, tickets or NTLM in them") {
		t.Errorf("of a web server's log alone: %q", got)
	}
}

// TestTicketsNotInCapture holds that tickets of a KDC are missed where the capture has others of
// the same two, and only there.
func TestTicketsNotInCapture(t *testing.T) {
	t.Parallel()
	given := func(record int, after time.Duration, computer, client string) *eventlog.Event {
		e := event(4769, record, computer, after)
		e.Ticket = &eventlog.Ticket{User: "alice@CONTOSO.COM", Domain: "CONTOSO.COM", Service: "WEB$", Etype: 18, Client: netip.MustParseAddrPort(client)}
		return e
	}
	const script = "kdc > tgs-req HTTP/web.contoso.com@CONTOSO.COM\nkdc < tgs-rep HTTP/web.contoso.com@CONTOSO.COM cname=alice@CONTOSO.COM id=3\n" +
		first + get + offer + "wait 10s\n" + get + "> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/web.contoso.com@CONTOSO.COM id=3}}\n" + ok
	seen := given(1, 0, "DC1.contoso.com", "10.0.0.10:40000")
	for name, tt := range map[string]struct {
		other *eventlog.Event
		want  bool
	}{
		"another port":       {given(2, 5*time.Second, "DC1.contoso.com", "10.0.0.10:40009"), true},
		"another client":     {given(2, 5*time.Second, "DC1.contoso.com", "10.0.0.11:40009"), false},
		"another KDC":        {given(2, 5*time.Second, "DC2.contoso.com", "10.0.0.10:40009"), false},
		"after the capture":  {given(2, 50*time.Second, "DC1.contoso.com", "10.0.0.10:40009"), false},
		"before the capture": {given(2, -50*time.Second, "DC1.contoso.com", "10.0.0.10:40009"), false},
	} {
		got := false
		for _, n := range logged(t, script, seen, tt.other).Summary.Notes {
			got = got || n.Kind == "events-have-more" && strings.Contains(n.Text, "DC1.contoso.com have 1 exchange that")
		}
		if got != tt.want {
			t.Errorf("%s: noted %v", name, got)
		}
	}
}

// TestEventsAgain holds which events are copies of one another.
func TestEventsAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		second *eventlog.Event
		want   int // events that count
	}{
		"the same record":               {logon(4625, 7, 300*msec, "bob", "NTLM", ""), 1},
		"in local time":                 {logon(4625, 7, time.Hour, "bob", "NTLM", ""), 1},
		"another record":                {logon(4625, 8, 300*msec, "bob", "NTLM", ""), 2},
		"the log was cleared meanwhile": {logon(4625, 7, 7*time.Minute, "bob", "NTLM", ""), 2},
		"without a number":              {logon(4625, 0, 0, "bob", "NTLM", ""), 2},
	} {
		trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
		trace.Logs(httpstream.Time{})
		first := logon(4625, 7, 0, "bob", "NTLM", "")
		first.Pos.Frame = min(7, max(tt.second.Pos.Frame, 0))
		trace.Event(first)
		trace.Event(tt.second)
		r := trace.Report(&httpstream.Counters{Records: 2})
		if n := r.Summary.Computers[0].Events; n != tt.want || (n == 1) != (r.Summary.Notes[0].Kind == "events-again") {
			t.Errorf("%s: %d events, %+v", name, n, r.Summary.Notes)
		}
	}
}
