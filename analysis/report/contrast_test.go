package report

import (
	"strings"
	"testing"

	"negotrace/analysis"
)

func TestContrastHeadline(t *testing.T) {
	t.Parallel()
	pair := func(good, bad analysis.Outcome, what ...string) analysis.Pair {
		p := analysis.Pair{Good: &analysis.Handshake{Outcome: good}, Bad: &analysis.Handshake{Outcome: bad}}
		for _, w := range what {
			p.Differs = append(p.Differs, analysis.Difference{What: w, Here: "a", There: "b"})
		}
		return p
	}
	const in, out = analysis.Succeeded, analysis.Failed
	for _, c := range []struct {
		pairs []analysis.Pair
		want  string
	}{
		{nil, "no handshakes that could be compared"},
		{[]analysis.Pair{pair(in, in)}, "show no difference"},
		{[]analysis.Pair{pair(in, in, "path")}, "ended alike; it differs in this: path"},
		{[]analysis.Pair{pair(in, out, "kvno")}, "tells most: kvno"},
		{[]analysis.Pair{pair(in, in, "path"), pair(in, out)}, "no difference is seen but the outcome"},
		{[]analysis.Pair{pair(in, in, "path"), pair(in, out, "KDC")}, "tells most: KDC"},
		{[]analysis.Pair{pair(in, out, analysis.Site, "KDC")}, "of different sites, a (bad) and b (good), and what else differs may come from that: KDC: a in"},
		{[]analysis.Pair{pair(in, out, analysis.Site)}, "what else differs may come from that"},
		{[]analysis.Pair{pair(in, out, analysis.Site), pair(in, out, "user")}, "tells most: user"},
		{[]analysis.Pair{pair(out, in, "KDC")}, "the good capture is named first"},
	} {
		if got := contrastHeadline(&analysis.Contrast{Pairs: c.pairs}); !strings.Contains(got, c.want) {
			t.Errorf("%q, want %q in it", got, c.want)
		}
	}
}
