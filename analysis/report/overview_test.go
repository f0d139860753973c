package report

import (
	"fmt"
	"strings"
	"testing"

	"negotrace/analysis"
)

// A capture with many handshakes says first how many of each kind there were.
func TestOverview(t *testing.T) {
	t.Parallel()
	r := &analysis.Report{Summary: analysis.Summary{Mechanisms: map[analysis.Mechanism]map[analysis.Outcome]int{analysis.NTLM: {analysis.Succeeded: 90}}}}
	for i := range 12 {
		h := &analysis.Handshake{ID: i + 1, Host: "web", User: fmt.Sprintf("user%d", i), Client: fmt.Sprintf("10.0.0.%d:50000", i%3), Mechanism: analysis.NTLM, Outcome: analysis.Succeeded}
		if i == 7 {
			h.Outcome = analysis.Failed
		}
		r.Handshakes = append(r.Handshakes, h)
	}
	p := newPage(Options{Width: 80})
	shown, _ := rows(complete(r).Handshakes, maxRows)
	if err := p.overview(r, shown); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"web   ntlm       failed     1           1      1",
		"web   ntlm       succeeded  11          11     3",
		"12 handshakes are listed, of 90.",
	}
	if got := p.String(); !strings.HasSuffix(strings.TrimSpace(got), strings.Join(want, "\n")) {
		t.Errorf("%s\nwant\n%s", got, strings.Join(want, "\n"))
	}

	r.Handshakes = r.Handshakes[:9]
	p = newPage(Options{})
	shown, _ = rows(r.Handshakes, maxRows)
	if err := p.overview(r, shown); err != nil || p.Len() > 0 {
		t.Errorf("few handshakes have an overview (%v):\n%s", err, p.String())
	}
}
