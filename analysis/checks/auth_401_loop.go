package checks

import (
	"net/netip"
	"time"

	"negotrace/analysis"
)

var auth401Loop = &analysis.Check{
	Name:     "auth-401-loop",
	Title:    "the client tries again and again and is refused each time",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means:    "Three failed attempts for one URL within a minute are what the user sees as a prompt that comes back. The attempts have one cause; look at that.",
	Proof:    "Three or more complete handshakes of one client for one URL within 60 seconds, each refused, and none that succeeds.",
	Not:      "Parallel first requests of a page; probes that never send a token.",
	Causes: []analysis.Advice{
		{Text: "Whatever refuses the single attempt: see the finding that this one follows from."},
	},
	Fix: []analysis.Advice{
		{Text: "Mend the cause of the single attempt."},
	},
	Sources: []string{"Microsoft, Troubleshoot Kerberos failures in Internet Explorer, learn.microsoft.com/troubleshoot/developer/webapps/iis"},
	Follows: []string{
		"spn-wrong-account-ap-err-modified", "keytab-key-mismatch", "krb-ap-req-rejected", "clock-skew", "ntlm-logon-rejected", "loopback-check-401",
		"extended-protection-suspected", "ntlm-handshake-split-across-connections", "ntlm-connection-not-persistent", "spnego-reject", "token-too-large", "auth-refused-unexplained", "ntlm-not-accepted",
	},
	Run: runAuth401Loop,
}

func runAuth401Loop(p *analysis.Pass) {
	type key struct {
		client netip.Addr
		url    string
	}
	failed := map[key][]*analysis.Handshake{}
	var order []key
	for _, h := range p.Context {
		if h.Outcome != analysis.Failed || h.Opening() == nil {
			continue
		}
		k := key{h.ClientAddr(), h.URL}
		if failed[k] == nil {
			order = append(order, k)
		}
		failed[k] = append(failed[k], h)
	}
	good := map[key]bool{}
	if len(order) > 0 {
		for _, h := range p.Context {
			if h.Outcome == analysis.Succeeded {
				good[key{h.ClientAddr(), h.URL}] = true
			}
		}
	}
	for _, k := range order {
		g := failed[k]
		if len(g) < 3 || good[k] || g[2].Start.Time.Sub(g[0].Start.Time) > time.Minute {
			continue
		}
		f := p.Found(g[0], g[len(g)-1].Last().ResponsePos(), "%s was refused by %s %d times in a row for %s", clientName(g[0]), serverName(g[0]), len(g), k.url)
		for _, h := range g[:min(len(g)-1, 10)] {
			f.Frames = append(f.Frames, h.Last().ResponsePos().Frame)
		}
	}
}
