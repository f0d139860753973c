package checks

import "negotrace/analysis"

var lmResponse = &analysis.Check{
	Name:     "lm-response",
	Title:    "the client sends an LM response",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "The LM response is made from the oldest and weakest form of the password: upper case, seven characters at a time. Whoever sees it has the password soon.",
	Proof:    "LmChallengeResponse and NtChallengeResponse of 24 bytes each, the first neither zero, nor a client challenge with 16 zeros, nor a copy of the second; or an LM response alone.",
	Not:      "24 zero bytes beside NTLMv2, which is what Windows sends; LMv2, which is 24 bytes beside a longer response.",
	Causes: []analysis.Advice{
		{Text: "LmCompatibilityLevel 0 or 1 on the client; very old software."},
	},
	Fix: []analysis.Advice{
		{Text: "Group policy: LAN Manager authentication level 3 or higher, and Do not store LAN Manager hash value on next password change."},
	},
	Sources: []string{"MS-NLMP 2.2.2.3, 3.3.1"},
	Run:     runLMResponse,
}

func runLMResponse(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		if h := a.Handshake; a.Message.Authenticate.LM == "LM" {
			p.Found(h, a.Leg.RequestPos(), "%s sent %s an LM response", clientName(h), serverName(h))
		}
	}
}
