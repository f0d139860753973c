package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var kdcBenignError = &analysis.Check{
	Name:     "kdc-benign-error",
	Title:    "an error from the KDC that is part of a normal exchange",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	JSONOnly: true,
	Means:    "KDCs ask for what they need by refusing first: pre-authentication, TCP instead of UDP, another realm. Such errors are steps, not faults.",
	Proof:    "KRB-ERROR 25, 52 or 91; 7 for a service that is not HTTP; 14 or 16 that a second request made good.",
	Not:      "The same error when the request never succeeds afterwards: then its own check speaks.",
	Fix:      []string{"Nothing."},
	Sources:  []string{"RFC 4120 sections 5.2.7 and 7.2.1", "Microsoft, Kerberos authentication troubleshooting guidance, learn.microsoft.com/troubleshoot"},
	Run:      runKDCBenignError,
}

func runKDCBenignError(p *analysis.Pass) {
	for _, k := range p.KDC {
		e := k.Err()
		if e == nil {
			continue
		}
		s := k.Service()
		normal := benignCode(e.Code) && e.Code != tokens.KDCErrWrongRealm ||
			e.Code == tokens.KDCErrSPrincipalUnknown && s != nil && !s.HTTP() ||
			(e.Code == tokens.KDCErrETypeNoSupp || e.Code == tokens.KDCErrPADataTypeNoSupp) && soonGiven(p, k)
		if normal {
			p.Found(nil, k.Pos(), "the KDC answered %s, as it should", e.Code)
		}
	}
}
