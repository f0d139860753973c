package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var ntlmv1Response = &analysis.Check{
	Name:     "ntlmv1-response",
	Title:    "the client answers with NTLMv1",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "NTLMv1 is DES over the challenge: whoever sees the answer can recover the password's hash in hours and log on with it. " + factNTLMv1Removed.says,
	Proof:    "The NtChallengeResponse of message 3 is 24 bytes long. With extended session security the LmChallengeResponse is 8 bytes and 16 zeros; it is NTLMv1 all the same.",
	Not:      "A longer response is NTLMv2; an empty one anonymous. Windows events that say NTLM V1 may be wrong about it: the length is not.",
	Causes: []analysis.Advice{
		{Text: "LmCompatibilityLevel below 3 on the client."},
		{Text: "Old Samba, Java, printers and scanners; Chromium with NtlmV2Enabled off."},
	},
	Fix: []analysis.Advice{
		{Text: "Group policy: Network security: LAN Manager authentication level = Send NTLMv2 response only (3 or higher) on clients; 5 on servers and domain controllers."},
	},
	Sources: []string{"MS-NLMP 2.2.2.6, 2.2.2.7 and 3.3.1", factNTLMv1Removed.source},
	Run:     runNTLMv1Response,
}

func runNTLMv1Response(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, n3 := h.NTLM(3)
		if n3 == nil {
			continue
		}
		switch k := n3.Authenticate.Kind; k {
		case tokens.ResponseNTLMv1, tokens.ResponseESS:
			p.Found(h, l.RequestPos(), "%s answered %s with %s", clientName(h), serverName(h), k)
		}
	}
}
