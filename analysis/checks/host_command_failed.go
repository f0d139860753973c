package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/knownerror"
	"negotrace/tokens"
)

var hostCommandFailed = &analysis.Check{
	Name:     "host-command-failed",
	Variants: []string{"channel", "controller", "ticket", "kdc", "duplicate"},
	Title:    "what a command printed on a host names a fault of the domain",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means: "nltest says that the computer has no secure channel to its domain, over which a server has NTLM answers checked, or that it finds no domain controller, without which there are no tickets either. " +
		"klist, or what a Kerberos library prints of itself, says that there was no ticket; setspn that two accounts have one name.",
	Proof: "The status that the command printed. The text does not say on which host and when that was.",
	Not: "An error that a library got over: it tried another KDC, name or realm, and got its ticket. A text of another host than those of the case, or from before the fault was fixed. nltest that was not run as administrator (I_NetLogonControl failed: 5), which says nothing of the channel. " +
		"ERROR_NO_SUCH_DOMAIN (1355) may be about another domain than the computer's: see which one nltest was asked about.",
	Causes: []analysis.Advice{
		{Text: "The password of the computer's account is not the one that the domain has: a snapshot was put back, or the account was made anew.", If: []fact.Fact{fact.Variant("channel")}},
		{Text: "DNS of the computer does not have the records of the domain, or a firewall is in the way.", If: []fact.Fact{fact.Variant("channel"), fact.Variant("controller")}},
		{Text: "The KDC could not be reached, does not know the name, or does not trust the computer: the status says which.", If: []fact.Fact{fact.Variant("ticket")}},
		{Text: "The reason is the one that the error names.", If: []fact.Fact{fact.Variant("kdc")}},
		{Text: "An SPN was registered again for another account, and not taken away from the first.", If: []fact.Fact{fact.Variant("duplicate")}},
	},
	Fix: []analysis.Advice{
		{Text: "nltest /sc_verify:<domain>; Test-ComputerSecureChannel -Repair.", If: []fact.Fact{fact.Variant("channel")}},
		{Text: "nltest /dsgetdc:<domain> /force; nslookup -type=SRV _ldap._tcp.dc._msdcs.<domain>.", If: []fact.Fact{fact.Variant("channel"), fact.Variant("controller")}},
		{Text: "klist get <SPN> once more, with a capture of port 88: the KDC's own error names the cause.", If: []fact.Fact{fact.Variant("ticket")}},
		{Text: followRealm, If: []fact.Fact{fact.Variant("kdc"), fact.Code(tokens.KDCErrWrongRealm)}},
		{Text: "negotrace explain <error> says what it means and what to do, by its name or number.", If: []fact.Fact{fact.Variant("kdc")}},
		{Text: "Record packets of port 88 at the client while the command runs again: they have the names, the clocks and the etypes of both sides.", If: []fact.Fact{fact.Variant("kdc")}},
		{Text: "setspn -D <SPN> <account> takes the name away from the account that does not run the service; then klist purge at the client.", If: []fact.Fact{fact.Variant("duplicate")}},
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
		case e.KDCError != nil:
			variant = "kdc"
		case e.Registration != nil && len(e.Registration.Accounts) > 1 && p.LogsAlone: // spn-listed-twice says it of handshakes
			variant = "duplicate"
		default:
			continue
		}
		f := p.Found(nil, e.Pos, "%s, in %s, says: %s", e.Command, e.Pos, analysis.HostTextSays(e))
		f.Variant = variant
		if k := e.KDCError; k != nil {
			f.User, f.SPN = k.Client, k.Server
			if k.Code != 0 { // else it is the library's, which says all that there is
				f.Cause = refusalCause(k.Text, knownerror.OfKerberos(tokens.ErrorCode(k.Code)))
				f.NamedErrors([]analysis.Code{{Family: analysis.KerberosError, Name: tokens.ErrorCode(k.Code).Name(), Value: int64(k.Code)}})
			}
			if tokens.ErrorCode(k.Code) == tokens.KDCErrWrongRealm {
				f.Cause = "The account is in another realm, and what was printed does not show that the client went on there: it has no KDC for that realm, or does not follow."
			}
		}
		if e.Registration != nil {
			f.SPN = e.Registration.SPN
		}
	}
}
