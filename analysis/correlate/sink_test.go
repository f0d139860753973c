package correlate_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// handedOut feeds many handshakes, each after an exchange with a KDC, to a Trace that hands
// them out, and returns what it handed out and its report.
func handedOut(clients int, o correlate.Options) ([]string, *analysis.Report) {
	var out []string
	kdcs, last := 0, netip.AddrPort{}
	o.Segment = 16
	o.Sink = analysis.Sink{
		KDC: func(k *analysis.KDCExchange) {
			if kdcs++; !last.Addr().Less(k.Client.Addr()) {
				out = append(out, fmt.Sprintf("kdc of %v after %v", k.Client, last))
			}
			last = k.Client
		},
		Handshake: func(h *analysis.Handshake) { out = append(out, fmt.Sprint("handshake ", h.ID)) },
		Finding: func(f *analysis.Finding) {
			out = append(out, fmt.Sprintf("%s on %d x%d, %s", f.Check, f.Handshake, f.Count, f.Filter))
		},
	}
	trace := correlate.NewTrace(o)
	at := httpstream.Pos{Time: httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
	next := func() httpstream.Pos {
		at.Frame++
		at.Time = at.Time.Add(time.Millisecond)
		return at
	}
	for i := range clients {
		client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 50000)
		trace.Kerberos(next(), client, netip.MustParseAddrPort("192.0.2.2:88"), nil, &tokens.Kerberos{MsgType: tokens.MsgASReq, KDCReq: &tokens.KDCReq{Nonce: i}})
		c := &httpstream.Conn{Stream: i, SYN: true, HTTP: true, Client: client, Server: netip.MustParseAddrPort("192.0.2.1:80")}
		trace.Exchange(&httpstream.Exchange{Conn: c,
			Request: &httpstream.Request{Pos: next(), Method: "GET", Target: "/", Proto: "HTTP/1.1", Host: "web.test",
				Header: httpstream.Header{{Name: "Authorization", Value: "Basic YTpi"}}},
			Response: &httpstream.Response{Pos: next(), Status: 200},
		})
	}
	r := trace.Report(&httpstream.Counters{})
	return append(out, fmt.Sprint(kdcs, " exchanges with KDCs")), r
}

// TestSinkFlush holds that what is final is written when a part of the capture is concluded, long
// before the capture ends.
func TestSinkFlush(t *testing.T) {
	t.Parallel()
	given, waiting, most, flushes := 0, 0, 0, 0
	sink := analysis.Sink{
		Handshake: func(*analysis.Handshake) { given++; waiting++; most = max(most, waiting) },
		Flush:     func() { waiting = 0; flushes++ },
	}
	trace := correlate.NewTrace(correlate.Options{Segment: 16, Sink: sink})
	at := httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	for i := range 500 {
		c := &httpstream.Conn{Stream: i, SYN: true, HTTP: true, Client: netip.MustParseAddrPort("192.0.2.9:50000"), Server: netip.MustParseAddrPort("192.0.2.1:80")}
		trace.Exchange(&httpstream.Exchange{Conn: c,
			Request: &httpstream.Request{Pos: httpstream.Pos{Time: at, Frame: i + 1}, Method: "GET", Target: "/", Proto: "HTTP/1.1", Host: "web.test",
				Header: httpstream.Header{{Name: "Authorization", Value: "Basic YTpi"}}},
			Response: &httpstream.Response{Pos: httpstream.Pos{Time: at, Frame: i + 1}, Status: 200},
		})
	}
	trace.Report(&httpstream.Counters{})
	if given != 500 || waiting != 0 || most > 5*16 || flushes < 500/(5*16) {
		t.Errorf("%d handshakes, %d not written, at most %d waited, written %d times", given, waiting, most, flushes)
	}
}

// TestSink holds that everything is handed out once and in order, beyond the limits of what
// a report lists, and that the report is the same with it and without its lists.
func TestSink(t *testing.T) {
	t.Parallel()
	const clients = 2500
	onEach := &analysis.Check{Name: "each", Severity: analysis.Warning, Topic: analysis.Hygiene, Run: func(p *analysis.Pass) {
		for _, h := range p.Handshakes {
			p.Found(h, h.Start, "handshake %d", h.ID)
		}
	}}
	onNone := &analysis.Check{Name: "none", Severity: analysis.Info, Topic: analysis.View, Run: func(p *analysis.Pass) {
		if p.Counters.Packets > 0 || len(p.Handshakes) > 0 && p.Handshakes[0].ID == 1 {
			p.Found(nil, p.Handshakes[0].Start, "on none")
		}
	}}
	checks := []*analysis.Check{onNone, onEach}
	out, r := handedOut(clients, correlate.Options{Checks: checks})
	var want []string
	for id := 1; id <= clients; id++ {
		want = append(want, fmt.Sprint("handshake ", id), fmt.Sprintf("each on %d x1, frame.number == %d", id, 3*id-1))
	}
	want = append(want, fmt.Sprint(clients, " exchanges with KDCs"))
	i := slices.Index(out, "none on 0 x1, frame.number == 2")
	if i < 0 {
		t.Fatal("the finding on no handshake was not handed out")
	}
	if got := slices.Delete(slices.Clone(out), i, i+1); !slices.Equal(got, want) {
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("result %d is %q, want %q", i, got[i], want[i])
			}
		}
		t.Errorf("%d results, want %d", len(got), len(want))
	}
	if len(r.Handshakes) >= clients || len(r.Findings) >= clients {
		t.Error("the report lists all: the test has too few")
	}

	again, unlisted := handedOut(clients, correlate.Options{Checks: checks, OmitLists: true})
	if !slices.Equal(out, again) {
		t.Error("something else is handed out where the report lists nothing")
	}
	if unlisted.Handshakes != nil || unlisted.Findings != nil || len(unlisted.Summary.Dropped) > 0 {
		t.Errorf("lists %d handshakes and %d findings, dropped %v", len(unlisted.Handshakes), len(unlisted.Findings), unlisted.Summary.Dropped)
	}
	for _, c := range []struct{ what, got, want any }{
		{"verdict", unlisted.Headline, r.Headline},
		{"handshakes", unlisted.Summary.Mechanisms, r.Summary.Mechanisms},
		{"findings", unlisted.Summary.Severities, map[analysis.Severity]int{analysis.Warning: clients, analysis.Info: 1}},
		{"checks", len(unlisted.Checks), len(r.Checks)},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
}

// TestFilter holds that a filter is applied before the limits of a report, to what is handed
// out as well.
func TestFilter(t *testing.T) {
	t.Parallel()
	const clients = 2500
	onEach := &analysis.Check{Name: "each", Severity: analysis.Warning, Topic: analysis.Hygiene, Run: func(p *analysis.Pass) {
		for _, h := range p.Handshakes {
			p.Found(h, h.Start, "handshake %d", h.ID)
		}
		for _, k := range p.KDC {
			p.FoundKDC(nil, k, "one exchange")
		}
	}}
	last, err := analysis.ParseAddresses("10.0.9.0/24")
	if err != nil {
		t.Fatal(err)
	}
	filter := &analysis.Filter{Clients: []analysis.Addresses{last}}
	out, r := handedOut(clients, correlate.Options{Checks: []*analysis.Check{onEach}, Filter: filter})
	left := clients - 9*256
	if got := r.Summary.Filter; *got != (analysis.Filtered{Text: "--client 10.0.9.0/24", Handshakes: left, OfHandshakes: clients, Findings: 2 * left, OfFindings: 2 * clients}) {
		t.Errorf("%+v", got)
	}
	if len(r.Handshakes) != left || r.Handshakes[0].ID != 9*256+1 || len(r.Findings) != left+1 || len(r.Summary.Dropped) > 0 {
		t.Errorf("lists %d handshakes from %d, %d findings, dropped %v", len(r.Handshakes), r.Handshakes[0].ID, len(r.Findings), r.Summary.Dropped)
	}
	if len(out) != 3*left+1 || out[len(out)-1] != fmt.Sprint(left, " exchanges with KDCs") {
		t.Errorf("handed out %d results, the last are %q", len(out), out[len(out)-2:])
	}
}
