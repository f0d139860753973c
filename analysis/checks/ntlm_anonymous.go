package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var ntlmAnonymous = &analysis.Check{
	Name:     "ntlm-anonymous",
	Title:    "an anonymous NTLM logon",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The client went through the whole handshake and named nobody. It has no credentials to use, or was set to use none.",
	Proof:    "Message 3 with the flag 0x00000800, or with an empty user and empty responses (the LM response may be one zero byte).",
	Not:      "A local call, which has the flag 0x00004000. An empty domain with a user name of the form user@domain is usual.",
	Causes: []analysis.Advice{
		{Text: "A service without a network identity; a script without UseDefaultCredentials."},
		{Text: "The second hop of a delegation that does not work (double-hop-anonymous)."},
	},
	Fix: []analysis.Advice{
		{Text: "Give the client credentials; give the process an identity; fix the delegation."},
	},
	Sources: []string{"MS-NLMP 2.2.2.5 and 3.2.5.1.2"},
	Follows: []string{"double-hop-anonymous"},
	Run:     runNTLMAnonymous,
}

func runNTLMAnonymous(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		if h := a.Handshake; a.Message.Authenticate.Kind == tokens.ResponseAnonymous {
			f := p.Found(h, a.Leg.RequestPos(), "a client sent %s an anonymous NTLM logon", serverName(h))
			if h.Outcome == analysis.Failed {
				f.Severity = analysis.Error
			}
		}
	}
}
