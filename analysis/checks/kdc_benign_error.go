package checks

import (
	"negotrace/analysis"
)

var kdcBenignError = &analysis.Check{
	Name:     "kdc-benign-error",
	Title:    "an error from the KDC that is part of a normal exchange",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	JSONOnly: true,
	Means:    "KDCs ask for what they need by refusing first: pre-authentication, TCP instead of UDP, another realm. Such errors are steps, not faults.",
	Proof:    "KRB-ERROR 25, 52, 68 or 91, and a later request of the same client for the same service; 7, 14 or 16, and the ticket that a second request got.",
	Not:      "The same error where nothing follows (kdc-error), or where the request never succeeds (etype-nosupp, spn-not-found).",
	Fix: []analysis.Advice{
		{Text: "Nothing."},
	},
	Sources: []string{"RFC 4120 sections 5.2.7 and 7.2.1", "Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot"},
	Run:     runKDCBenignError,
}

func runKDCBenignError(p *analysis.Pass) {
	for _, k := range p.KDC {
		if p.Refusal(k) == analysis.NormalStep {
			p.FoundKDC(nil, k, "the KDC answered %s to a request for %s, and the client went on", k.Err().Code, serviceName(k))
		}
	}
}
