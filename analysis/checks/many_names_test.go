package checks_test

import (
	"fmt"
	"strings"
	"testing"

	"negotrace/analysis"
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
