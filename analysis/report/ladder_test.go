package report

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

func at(frame int, ms int) httpstream.Pos {
	base := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return httpstream.Pos{Frame: frame, Stream: 0, Time: httpstream.TimeOf(base.Add(time.Duration(ms) * time.Millisecond))}
}

// refusedAtKDC returns a handshake whose ticket the KDC refused between the challenge and NTLM.
func refusedAtKDC() *analysis.Handshake {
	leg := func(frame, ms, status int) *analysis.Leg {
		return &analysis.Leg{Exchange: &httpstream.Exchange{
			Request:  &httpstream.Request{Pos: at(frame, ms), Done: at(frame, ms), Method: "GET", Target: "/"},
			Response: &httpstream.Response{Pos: at(frame+1, ms+5), Status: status},
		}, Conn: &httpstream.Conn{}}
	}
	first, last := leg(10, 0, 401), leg(20, 100, 200)
	first.Asks, last.Verdict = true, analysis.Accepted
	kdc := &analysis.KDCExchange{
		Request: &tokens.Kerberos{MsgType: tokens.MsgTGSReq, KDCReq: &tokens.KDCReq{}}, RequestPos: at(12, 20),
		Reply: &tokens.Kerberos{MsgType: tokens.MsgKRBError, Error: &tokens.KRBError{Code: tokens.KDCErrSPrincipalUnknown}}, ReplyPos: at(13, 25),
	}
	return &analysis.Handshake{ID: 1, Target: analysis.ToServer, Mechanism: analysis.NTLM, Outcome: analysis.Succeeded,
		Client: "10.0.0.10:50000", Server: "10.0.0.20:80", Host: "web", Start: at(10, 0), Frames: []int{10, 11, 20, 21},
		Legs: []*analysis.Leg{first, last}, KDC: []*analysis.KDCExchange{kdc},
		DNS: []analysis.Lookup{{Pos: at(8, -10), Name: "web", Type: "A", RCode: 3}}}
}

func TestLadderOrder(t *testing.T) {
	l := newLadder(refusedAtKDC(), nil)
	var got []string
	for _, s := range l.steps {
		got = append(got, string(l.lanes[s.from].role)+" "+s.label)
	}
	want := []string{
		"name server A web: NXDOMAIN", "client GET /", "server 401 Unauthorized", "client TGS-REQ",
		"KDC KRB-ERROR KDC_ERR_S_PRINCIPAL_UNKNOWN (7)", "client GET /", "server 200 OK",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("steps are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	tones := []tone{toneRefused, toneNeutral, toneAsking, toneNeutral, toneRefused, toneNeutral, toneGranted}
	for i, s := range l.steps {
		if s.tone != tones[i] {
			t.Errorf("%q has tone %d, want %d", s.label, s.tone, tones[i])
		}
	}
	if last := l.steps[len(l.steps)-1]; last.after != 115*time.Millisecond {
		t.Errorf("the last step is %v after the first, want 115 ms", last.after)
	}
}

// TestLadderMarks holds that a finding about what came later on the connection is a step, and one
// about a frame that is there already, about another connection or for information is none.
func TestLadderMarks(t *testing.T) {
	h := refusedAtKDC()
	stream := h.Legs[0].Exchange.Pos().Stream
	late := httpstream.TimeOf(h.Start.Time.UTC().Add(time.Second))
	found := []*analysis.Finding{
		{Handshake: 1, Check: "mixing", Message: "another user came", Severity: analysis.Error, Frame: 30, Stream: stream, Time: late},
		{Handshake: 1, Check: "seen", Severity: analysis.Error, Frame: 21, Stream: stream, Time: late},
		{Handshake: 1, Check: "usual", Severity: analysis.Info, Frame: 31, Stream: stream, Time: late},
		{Handshake: 1, Check: "elsewhere", Severity: analysis.Error, Frame: 32, Stream: stream + 1, Time: late},
		{Handshake: 2, Check: "other", Severity: analysis.Error, Frame: 33, Stream: stream, Time: late},
	}
	before, l := newLadder(h, nil), newLadder(h, found)
	last := l.steps[len(l.steps)-1]
	if len(l.steps) != len(before.steps)+1 || last.label != "mixing: another user came" || last.tone != toneRefused || last.from != last.to {
		t.Errorf("%d steps instead of %d, the last one %+v", len(l.steps), len(before.steps)+1, last)
	}
	m := &markdown{}
	if m.sequence(l); !strings.Contains(m.String(), " ms, mixing, frame 30\n```\n") {
		t.Errorf("the diagram does not end in a note:\n%s", m)
	}
}

// The lanes are drawn where they leave room for what was said, and named where not.
func TestLadderText(t *testing.T) {
	for width, want := range map[int]string{
		100: "\n   115.0     21  |<-------|        |        | 200 OK\n",
		72:  "\n   115.0     21  server -> client: 200 OK\n",
	} {
		h := refusedAtKDC()
		if width == 72 { // a second KDC is a lane more
			other := *h.KDC[0]
			other.KDC = netip.MustParseAddrPort("10.0.0.1:88")
			h.KDC = append(h.KDC, &other)
		}
		p := newPage(Options{Width: width})
		p.ladder(newLadder(h, nil), "frame", false)
		if !strings.Contains(p.String(), want) {
			t.Errorf("at %d columns there is no %q in\n%s", width, want, p.String())
		}
		for line := range strings.Lines(p.String()) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("a line of %d columns at width %d: %q", n, width, line)
			}
		}
	}
}
