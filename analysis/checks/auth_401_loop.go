package checks

import (
	"fmt"
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
	Proof:    "Three or more handshakes of one program for one URL within 60 seconds, each refused, and none between them that succeeds. It is a warning where the program is let in afterwards.",
	Not:      "Parallel first requests of a page; probes that never send a token.",
	Causes: []analysis.Advice{
		{Text: "Whatever refuses the single attempt: see the finding that this one follows from."},
	},
	Fix: []analysis.Advice{
		{Text: "Fix the cause of the single attempt."},
	},
	Sources: []string{"Microsoft, Troubleshoot Kerberos failures in Internet Explorer, learn.microsoft.com/troubleshoot/developer/webapps/iis"},
	Follows: []string{
		"spn-wrong-account-ap-err-modified", "keytab-key-mismatch", "krb-ap-req-rejected", "clock-skew", "ntlm-logon-rejected", "loopback-check-401",
		"extended-protection-suspected", "ntlm-handshake-split-across-connections", "ntlm-connection-not-persistent", "spnego-reject", "token-too-large", "auth-refused-unexplained", "ntlm-not-accepted",
	},
	Reads: proxyMarks,
	Run:   runAuth401Loop,
}

func runAuth401Loop(p *analysis.Pass) {
	type key struct {
		client              netip.Addr
		url, program, hello string
	}
	failed := map[key][]*analysis.Handshake{} // since the last success
	var order []key
	for _, h := range p.Context {
		if h.Outcome == analysis.Succeeded && len(failed) == 0 {
			continue // which is the rule
		}
		k := key{h.ClientAddr(), h.URL, h.Program, h.ClientHello}
		switch {
		case h.Outcome == analysis.Succeeded && failed[k] != nil:
			failed[k] = letIn(p, h, failed[k])
		case h.Outcome == analysis.Failed && h.OpeningLeg() != nil && !oneOfManyNames(p, h):
			if failed[k] == nil {
				order = append(order, k)
			}
			failed[k] = append(failed[k], h)
		}
	}
	for _, k := range order {
		reportLoops(p, failed[k], analysis.Error)
		delete(failed, k)
	}
}

// letIn reports the loops among the refusals that end with h, in which the client was let in, and
// returns those of other users.
func letIn(p *analysis.Pass, h *analysis.Handshake, refused []*analysis.Handshake) []*analysis.Handshake {
	var own, others []*analysis.Handshake
	for _, o := range refused {
		if analysis.OtherUser(o, h) {
			others = append(others, o)
		} else {
			own = append(own, o)
		}
	}
	severity := analysis.Error
	if len(own) > 0 && analysis.SoonAfter(h, own[len(own)-1]) {
		severity = analysis.Warning
	}
	reportLoops(p, own, severity)
	return others
}

// loopLength is how many refusals within a minute make a loop.
const loopLength = 3

// reportLoops reports the loops among refusals of one client for one URL without a success between
// them. In a loop any loopLength refusals in a row lie within a minute.
func reportLoops(p *analysis.Pass, refused []*analysis.Handshake, severity analysis.Severity) {
	inLoop := func(last int) bool { // whether the refusals up to this one are a loop
		return last >= loopLength-1 && refused[last].Start.Time.Sub(refused[last-loopLength+1].Start.Time) <= time.Minute
	}
	for i := range refused {
		if !inLoop(i) {
			continue
		}
		end := i + 1
		for end < len(refused) && inLoop(end) {
			end++
		}
		if !inLoop(i - 1) {
			reportLoop(p, refused[i-loopLength+1:end], severity)
		}
	}
}

func reportLoop(p *analysis.Pass, loop []*analysis.Handshake, severity analysis.Severity) {
	first, last := loop[0], loop[len(loop)-1]
	f := p.Found(first, last.Last().ResponsePos(), "%s was refused by %s %d times in a row for %s", whoTries(loop), serverName(first), len(loop), first.URL)
	f.Severity = severity
	for _, h := range loop[:min(len(loop)-1, 10)] {
		f.AddProof(h.Last().ResponsePos())
	}
}

// whoTries names the user of all attempts of a loop, or the client if there are several users.
func whoTries(loop []*analysis.Handshake) string {
	names := map[string]bool{}
	for _, h := range loop {
		if h.User != "" {
			names[analysis.AccountName(h.User)] = true
		}
	}
	if len(names) < 2 {
		return clientName(loop[0])
	}
	return fmt.Sprintf("%s, under %d names,", clientAddress(loop[0]), len(names))
}
