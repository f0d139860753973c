package report

import (
	"strings"
	"testing"

	"negotrace/analysis"
)

// contrastOf returns two captures in which everything is called s, and one difference is.
func contrastOf(s string) *analysis.Contrast {
	bad, good := nasty(s).Handshakes[0], nasty(s).Handshakes[0]
	good.Outcome = analysis.Succeeded
	return &analysis.Contrast{
		BadVerdict: s, GoodVerdict: s, Left: 1, OnlyBad: []*analysis.Handshake{bad}, OnlyGood: []*analysis.Handshake{good},
		Pairs: []analysis.Pair{{Good: good, Bad: good, Differs: nil}, {Good: good, Bad: bad, Differs: []analysis.Difference{{What: "SPN", Bad: s}}}},
	}
}

func TestContrastHTML(t *testing.T) {
	t.Parallel()
	got := outline(t, written(t, writeContrastHTML, contrastOf("name")))
	for _, line := range []string{
		"# The difference that says most: SPN: name in the bad capture, nothing in the good one.",
		"Bad", "### Handshake 100000 of the bad capture (name (proxy), kerberos unanswered) against 100000 of the good one (name (proxy), kerberos succeeded)",
		"What Bad Good", "SPN | name | -", "No difference but ports, times and frames.", "## Not compared", "1 handshake beyond the first of each capture",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the page does not say %q:\n%s", line, got)
		}
	}
	if i, j := strings.Index(got, "SPN | name"), strings.Index(got, "No difference but"); i > j {
		t.Error("the pair that does not differ comes first")
	}
	if got := outline(t, written(t, writeContrastHTML, &analysis.Contrast{})); !strings.Contains(got, "# The two captures have no handshakes that could be compared.") || strings.Contains(got, "Not compared") {
		t.Errorf("of nothing the page is\n%s", got)
	}
}

func TestContrastHTMLHostileNames(t *testing.T) {
	t.Parallel()
	hostileNames(t, func(name string) string { return written(t, writeContrastHTML, contrastOf(name)) })
}
