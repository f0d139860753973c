package checks

import "negotrace/analysis"

var hostCommandFailed = &analysis.Check{
	Name:     "host-command-failed",
	Variants: []string{"channel", "controller", "ticket", "duplicate"},
	Title:    "what a command printed on a host names a fault of the domain",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means: "nltest says that the computer has no secure channel to its domain, over which a server has NTLM answers checked, or that it finds no domain controller, without which there are no tickets either. " +
		"klist says that it could get no ticket; setspn that two accounts have one name.",
	Proof: "The status that the command printed. The text does not say on which host and when that was.",
	Not: "A text of another host than those of the case, or from before the fault was fixed. nltest that was not run as administrator (I_NetLogonControl failed: 5), which says nothing of the channel. " +
		"ERROR_NO_SUCH_DOMAIN (1355) may be about another domain than the computer's: see which one nltest was asked about.",
	Causes: []analysis.Advice{
		{Text: "The password of the computer's account is not the one that the domain has: a snapshot was put back, or the account was made anew."},
		{Text: "DNS of the computer does not have the records of the domain, or a firewall is in the way."},
		{Text: "An SPN was registered again for another account, and not taken away from the first."},
	},
	Fix: []analysis.Advice{
		{Text: "nltest /sc_verify:<domain>; Test-ComputerSecureChannel -Repair."},
		{Text: "nltest /dsgetdc:<domain> /force; nslookup -type=SRV _ldap._tcp.dc._msdcs.<domain>."},
		{Text: "klist get <SPN> for the ticket; setspn -X for names that two accounts have."},
	},
	Sources: []string{"Microsoft, nltest", "Microsoft, klist", "Microsoft, setspn"},
	Run:     runHostCommandFailed,
}

func runHostCommandFailed(p *analysis.Pass) {
	for _, e := range p.HostTexts {
		variant := ""
		switch {
		case e.Channel != nil && e.Channel.Status != 0 && !e.Channel.NotQueried():
			variant = "channel"
		case e.Controller != nil && e.Controller.Status != 0:
			variant = "controller"
		case e.Failure != nil:
			variant = "ticket"
		case e.Registration != nil && len(e.Registration.Accounts) > 1 && p.LogsAlone: // spn-listed-twice says it of handshakes
			variant = "duplicate"
		default:
			continue
		}
		f := p.Found(nil, e.Pos, "%s, in %s, says: %s", e.Command, e.Pos, analysis.HostTextSays(e))
		f.Variant = variant
		if e.Registration != nil {
			f.SPN = e.Registration.SPN
		}
	}
}
