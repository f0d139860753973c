package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var ntlmNoMIC = &analysis.Check{
	Name:     "ntlm-no-mic",
	Title:    "the NTLM messages are not protected against change",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "A message 3 in answer to a challenge with a timestamp should carry a MIC over all three messages. Without it somebody in the middle can take flags out and relay the logon elsewhere.",
	Proof:    "Message 2 has MsvAvTimestamp, message 3 is NTLMv2, and its MsvAvFlags lacks the bit 0x2.",
	Not:      "A challenge without a timestamp: then none is expected. The length of the header says nothing: some clients leave room and use none.",
	Causes: []analysis.Advice{
		{Text: "A stack that is not Windows: gss-ntlmssp in some modes, curl, Firefox, old Java; Windows XP and 2003."},
	},
	Fix: []analysis.Advice{
		{Text: "Update the client; better, use Kerberos."},
	},
	Sources: []string{"MS-NLMP 2.2.2.1 and 3.1.5.1.2", "CVE-2019-1040 (drop the MIC)"},
	Run:     runNTLMNoMIC,
}

func runNTLMNoMIC(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h, n3, n2 := a.Handshake, a.Message, a.Challenge
		if n2 == nil || n3.Authenticate.Kind != tokens.ResponseNTLMv2 || n3.Authenticate.HasMIC {
			continue
		}
		if i := n2.Challenge.TargetInfo; i != nil && i.Timestamp != nil {
			p.Found(h, a.Leg.RequestPos(), "%s answered %s without a MIC", clientName(h), serverName(h))
		}
	}
}
