package inventory

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// logon returns a handshake with NTLM of one of some users, with or without findings.
func logon(id int, user string, o analysis.Outcome) *analysis.Handshake {
	at := httpstream.Pos{Frame: id, Time: httpstream.TimeOf(noon.Add(time.Duration(id) * time.Second))}
	return &analysis.Handshake{
		ID: id, Target: analysis.ToServer, Host: "Web", Server: "10.0.0.20:80", Client: fmt.Sprintf("10.0.0.10:%d", 50000+id), User: user,
		Scheme: "NTLM", Mechanism: analysis.NTLM, Outcome: o, Offered: []string{"NTLM"}, Start: at,
		Legs: []*analysis.Leg{{
			Exchange: &httpstream.Exchange{Request: &httpstream.Request{Pos: at}},
			Sent:     &tokens.Auth{Scheme: "NTLM", Token: &tokens.Token{NTLM: &tokens.NTLM{Authenticate: &tokens.NTLMAuthenticate{Kind: tokens.ResponseNTLMv2}}}},
		}},
	}
}

// counted counts handshakes with so many entries in memory, and returns the entries.
func counted(t *testing.T, most, n int) (entries []Entry, total int) {
	t.Helper()
	c := NewCounter(t.TempDir(), most)
	sink := c.Sink()
	for i := range n {
		o := analysis.Succeeded
		if i%5 == 0 {
			o = analysis.Failed
		}
		h := logon(i+1, fmt.Sprintf("user%03d", i%37), o)
		sink.Handshake(h)
		if i%2 == 0 {
			sink.Finding(&analysis.Finding{Check: "spn-not-found", Handshake: h.ID})
		}
	}
	if left, _ := os.ReadDir(c.runs.dir); len(left) > 0 && runtime.GOOS != "windows" {
		t.Errorf("%d files would be left behind if the program was killed", len(left))
	}
	if err := c.Entries(func(e *Entry) error { entries = append(entries, *e); return nil }); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(c.runs.dir); len(left) > 0 {
		t.Errorf("%d files are left behind", len(left))
	}
	return entries, c.Total()
}

// What is counted does not depend on how much of it fits into memory.
func TestCounterSpills(t *testing.T) {
	t.Parallel()
	want, total := counted(t, 1000, 185)
	if total != 185 || len(want) != 74 {
		t.Fatalf("%d authentications in %d entries, want 185 in 74", total, len(want))
	}
	for _, most := range []int{1, 3, 10, 73} {
		got, total := counted(t, most, 185)
		if total != 185 || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("with %d entries in memory: %d authentications in %d entries, not the same", most, total, len(got))
		}
	}
	sum, refused := 0, 0
	for i, e := range want {
		sum, refused = sum+e.Count, refused+e.Refused
		if i > 0 && e.Compare(&want[i-1].Key) <= 0 {
			t.Errorf("entry %d is not behind the one before it", i)
		}
	}
	if sum != 185 || refused != 37 {
		t.Errorf("the entries have %d authentications, %d refused; want 185 and 37", sum, refused)
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	kerberos := func(e tokens.EType) *analysis.Handshake {
		h := logon(1, "alice@CORP.TEST", analysis.Succeeded)
		h.Mechanism, h.Scheme = analysis.Kerberos, "Negotiate"
		h.Legs[0].Sent = &tokens.Auth{Scheme: "Negotiate", Token: &tokens.Token{Kerberos: &tokens.Kerberos{APReq: &tokens.APReq{Ticket: tokens.Ticket{EncPart: tokens.Encrypted{EType: e}}}}}}
		return h
	}
	changed := func(change func(*analysis.Handshake)) *analysis.Handshake {
		h := logon(1, `CORP\alice`, analysis.Succeeded)
		change(h)
		return h
	}
	for _, c := range []struct {
		h     *analysis.Handshake
		found []string
		want  string
	}{
		{kerberos(18), nil, ""},
		{kerberos(23), nil, "the KDC encrypted the ticket with RC4"},
		{kerberos(3), nil, "the KDC encrypted the ticket with DES"},
		{changed(func(h *analysis.Handshake) {}), []string{"ntlm-authenticated", "spn-not-found"}, "SPN unknown to the KDC, or registered twice"},
		{changed(func(h *analysis.Handshake) { h.Host, h.Offered = "10.0.0.20", []string{"Negotiate", "NTLM"} }), nil, "address in the URL"},
		{changed(func(h *analysis.Handshake) { h.Host = "10.0.0.20" }), nil, "server does not offer Negotiate"},
		{changed(func(h *analysis.Handshake) { // of a proxy only the address is seen
			h.Target, h.Host, h.Offered = analysis.ToProxy, "10.0.0.20", []string{"Negotiate", "NTLM"}
		}), nil, "the client took NTLM although Negotiate is offered"},
		{changed(func(h *analysis.Handshake) { h.Offered = []string{"NTLM", "Negotiate"} }), nil, "the client took NTLM although Negotiate is offered"},
		{changed(func(h *analysis.Handshake) {
			h.Offered = []string{"NTLM", "Negotiate"}
			h.Legs[0].Request.Header = httpstream.Header{{Name: "User-Agent", Value: "Mozilla/5.0 (Trident/7.0; rv:11.0)"}}
		}), nil, "server offers NTLM first"},
		{changed(func(h *analysis.Handshake) { h.Offered, h.Complete = nil, true }), nil, "the client sent NTLM before it was asked"},
		{changed(func(h *analysis.Handshake) { h.Offered = nil }), nil, "what the server offers is not in the capture"},
		{changed(func(h *analysis.Handshake) {
			h.Mechanism, h.Scheme, h.Offered = analysis.Basic, "Basic", []string{"Basic"}
		}), nil, "server does not offer Negotiate"},
		{changed(func(h *analysis.Handshake) { h.Mechanism, h.Scheme, h.Offered = analysis.Basic, "Basic", nil }), nil, ""},
		{changed(func(h *analysis.Handshake) {}), nil, "server does not offer Negotiate"},
		{changed(func(h *analysis.Handshake) { h.Offered = []string{"Negotiate", "NTLM"} }), nil, "the client took NTLM although Negotiate is offered"},
		{changed(func(h *analysis.Handshake) { h.Scheme, h.User = "Negotiate", "alice" }), nil, "user without a domain"},
		{changed(func(h *analysis.Handshake) { h.Scheme = "Negotiate" }), nil, "no request for a ticket is in the capture"},
	} {
		if got := why(c.h, c.found, len(c.h.KDC) > 0); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.h.Mechanism, c.found, got, c.want)
		}
	}
}

// What is sent with every request is in use until the last of them.
func TestRepeats(t *testing.T) {
	t.Parallel()
	h := logon(1, "alice", analysis.Succeeded)
	h.Mechanism, h.Scheme, h.Repeats = analysis.Basic, "Basic", 3
	h.LastRepeat = httpstream.TimeOf(noon.Add(time.Hour))
	c := NewCounter(t.TempDir(), 1)
	c.Sink().Handshake(h)
	if err := c.Entries(func(e *Entry) error {
		if e.Count != 4 || !e.Last.UTC().Equal(noon.Add(time.Hour)) {
			t.Errorf("%d times until %v, want 4 until %v", e.Count, e.Last.UTC(), noon.Add(time.Hour))
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// What an export shows to have been a logon counts without its credentials, and what nobody
// answered does not.
func TestWithoutCredentials(t *testing.T) {
	t.Parallel()
	for m, want := range map[analysis.Mechanism]int{analysis.Kerberos: 1, analysis.None: 0} {
		h := logon(1, "alice", analysis.Succeeded)
		h.Mechanism, h.Legs[0].Sent = m, nil
		c := NewCounter(t.TempDir(), 1)
		c.Sink().Handshake(h)
		if err := c.Entries(func(*Entry) error { return nil }); err != nil || c.Total() != want {
			t.Errorf("%s: %d authentications, %v; want %d", m, c.Total(), err, want)
		}
	}
}

// The reasons are those of checks that there are.
func TestExplained(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range checks.All() {
		names[c.Name] = true
	}
	for _, e := range reasons {
		if !names[e.check] {
			t.Errorf("there is no check %q", e.check)
		}
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e     Entry
		views string
	}{
		{Entry{Key: Key{Mechanism: analysis.NTLM}, Count: 2, Refused: 1}, "all ntlm "},
		{Entry{Key: Key{Mechanism: analysis.NTLM}, Count: 1, Refused: 1}, "all "},
		{Entry{Key: Key{Mechanism: analysis.Kerberos, EType: 23}, Count: 1}, "all rc4 "},
		{Entry{Key: Key{Mechanism: analysis.Kerberos, EType: 18}, Count: 1}, "all "},
		{Entry{Key: Key{Mechanism: analysis.Kerberos, EType: 26, Version: "rc4 by name alone"}, Count: 1}, "all "},
	} {
		got := ""
		for _, v := range []View{All, NTLM, RC4} {
			if v.Shows(&c.e) {
				got += string(v) + " "
			}
		}
		if got != c.views {
			t.Errorf("%+v is in the views %s, want %s", c.e, got, c.views)
		}
	}
}
