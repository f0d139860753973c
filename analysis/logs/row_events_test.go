package logs

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/capture/eventlog"
	"negotrace/httpstream"
)

// eventAt returns an event of web1.corp.test (a ticket or an NTLM answer: of dc1) on the day of
// logonsOf: "12:00:01.5 4624 alice NTLM 192.0.2.1:50000".
func eventAt(t *testing.T, text string) *eventlog.Event {
	t.Helper()
	var clock, user, how, client string
	e := &eventlog.Event{Computer: "WEB1.corp.test"}
	if n, _ := fmt.Sscan(text, &clock, &e.ID, &user, &how, &client); n < 4 {
		t.Fatalf("%q", text)
	}
	at, err := time.Parse("2006-01-02 15:04:05", "2026-11-23 "+clock)
	if err != nil {
		t.Fatal(err)
	}
	e.Pos = httpstream.Pos{Frame: 1, Stream: -1, Time: httpstream.TimeOf(at)}
	var from netip.AddrPort
	if client != "" {
		from = netip.MustParseAddrPort(client)
	}
	switch e.ID {
	case 4769:
		e.Computer, e.Ticket = "DC1.corp.test", &eventlog.Ticket{User: user + "@CORP.TEST", Service: how, Client: from}
	case 4776:
		e.Computer, e.Validation = "DC1.corp.test", &eventlog.Validation{User: user}
	default:
		e.Logon = &eventlog.Logon{User: user, Domain: "CORP", Type: 3, Package: how, Client: from}
	}
	if e.ID == 4625 {
		e.Logon.Status = 0xc000006d
	}
	return e
}

// TestLoggedEvents holds which events belong to which row of a web server's log, and what they
// say of it.
func TestLoggedEvents(t *testing.T) {
	t.Parallel()
	const begun = "12:00:01 192.0.2.1 - 401 2 5\n"
	const alice = begun + "12:00:01 192.0.2.1 CORP\\alice 200 0 0\n"
	const refused = begun + "12:00:01 192.0.2.1 - 401 1 2148074252\n"
	for name, tt := range map[string]struct{ log, events, want string }{
		"a logon":                        {alice, "12:00:01.2 4624 alice Kerberos 192.0.2.1:50000", "CORP\\alice kerberos 4624 by address, user and time"},
		"NTLM":                           {alice, "12:00:01.2 4624 Alice NTLM 192.0.2.1:50000", "CORP\\alice ntlm 4624 by address, user and time"},
		"the package says neither":       {alice, "12:00:01.2 4624 alice Negotiate 192.0.2.1:50000", "CORP\\alice other 4624 by address, user and time"},
		"another user":                   {alice, "12:00:01.2 4624 bob NTLM 192.0.2.1:50000", "CORP\\alice other"},
		"another client":                 {alice, "12:00:01.2 4624 alice NTLM 192.0.2.9:50000", "CORP\\alice other"},
		"another time":                   {alice, "12:03:01.2 4624 alice NTLM 192.0.2.1:50000", "CORP\\alice other"},
		"without an address":             {alice, "12:00:01.2 4624 alice Kerberos 0.0.0.0:0", "CORP\\alice kerberos 4624 by user and time"},
		"without an address, later":      {alice + "12:09:00 192.0.2.1 CORP\\alice 200 0 0\n", "12:05:01.2 4624 alice Kerberos 0.0.0.0:0", "CORP\\alice other"},
		"later, one client's only row":   {alice + "12:09:00 192.0.2.1 CORP\\alice 200 0 0\n", "12:05:01.2 4624 alice Kerberos 192.0.2.1:50000", "CORP\\alice kerberos 4624 by address, user and time"},
		"both ways":                      {alice + "12:09:00 192.0.2.1 CORP\\alice 200 0 0\n", "12:00:01 4624 alice NTLM 192.0.2.1:50000\n12:05:01.2 4624 alice Kerberos 192.0.2.1:50001", "CORP\\alice other 4624 by address, user and time 4624 by address, user and time"},
		"two programs at one time":       {"12:00:01 192.0.2.1 alice 200 0 0 a\n12:00:01 192.0.2.1 alice 200 0 0 b\n", "12:00:01.2 4624 alice NTLM 192.0.2.1:50000", "alice other; alice other"},
		"two programs, two times":        {"12:00:01 192.0.2.1 alice 200 0 0 a\n12:01:01 192.0.2.1 alice 200 0 0 b\n", "12:01:01.2 4624 alice NTLM 192.0.2.1:50000", "alice other; alice ntlm 4624 by address, user and time"},
		"a refusal":                      {refused, "12:00:01.2 4625 bob NTLM 192.0.2.1:50000", "CORP\\bob ntlm 4625 by address and time"},
		"a refusal, and a logon":         {refused, "12:00:01.2 4624 bob NTLM 192.0.2.1:50000", " other"},
		"two who were refused":           {refused, "12:00:01.2 4625 bob NTLM 192.0.2.1:50000\n12:00:01.3 4625 eve NTLM 192.0.2.1:50001", " ntlm 4625 by address and time 4625 by address and time"},
		"a ticket before":                {alice, "12:00:00.9 4769 alice WEB1$ 192.0.2.1:49999\n12:00:01.2 4624 alice Kerberos 192.0.2.1:50000", "CORP\\alice kerberos 4769 by address, user, SPN and time 4624 by address, user and time"},
		"a ticket for something else":    {alice, "12:00:00.9 4769 alice FILES$ 192.0.2.1:49999\n12:00:01.2 4624 alice Kerberos 192.0.2.1:50000", "CORP\\alice kerberos 4624 by address, user and time"},
		"an NTLM answer that was right":  {alice, "12:00:01.1 4776 alice -\n12:00:01.2 4624 alice NTLM 192.0.2.1:50000", "CORP\\alice ntlm 4776 by user and time 4624 by address, user and time"},
		"a clock that is five hours off": {alice, "17:00:01.2 4624 alice NTLM 192.0.2.1:50000", "CORP\\alice ntlm 4624 by address, user and time"},
	} {
		s := NewEvents(httpstream.Time{}, nil, &httpstream.Counters{})
		for line := range strings.Lines(tt.events) {
			e := eventAt(t, strings.ReplaceAll(line, "0.0.0.0:0", ""))
			e.Pos.Frame = 1 + s.kept
			e.IsLocalTime = strings.HasPrefix(line, "17:")
			s.Add(e)
		}
		rows := logonsOf(t, tt.log).handshakes()
		s.JoinLogged(rows)
		var got []string
		for _, h := range rows {
			text := h.User + " " + string(h.Mechanism)
			for _, e := range h.Events {
				text += fmt.Sprintf(" %d by %s", e.ID, links(e))
			}
			got = append(got, text)
			if h.MechanismFrom == "" && h.Mechanism != analysis.Other {
				t.Errorf("%s: nothing says where the mechanism comes from", name)
			}
		}
		if text := strings.Join(got, "; "); text != tt.want {
			t.Errorf("%s:\n%s, want\n%s", name, text, tt.want)
		}
	}
}
