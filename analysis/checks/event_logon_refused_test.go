package checks_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture/eventlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestRefusedInLogsAlone gives event logs without a capture. A user whom the KDC refused counts
// as not let in, unless the same user got a ticket-granting ticket later; and the advice is not to
// look at the state of an account that does not exist.
func TestRefusedInLogsAlone(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ticket := func(second, id int, user, service string, status tokens.ErrorCode) *eventlog.Event {
		at := httpstream.TimeOf(begin.Add(time.Duration(second) * time.Second))
		return &eventlog.Event{ID: id, Computer: "DC1.contoso.com", Pos: httpstream.Pos{Frame: second + 1, Stream: -1, Time: at},
			Ticket: &eventlog.Ticket{User: user, Domain: "CONTOSO.COM", Service: service, Status: uint32(status), Client: netip.MustParseAddrPort("10.0.0.10:50000")}}
	}
	unknown := ticket(0, 4768, "nobody", "krbtgt", tokens.KDCErrCPrincipalUnknown)
	wrong := ticket(1, 4771, "alice", "krbtgt", tokens.KDCErrPreauthFailed)
	wrong.Ticket.Domain = "" // which these events do not have
	noUser := &eventlog.Event{ID: 4625, Computer: "WEB.contoso.com", Pos: unknown.Pos,
		Logon: &eventlog.Logon{User: "nobody", Domain: "CONTOSO", Package: "NTLM", Status: 0xC000006D, SubStatus: 0xC0000064}}
	badPassword := logonOf(4625, 0, "alice", 0xC000006A)
	noStatus, noStatusYet := logonOf(4625, 0, "", 0), logonOf(4625, 0, "alice", 0)
	noStatus.Logon.Status, noStatusYet.Logon.Status = 0, 0
	for name, tt := range map[string]struct {
		events   []*eventlog.Event
		severity analysis.Severity
		account  bool // the state of the account is worth a look
		search   bool // the account is to be looked for
	}{
		"a user whom the KDC does not know":    {[]*eventlog.Event{unknown}, analysis.Error, false, true},
		"a user whom the server does not know": {[]*eventlog.Event{noUser}, analysis.Error, false, true},
		"a refusal without a status":           {[]*eventlog.Event{noStatus}, analysis.Error, true, false},
		"such a refusal, and then a logon":     {[]*eventlog.Event{noStatusYet, logonOf(4624, 5, "alice", 0)}, analysis.Warning, true, false},
		"a wrong password":                     {[]*eventlog.Event{wrong}, analysis.Error, true, false},
		"a wrong password, and then the right one": {
			[]*eventlog.Event{wrong, ticket(9, 4768, "alice", "krbtgt", 0)}, analysis.Warning, true, false},
		"a wrong password, and another user's ticket": {
			[]*eventlog.Event{wrong, ticket(9, 4768, "bob", "krbtgt", 0)}, analysis.Error, true, false},
		"a wrong password at the server":                                {[]*eventlog.Event{badPassword}, analysis.Error, true, false},
		"a wrong password at the server, and then the right one":        {[]*eventlog.Event{badPassword, logonOf(4624, 5, "Alice", 0)}, analysis.Warning, true, false},
		"a wrong password at the server, and the right one hours later": {[]*eventlog.Event{badPassword, logonOf(4624, 8*3600, "alice", 0)}, analysis.Error, true, false},
		"a wrong password at the server, and logons from places that are not known": {[]*eventlog.Event{
			fromNowhere(logonOf(4625, 0, "alice", 0xC000006A)), fromNowhere(logonOf(4624, 5, "alice", 0))}, analysis.Error, true, false},
		"a wrong password at the server, between logons": {[]*eventlog.Event{
			logonOf(4624, -5, "alice", 0), badPassword, logonOf(4624, 5, "alice", 0), logonOf(4624, 3600, "alice", 0)}, analysis.Warning, true, false},
		"a wrong password at the server, after the right one":           {[]*eventlog.Event{logonOf(4624, -5, "alice", 0), badPassword}, analysis.Error, true, false},
		"a wrong password at the server, and then another user's logon": {[]*eventlog.Event{badPassword, logonOf(4624, 5, "bob", 0)}, analysis.Error, true, false},
		"a service that the KDC does not know": {
			[]*eventlog.Event{ticket(2, 4769, "alice", "HTTP/web", tokens.KDCErrSPrincipalUnknown)}, analysis.Warning, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
			trace.Logs(httpstream.Time{})
			for _, e := range tt.events {
				trace.Event(e)
			}
			r := trace.Report(&httpstream.Counters{Records: len(tt.events)})
			if len(r.Findings) != 1 || r.Findings[0].Severity != tt.severity {
				t.Fatalf("findings: %+v", r.Findings)
			}
			fix := strings.Join(r.Findings[0].Fix, "\n")
			if strings.Contains(fix, "Get-ADUser <user>") != tt.account || strings.Contains(fix, "Look for the account") != tt.search {
				t.Errorf("advice:\n%s", fix)
			}
		})
	}
}

// logonOf returns a logon at a server.
func logonOf(id, second int, user string, subStatus uint32) *eventlog.Event {
	at := time.Date(2026, 1, 2, 3, 4, 5+second, 0, time.UTC)
	e := &eventlog.Event{ID: id, Computer: "WEB.contoso.com", Pos: httpstream.Pos{Frame: 10 + second, Stream: -1, Time: httpstream.TimeOf(at)},
		Logon: &eventlog.Logon{User: user, Domain: "CONTOSO", Package: "NTLM", Type: 3, Workstation: "PC1", Client: netip.MustParseAddrPort("10.0.0.10:50000")}}
	if id == 4625 {
		e.Logon.Status, e.Logon.SubStatus = 0xC000006D, subStatus
	}
	return e
}

// fromNowhere takes from a logon what says from where it came.
func fromNowhere(e *eventlog.Event) *eventlog.Event {
	e.Logon.Workstation, e.Logon.Client = "", netip.AddrPort{}
	return e
}

// TestRefusedCause holds that the cause is a sentence, also of a status whose meaning is not known.
func TestRefusedCause(t *testing.T) {
	for status, want := range map[uint32]string{
		0xC000006A: "The password is wrong.",
		0xC0DE0001: "The status in the event is the reason: 0xC0DE0001.",
	} {
		trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
		trace.Logs(httpstream.Time{})
		trace.Event(&eventlog.Event{ID: 4625, Computer: "WEB.contoso.com", Pos: httpstream.Pos{Frame: 1, Stream: -1},
			Logon: &eventlog.Logon{User: "alice", Domain: "CONTOSO", Package: "NTLM", Status: 0xC000006D, SubStatus: status}})
		r := trace.Report(&httpstream.Counters{Records: 1})
		if len(r.Findings) != 1 || r.Findings[0].Cause != want {
			t.Errorf("%#x: want the cause %q, findings: %+v", status, want, r.Findings)
		}
	}
}
