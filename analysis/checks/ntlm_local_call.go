package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var ntlmLocalCall = &analysis.Check{
	Name:     "ntlm-local-call",
	Title:    "client and server are one machine, and NTLM knows it",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "Windows found that both ends are on one machine and passed the identity on inside it: the messages name nobody and prove nothing on the wire. It says nothing about how the site behaves over the network.",
	Proof:    "Message 2 has the flag 0x00004000 set, and message 3 has it too, with empty user, domain and responses.",
	Not:      "An anonymous logon, which has the flag 0x00000800 (ntlm-anonymous).",
	Causes: []analysis.Advice{
		{Text: "The browser runs on the server."},
	},
	Fix: []analysis.Advice{
		{Text: "Test from another machine."},
	},
	Sources: []string{"MS-NLMP 2.2.2.5 (reserved bit r7)", "pyspnego, NTLM flag names"},
	Run:     runNTLMLocalCall,
}

func runNTLMLocalCall(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		if h := a.Handshake; a.Message.Authenticate.Kind == tokens.ResponseLocal {
			p.Found(h, a.Leg.RequestPos(), "the client of %s runs on the same machine (NTLM local call)", serverName(h))
		}
	}
}
