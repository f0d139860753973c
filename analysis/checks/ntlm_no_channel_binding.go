package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var ntlmNoChannelBinding = &analysis.Check{
	Name:     "ntlm-no-channel-binding",
	Title:    "the NTLM answer is not bound to the TLS connection",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "Over TLS a client can tie its answer to the server's certificate, so that it is of no use elsewhere. This one did not; a server with Extended Protection on Require refuses it.",
	Proof:    "An NTLMv2 message 3 over TLS whose MsvAvChannelBindings is absent, zero, or the MD5 of an empty binding.",
	Not:      "Plain HTTP, where zeros are right. NTLMv1, which cannot carry it. Kerberos, where the binding is inside the encrypted authenticator and cannot be seen.",
	Causes: []analysis.Advice{
		{Text: "The client's library knows no channel binding."},
		{Text: "TLS is ended in an agent on the client."},
	},
	Fix: []analysis.Advice{
		{Text: "Update or configure the client; until then tokenChecking=Allow, not Require, for these clients."},
	},
	Sources: []string{"MS-NLMP 2.2.2.1 and 3.1.5.1.2", "RFC 5929 section 4"},
	Run:     runNTLMNoChannelBinding,
}

func runNTLMNoChannelBinding(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h, l, n3 := a.Handshake, a.Leg, a.Message
		if !overTLS(h) || n3.Authenticate.Kind != tokens.ResponseNTLMv2 {
			continue
		}
		if _, bound := binding(n3); !bound {
			p.Found(h, l.RequestPos(), "%s answered %s over TLS without channel binding", clientName(h), serverName(h))
		}
	}
}
