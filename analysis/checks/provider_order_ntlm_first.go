package checks

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var providerOrderNTLMFirst = &analysis.Check{
	Name:        "provider-order-ntlm-first",
	Title:       "NTLM is offered before Negotiate",
	Severity:    analysis.Info,
	Evidence:    analysis.Proven,
	Topic:       analysis.Detour,
	OncePerHost: true,
	Means:       "Clients built on WinINET take the first scheme they know, so they use NTLM here although Negotiate is offered. Chromium and Firefox rank the schemes themselves and do not care.",
	Proof:       "A bare challenge in which NTLM stands before Negotiate, over header lines and within one.",
	Not:         "A problem for Chrome, Edge and Firefox: they prefer Negotiate in any order.",
	Causes: []analysis.Advice{
		{Text: "The order of the providers in IIS was changed."},
	},
	Fix: []analysis.Advice{
		{Text: "IIS Manager: Windows Authentication, Providers: Negotiate above NTLM; or the order of <add> in <providers>."},
	},
	Sources: []string{
		"Chromium, HTTP authentication design document, chromium.org/developers/design-documents/http-authentication",
		"Microsoft, Windows Authentication Providers, learn.microsoft.com/iis",
	},
	Run: runProviderOrderNTLMFirst,
}

func runProviderOrderNTLMFirst(p *analysis.Pass) {
	firstPerHost(p, func(h *analysis.Handshake) bool {
		ntlm, negotiate := slices.Index(h.Offered, "NTLM"), slices.Index(h.Offered, "Negotiate")
		return ntlm >= 0 && negotiate > ntlm
	}, func(h *analysis.Handshake) {
		f := p.Found(h, h.ChallengeLeg().ResponsePos(), "%s offers %s in this order", serverName(h), offeredList(h))
		if h.Has(fact.ClientWinINET) {
			f.Severity = analysis.Warning
			f.Cause = "The client is built on WinINET, which takes the first."
		}
	})
}
