package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var ntlmWeakSessionFlags = &analysis.Check{
	Name:     "ntlm-weak-session-flags",
	Title:    "NTLM was negotiated with weak session security",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "The flags that both sides settled on leave out protections that every system has had for twenty years. HTTP neither signs nor seals with them, but the sides that agree to this are old, or were made to.",
	Proof:    "The flags of message 3: extended session security (0x00080000) is not set (warning); or 56-bit keys without 128-bit; or LM_KEY (0x00000080).",
	Not:      "Missing SIGN, SEAL and KEY_EXCH: HTTP does not use them, and 56 and 128 are only answered when they were asked for.",
	Causes: []analysis.Advice{
		{Text: "An old client or server, or a policy that allows it."},
	},
	Fix: []analysis.Advice{
		{Text: "Group policy: Minimum session security for NTLM SSP based clients and servers: require NTLMv2 and 128-bit encryption."},
	},
	Sources: []string{"MS-NLMP 2.2.2.5"},
	Run:     runNTLMWeakSessionFlags,
}

func runNTLMWeakSessionFlags(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h, l, n3 := a.Handshake, a.Leg, a.Message
		if n3.Flags == 0 || n3.Authenticate.Kind == tokens.ResponseNTLMv2 && n3.Flags&tokens.NTLMExtendedSession == 0 && n3.Flags&tokens.NTLMLMKey == 0 {
			continue // NTLMv2 does not depend on the flag
		}
		switch {
		case n3.Flags&tokens.NTLMExtendedSession == 0:
			p.Found(h, l.RequestPos(), "%s and %s settled on NTLM without extended session security", clientName(h), serverName(h)).Severity = analysis.Warning
		case n3.Flags&tokens.NTLMLMKey != 0:
			p.Found(h, l.RequestPos(), "%s and %s settled on NTLM with LM keys", clientName(h), serverName(h))
		case n3.Flags&tokens.NTLM56 != 0 && n3.Flags&tokens.NTLM128 == 0:
			p.Found(h, l.RequestPos(), "%s and %s settled on NTLM with 56-bit keys", clientName(h), serverName(h))
		}
	}
}
