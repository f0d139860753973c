package checks_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/internal/capturetest"
	"negotrace/tokens"
)

// coherent holds that no finding stands beneath one whose proof comes after its own, unless
// a check says why, and that what a server is said to offer is what it offers, and that each error which a finding
// names is among its codes. TestFixtures
// holds it of every case, TestFailuresAreFound of the captures of testdata.
func coherent(t *testing.T, where string, r *analysis.Report) {
	t.Helper()
	for _, f := range r.Findings {
		if late(f) {
			t.Errorf("%s: %s, frame %d, stands beneath %s, frame %d", where, f.Check, f.Frame, f.Root.Check, f.Root.Frame)
		}
		if m := offering.FindStringSubmatch(f.Message); m != nil && f.Handshake != 0 && !isOffered(r, f.Host, m[1]) {
			t.Errorf("%s: nobody offers %s: %s", where, m[1], f.Message)
		}
		if strings.Contains(f.Message, "invalid IP") || strings.Contains(f.Message, "invalid AddrPort") {
			t.Errorf("%s: %s names an address that is none: %s", where, f.Check, f.Message)
		}
		for _, name := range capturetest.Codes(f.Message) {
			number, err := strconv.ParseInt(strings.ToLower(name), 0, 64)
			if !slices.ContainsFunc(f.Codes, func(c analysis.Code) bool { return c.Name == name || err == nil && c.Value == number }) {
				t.Errorf("%s: %s names %s, and has the codes %v: %s", where, f.Check, name, f.Codes, f.Message)
			}
		}
	}
}

func late(f *analysis.Finding) bool {
	return f.Root != nil && f.By.Awaits == "" && f.Root.By.ShownLater == "" && f.Root.File == f.File && f.Root.Frame > f.Frame
}

// offering is what findings say of the schemes of a server.
var offering = regexp.MustCompile(`\boffer(?:s|ed) (Negotiate|NTLM|Basic|Kerberos)\b`)

func isOffered(r *analysis.Report, host, scheme string) bool {
	for _, h := range r.Handshakes {
		for _, l := range h.Legs {
			if h.Host == host && slices.ContainsFunc(l.Got, func(a tokens.Auth) bool { return a.Scheme == scheme }) {
				return true
			}
		}
	}
	return false
}
