package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/testcost"
	"negotrace/tokens"
)

func TestMain(m *testing.M) { testcost.Main(m) }

var update = flag.Bool("update", false, "write the golden files")

func load(t *testing.T, path string) *analysis.Report {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r analysis.Report
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return complete(&r)
}

// complete adds to a report what these tests leave out and JSON has not: connections, tickets, and which
// check made a finding.
func complete(r *analysis.Report) *analysis.Report {
	for _, h := range r.Handshakes {
		if len(h.Legs) == 0 {
			h.Legs = make([]*analysis.Leg, 1)
		}
		for i, l := range h.Legs {
			if l == nil {
				l = &analysis.Leg{}
				h.Legs[i] = l
			}
			if l.Exchange == nil {
				l.Exchange = &httpstream.Exchange{}
			}
			if l.Conn == nil {
				l.Conn = &httpstream.Conn{}
				l.Conn.Client, _ = netip.ParseAddrPort(h.Client)
			}
			l.Exchange.Conn = l.Conn
		}
		if h.Mechanism == analysis.Kerberos && h.OpeningLeg() == nil {
			h.Last().Sent = &tokens.Auth{Token: &tokens.Token{Kerberos: &tokens.Kerberos{APReq: &tokens.APReq{}}}}
		}
	}
	for _, f := range r.Findings {
		f.By = &analysis.Check{Name: f.Check}
		for _, c := range r.Checks {
			if c.Name == f.Check {
				f.By = c
			}
		}
	}
	return r
}

func table(t *testing.T, r *analysis.Report, opts Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := writeTable(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// expect holds text against a golden file, which -update writes.
func expect(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

func TestTable(t *testing.T) {
	reports, _ := filepath.Glob("testdata/*.json")
	if len(reports) == 0 {
		t.Fatal("no reports in testdata")
	}
	for _, path := range reports {
		for _, width := range []int{80, 140, 200} {
			golden := fmt.Sprintf("%s.%d.txt", strings.TrimSuffix(path, ".json"), width)
			t.Run(filepath.Base(golden), func(t *testing.T) {
				got := table(t, load(t, path), Options{Width: width})
				expect(t, golden, got)
			})
		}
	}
}

// nasty returns a report in which every string that comes from a capture is s.
func nasty(s string) *analysis.Report {
	at := httpstream.Pos{Frame: 1 << 30, Time: httpstream.TimeOf(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), Stream: 7, File: httpstream.FileOf(s, s, httpstream.Frames)}
	h := &analysis.Handshake{
		ID: 100000, Target: analysis.ToProxy, Scheme: "Negotiate", Mechanism: analysis.Kerberos, Outcome: analysis.Unanswered,
		Start: at, Client: s, Server: s, Host: s, URL: s, User: s, UserFrom: s, SPN: s,
		Offered: []string{s, s, s}, OutcomeReason: s, Program: s, Frames: []int{1},
		Candidates: []analysis.Candidate{{Check: s, Label: s, Status: analysis.Possible, Because: s, Fix: []string{s}}, {Check: s, Label: s, Status: analysis.NotVisible, Because: s}},
		Compared:   &analysis.Comparison{With: 100000, Differs: []analysis.Difference{{What: s, Bad: s, Good: s}}},
		DNS:        []analysis.Lookup{{Pos: at, Name: s, Type: "A", CNAMEs: []string{s}}},
	}
	for range 12 {
		h.Legs = append(h.Legs, &analysis.Leg{
			Exchange: &httpstream.Exchange{
				Request:  &httpstream.Request{Pos: at, Done: at, Method: s, Target: s, Host: s},
				Response: &httpstream.Response{Pos: at, Done: at, Status: 407},
				Events:   []httpstream.AuthEvent{{Pos: at, Name: s, SPN: s, User: s, Status: s}},
			},
			Got: []tokens.Auth{{Scheme: s}}, ErrorText: s, SubStatus: s,
		})
	}
	f := &analysis.Finding{
		ID: 1, Check: "spn-wrong-account-ap-err-modified", Variant: "some-variant", Severity: analysis.Error, Evidence: analysis.Inferred,
		Handshake: h.ID, Frame: at.Frame, File: at.File, Message: s, Cause: s, Causes: []string{s}, Fix: []string{s}, Filter: s, Count: 1 << 30, Last: 1 << 30, Handshakes: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
	}
	under := *f
	under.ID, under.Check, under.RootCheck, under.RootID = 2, "ntlm-handshake-split-across-connections", f.Check, f.ID
	check := &analysis.Check{Name: f.Check, Title: s, Causes: []analysis.Advice{{Text: s}}, Fix: []analysis.Advice{{Text: s}}}
	return complete(&analysis.Report{
		Headline: s, Handshakes: []*analysis.Handshake{h}, Findings: []*analysis.Finding{f, &under}, Checks: []*analysis.Check{check},
		Summary: analysis.Summary{
			First: at, Last: at,
			Counters: &httpstream.Counters{
				Packets: 1 << 40, LostBytes: 1 << 60, Gaps: 1 << 40,
				TLSNotOpened: map[string]int{s: 1 << 40}, Undecoded: map[string]int{s: 1}, Dropped: map[string]int{s: 1},
				Damage: []httpstream.Note{{Pos: at, Text: s}}, Notes: []httpstream.Limitation{{Kind: s, Text: s}},
			},
		},
	})
}

var nastyStrings = []string{
	"",
	strings.Repeat("x", 200),
	strings.Repeat("日本語", 100),
	strings.Repeat("long words of a sentence ", 40),
	"HTTP/" + strings.Repeat("label.", 40) + "example.com:8443@" + strings.Repeat("REALM.", 20) + "EXAMPLE",
	strings.Repeat(".", 120),
	strings.Repeat("@", 120),
	strings.Repeat("a@b.c/d:e,f ", 60),
	"\x1b[31mred\x1b]0;title\x07\x9b1m" + strings.Repeat("\x1b[2J", 30),
	"user\u202etxt.exe\u2066\u200b\ufeff",
	"line\nfeed\r\ttab\x00nul\x7fdel\u0085nel\u2028",
	strings.Repeat("\xff\xfe", 120),
	"e" + strings.Repeat("\u0301", 200),
	strings.Repeat("👩‍👩‍👧‍👦🇩🇪👍🏽", 100),
	"[2001:db8:85a3:8d3:1319:8a2e:370:7348]:50300",
}

func TestTableFits(t *testing.T) {
	for i, s := range nastyStrings {
		t.Run(fmt.Sprintf("%.20q", s), func(t *testing.T) {
			t.Parallel()
			// Narrow widths with some of the strings, and some wider ones with all.
			for width := 72; width <= 220; width++ {
				if width < 100 && (width+i)%testcost.Step(24) > 0 || width >= 100 && width%testcost.Step(60) > 0 {
					continue
				}
				for i, l := range strings.Split(table(t, nasty(s), Options{Width: width}), "\n") {
					if n := columns(l); n > width {
						t.Fatalf("width %d, line %d has %d columns: %q of %.40q", width, i+1, n, l, s)
					}
				}
			}
		})
	}
}

func TestNothingSteersTheTerminal(t *testing.T) {
	for i, s := range nastyStrings {
		for j, f := range Formats() {
			if (i+j)%testcost.Step(3) != 0 {
				continue
			}
			var b bytes.Buffer
			if err := f.Report(&b, nasty(s), Options{Width: 80}); err != nil {
				t.Fatal(err)
			}
			for _, r := range strings.ReplaceAll(b.String(), "\r\n", "\n") { // which ends a line of CSV
				if isPrint := r >= ' ' && r < 0x7f || r == '\n' || unicode.IsPrint(r); !isPrint { // most is ASCII
					t.Fatalf("%s lets %q through of %q", f.Name, r, s)
				}
			}
		}
	}
}

func TestPrintable(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`LAB\alice`, `LAB\alice`},
		{"\x1b[31m", `\x1b[31m`},
		{"a\u202eb", `a\u202eb`},
		{"a\xffb", `a\xffb`},
		{"\u0085", `\u0085`},
		{"ad\u3164min", `ad\u3164min`},
		{"a\uffa0\u115f\u1160\u17b4\u034f\u2800", `a\uffa0\u115f\u1160\u17b4\u034f\u2800`},
		{"\U000e0041", `\U000e0041`},
		{"ad\ufe0fmin\U000e0100", `ad\ufe0fmin\U000e0100`},
		{"a\u180b\u180d\u180f", `a\u180b\u180d\u180f`},
		{"müller 日本", "müller 日本"},
		{"e\u0301\u0301\u0301", "e\u0301\u0301" + `\u0301`},
	} {
		if got := Printable(c.in); got != c.want {
			t.Errorf("Printable(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"HTTP/intranet.lab.test@LAB.TEST", 24, []string{"HTTP/intranet.lab.test", "@LAB.TEST"}},
		{"HTTP/a-very-long.host.example.com@REALM", 22, []string{"HTTP/a-very-long.host", ".example.com@REALM"}},
		{"Negotiate, NTLM", 10, []string{"Negotiate,", "NTLM"}},
		{"abcdefghijklmnopqrstuvwxyz", 13, []string{"abcde...vwxyz"}},
		{"one two three", 80, []string{"one two three"}},
		{"", 10, []string{""}},
		{"日本語日本語日本語", 11, []string{"日本...本語"}},
	} {
		if d := cmp.Diff(c.want, wrap(c.in, c.width)); d != "" {
			t.Errorf("wrap(%q, %d): %s", c.in, c.width, d)
		}
	}
}

// many returns a report of n handshakes of as many clients as asked for.
func many(n, clients int) *analysis.Report {
	start := httpstream.TimeOf(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	r := &analysis.Report{Headline: "many", Summary: analysis.Summary{Counters: &httpstream.Counters{}}}
	for i := range n {
		h := &analysis.Handshake{
			ID: i + 1, Scheme: "NTLM", Mechanism: analysis.NTLM, Outcome: analysis.Succeeded,
			Start:  httpstream.Pos{Frame: 10 * i, Time: start.Add(time.Duration(i) * time.Second)},
			Client: fmt.Sprintf("192.0.2.%d:%d", i%clients, 1024+i), Server: "198.51.100.7:80", Host: "web.lab.test",
			User: fmt.Sprintf(`LAB\user%d`, i%clients), Offered: []string{"NTLM"}, Legs: make([]*analysis.Leg, 3),
		}
		if i == n-1 {
			h.Outcome = analysis.Failed
		}
		r.Handshakes = append(r.Handshakes, h)
		r.Findings = append(r.Findings, &analysis.Finding{
			Check: "ntlm-authenticated", Severity: analysis.Warning, Evidence: analysis.Proven,
			Handshake: h.ID, Frame: h.Start.Frame, Message: h.User + " authenticated with NTLM.", Count: 1,
		})
	}
	return complete(r)
}

func TestManyHandshakes(t *testing.T) {
	for _, clients := range []int{1, 20, 10000} {
		got := table(t, many(10000, clients), Options{Width: 80})
		if n := strings.Count(got, "\n"); n > 300 {
			t.Errorf("%d clients: %d lines", clients, n)
		}
		if !strings.Contains(got, "failed") {
			t.Errorf("%d clients: the one that failed is not shown", clients)
		}
		if clients == 1 && !strings.Contains(got, "x9999") {
			t.Errorf("equal handshakes are not counted:\n%s", got)
		}
		if clients == 10000 && !strings.Contains(got, "... and 9960 more: 9960 succeeded") {
			t.Errorf("what is left out is not counted:\n%s", got)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	for _, n := range []int{20, 300, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := many(n, n)
			b.ReportAllocs()
			for b.Loop() {
				if err := writeTable(io.Discard, r, Options{Width: 100}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkJSON10000(b *testing.B) {
	r := many(10000, 10000)
	b.ReportAllocs()
	for b.Loop() {
		if err := writeJSON(io.Discard, r, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestFormatAllocations holds that no format costs much for a handshake more.
func TestFormatAllocations(t *testing.T) {
	few, lots := many(300, 300), many(600, 600)
	for _, f := range Formats() {
		cost := func(r *analysis.Report) float64 {
			return testing.AllocsPerRun(1, func() {
				if err := f.Report(io.Discard, r, Options{Width: 140}); err != nil {
					t.Fatal(err)
				}
			})
		}
		most := 50.0
		if f.Name == "html" {
			most = 200 // a template calls by reflection
		}
		if got := (cost(lots) - cost(few)) / 300; got > most {
			t.Errorf("%s: %v allocations for a handshake and its finding", f.Name, got)
		}
	}
}

func TestColor(t *testing.T) {
	r := load(t, "testdata/mixed.json")
	colored := table(t, r, Options{Width: 80, Color: true})
	if !strings.Contains(colored, "\x1b[31merror") || !strings.Contains(colored, "\x1b[31mfailed\x1b[0m") {
		t.Errorf("no colour:\n%q", colored)
	}
	stripped := colored
	for _, p := range []sgr{bold, red, green, yellow, cyan} {
		stripped = strings.ReplaceAll(stripped, "\x1b["+string(p)+"m", "")
	}
	stripped = strings.ReplaceAll(stripped, "\x1b[0m", "")
	if d := cmp.Diff(table(t, r, Options{Width: 80}), stripped); d != "" {
		t.Errorf("colour moves the text: %s", d)
	}
}

func TestJSON(t *testing.T) {
	r := load(t, "testdata/mixed.json")
	var b bytes.Buffer
	if err := writeJSON(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	var back analysis.Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, complete(&back), cmpopts.IgnoreUnexported(analysis.Finding{}, analysis.Leg{}, tokens.Auth{}, tokens.Kerberos{}), cmpopts.IgnoreTypes(&httpstream.Conn{}), cmpopts.EquateComparable(httpstream.Time{}, httpstream.File{})); d != "" {
		t.Error(d)
	}
	if !bytes.HasSuffix(b.Bytes(), []byte("}\n")) || bytes.Contains(b.Bytes(), []byte(`\u003c`)) {
		t.Error("no newline at the end, or HTML escapes")
	}
}
