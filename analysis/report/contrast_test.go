package report

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/tokens"
)

func TestContrastHeadline(t *testing.T) {
	t.Parallel()
	pair := func(good, bad analysis.Outcome, what ...string) analysis.Pair {
		p := analysis.Pair{Good: &analysis.Handshake{Outcome: good}, Bad: &analysis.Handshake{Outcome: bad}}
		for _, w := range what {
			p.Differs = append(p.Differs, analysis.Difference{What: w, Bad: "a", Good: "b"})
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
		{[]analysis.Pair{pair(in, out, "kvno")}, "says most: kvno"},
		{[]analysis.Pair{pair(in, in, "path"), pair(in, out)}, "no difference is seen but the outcome"},
		{[]analysis.Pair{pair(in, in, "path"), pair(in, out, "KDC")}, "says most: KDC"},
		{[]analysis.Pair{pair(in, out, analysis.DifferentSite, "KDC")}, "of different sites, a (bad) and b (good), and what else differs may come from that: KDC: a in"},
		{[]analysis.Pair{pair(in, out, analysis.DifferentSite)}, "what else differs may come from that"},
		{[]analysis.Pair{pair(in, out, analysis.DifferentSite), pair(in, out, "user")}, "says most: user"},
		{[]analysis.Pair{pair(out, in, "KDC")}, "the good capture is named first"},
	} {
		if got := contrastHeadline(&analysis.Contrast{Pairs: c.pairs}); !strings.Contains(got, c.want) {
			t.Errorf("%q, want %q in it", got, c.want)
		}
	}
}

// What Kerberos encrypts is said not to be compared, where it may be the difference.
func TestContrastSealed(t *testing.T) {
	t.Parallel()
	ticket := func(outcome analysis.Outcome, url string, opened bool) *analysis.Handshake {
		ap := &tokens.APReq{}
		if opened {
			ap.Opened = &tokens.OpenedAuthenticator{}
		}
		sent := &tokens.Auth{Scheme: "Negotiate", Token: &tokens.Token{Kerberos: &tokens.Kerberos{APReq: ap}}}
		return &analysis.Handshake{Outcome: outcome, URL: url, Legs: []*analysis.Leg{{Sent: sent}}}
	}
	const in, out, tls = analysis.Succeeded, analysis.Failed, "https://web.test/"
	for _, c := range []struct {
		good, bad *analysis.Handshake
		said      bool
	}{
		{ticket(in, tls, false), ticket(out, tls, false), true},
		{ticket(in, tls, true), ticket(out, tls, false), true},
		{ticket(in, tls, true), ticket(out, tls, true), false},
		{ticket(in, tls, false), ticket(in, tls, false), false},
		{ticket(in, "http://web.test/", false), ticket(out, "http://web.test/", false), false},
	} {
		rest := strings.Join(contrastRest(&analysis.Contrast{Pairs: []analysis.Pair{{Good: c.good, Bad: c.bad}}}, 0), "")
		if strings.Contains(rest, "--keytab") != c.said {
			t.Errorf("%s, %v and %v: %q", c.bad.URL, c.good.Outcome, c.bad.Outcome, rest)
		}
	}
}
