package checks

import (
	"negotrace/analysis"
)

var spnDuplicate = &analysis.Check{
	Name:     "spn-duplicate",
	Title:    "two accounts hold the service principal name",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The directory has the name on more than one account, so the KDC does not know whose key to use and issues no ticket.",
	Proof:    "KRB-ERROR 8, KDC_ERR_PRINCIPAL_NOT_UNIQUE; or error 7 whose e-data holds NTSTATUS 0xC0000035, STATUS_OBJECT_NAME_COLLISION.",
	Not:      "Error 7 without that status: it means missing or duplicate (spn-not-found). A ticket that nobody can decrypt comes from holders in two domains (spn-wrong-account-ap-err-modified).",
	Causes: []analysis.Advice{
		{Text: "The name was registered for a new account and never taken from the old one."},
		{Text: "setspn -A was used, which does not look for duplicates."},
	},
	Fix: []analysis.Advice{
		{Text: "setspn -X -F lists duplicates in the forest; setspn -Q <SPN> names the holders."},
		{Text: "setspn -D <SPN> <wrong account>; then klist purge on the clients."},
		{Text: "Domain controllers log it: System, Kerberos-Key-Distribution-Center, event 11."},
	},
	Sources: []string{
		"RFC 4120 section 7.5.9, MS-KILE 2.2.1",
		"Microsoft, The 411 on the KDC 11 events, techcommunity.microsoft.com ba-p/255546",
	},
	Run: runSPNDuplicate,
}

func runSPNDuplicate(p *analysis.Pass) {
	for _, k := range p.KDC {
		if p.Refusal(k) != analysis.RefusedAsDuplicate {
			continue
		}
		foundRefused(p, k, "%s has more than one account for %s: %s%s", k.KDCName(), serviceName(k), k.Err().Code, kdcWords(k.Err()))
	}
}
