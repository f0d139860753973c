package checks

import (
	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var ntlmv1Response = &analysis.Check{
	Name:     "ntlmv1-response",
	Title:    "the client answers with NTLMv1",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Label:    "NTLMv1",
	Means:    "NTLMv1 is DES over the challenge: whoever sees the answer can recover the password's hash in hours and log on with it. " + vendorNTLMv1Removed.says,
	Proof:    "The NtChallengeResponse of message 3 is 24 bytes long. With extended session security the LmChallengeResponse is 8 bytes and 16 zeros; it is still NTLMv1.",
	Not:      "A longer response is NTLMv2; an empty one anonymous. Windows events that say NTLM V1 may be wrong about it: the length is not.",
	Causes: []analysis.Advice{
		{Text: "LmCompatibilityLevel below 3 on the client."},
		{Text: "Old Samba, Java, printers and scanners; Chromium with NtlmV2Enabled off."},
	},
	Fix: []analysis.Advice{
		{Text: "Group policy: Network security: LAN Manager authentication level = Send NTLMv2 response only (3 or higher) on clients; 5 on servers and domain controllers."},
	},
	Sources:  []string{"MS-NLMP 2.2.2.6, 2.2.2.7 and 3.3.1", vendorNTLMv1Removed.source},
	Reads:    machineMarks,
	Run:      runNTLMv1Response,
	Explains: explainNTLMv1,
}

func runNTLMv1Response(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h := a.Handshake
		switch k := a.Message.Authenticate.Kind; k {
		case tokens.ResponseNTLMv1, tokens.ResponseESS:
			p.Found(h, a.Leg.RequestPos(), "%s answered %s with %s", clientName(h), serverName(h), k)
		}
	}
}

// explainNTLMv1 says whether the version of an answer explains that it was refused.
func explainNTLMv1(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l, n3 := h.NTLM(3)
	if !isNTLMv1(n3) || h.Outcome != analysis.Failed {
		return analysis.Explanation{}
	}
	for _, o := range p.LetInAtServer(h) {
		if _, other := o.NTLM(3); isNTLMv1(other) && isProven(o) && !differs(o, h) {
			return ruledOut(positionsOf(o.Last()), "the server took such an answer in handshake %d", o.ID)
		}
	}
	return possible(2, []httpstream.Pos{l.RequestPos()}, "the answer is %s, which a server or domain controller refuses whose LAN Manager authentication level is 5", n3.Authenticate.Kind)
}

// isNTLMv1 reports whether a message 3 holds an answer of NTLMv1; it is safe on nil.
func isNTLMv1(n3 *tokens.NTLM) bool {
	return n3 != nil && (n3.Authenticate.Kind == tokens.ResponseNTLMv1 || n3.Authenticate.Kind == tokens.ResponseESS)
}
