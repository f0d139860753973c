package checks_test

import (
	"fmt"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// TestManyNamesByNTLM holds that one finding speaks of all names that a program tried with NTLM,
// and that several workstations behind one address are no such program.
func TestManyNamesByNTLM(t *testing.T) {
	t.Parallel()
	script := func(workstation string) string {
		s := "conn 1 10.0.9.9:50000 > 10.0.0.20:80\n"
		for i := range 8 {
			send := "> GET / HTTP/1.1\n> Host: web.contoso.com\n> Authorization: NTLM "
			refuse := "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: NTLM"
			s += send + "{ntlm1}\n" + refuse + " {ntlm2}\n\n" + send + fmt.Sprintf("{ntlm3 user=user%d ws=%s}\n", i, strings.ReplaceAll(workstation, "%", fmt.Sprint(i))) + refuse + "\n\n"
		}
		return s
	}
	for _, test := range []struct {
		workstation string
		want        map[string]int // findings of severity error, by check
	}{
		{"PC1", map[string]int{"many-names-refused": 1}},
		{"PC%", map[string]int{"ntlm-logon-rejected": 8, "auth-401-loop": 1}},
	} {
		c, err := capturetest.Parse(script(test.workstation))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, f := range replay(t, c, c.Pcapng()).Findings {
			if f.Severity == analysis.Error {
				got[f.Check]++
			}
			if f.Check == "many-names-refused" && (f.Count != 8 || len(f.Handshakes) != 8) {
				t.Errorf("%d times, handshakes %v, want 8", f.Count, f.Handshakes)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("workstation %s: %v, want %v", test.workstation, got, test.want)
		}
	}
}

// TestManyNamesLogged is the same for event logs without a capture: one finding for all names
// from one place within five minutes, one for each where they are few or far apart, or where the
// user got in soon after.
func TestManyNamesLogged(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		refused    int
		apart      int // seconds
		thenGood   bool
		wantMany   int // how often the one finding was made
		wantSingle int // findings of event-logon-refused
	}{
		{"six names", 6, 1, false, 6, 0},
		{"four names", 4, 1, false, 0, 4},
		{"one name an hour", 6, 3600, false, 0, 6},
		{"six names, of which the first gets in", 6, 1, true, 5, 1},
	} {
		trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
		trace.Logs(httpstream.Time{})
		n := test.refused
		for i := range n {
			trace.Event(logonOf(4625, i*test.apart, fmt.Sprintf("user%d", i), 0xC000006A))
		}
		if test.thenGood {
			trace.Event(logonOf(4624, n, "user0", 0))
			n++
		}
		many, single := 0, 0
		for _, f := range trace.Report(&httpstream.Counters{Records: n}).Findings {
			switch f.Check {
			case "many-names-refused":
				many += f.Count
			case "event-logon-refused":
				single++
			}
		}
		if many != test.wantMany || single != test.wantSingle {
			t.Errorf("%s: %d refusals in one finding and %d by themselves, want %d and %d", test.name, many, single, test.wantMany, test.wantSingle)
		}
	}
}
