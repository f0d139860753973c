package checks

import "negotrace/analysis"

var ntlmReasonLogged = &analysis.Check{
	Name:     "ntlm-reason-logged",
	Title:    "Windows notes why it used NTLM and not Kerberos",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Detour,
	Means:    "Since Windows 11 24H2 and Server 2025 an event of the NTLM log says of each use of NTLM why it was no Kerberos: the program asked for NTLM itself, the name is an address or is not known, no domain controller was in reach. It is quoted as it stands.",
	Proof:    "Event 4020 to 4023 of Microsoft-Windows-NTLM/Operational with a reason, about this user and this server, at this time.",
	Not:      "8001 to 8006, which name no reason. An event beside a Kerberos logon: that was no use of NTLM.",
	Causes: []analysis.Advice{
		{Text: "What the event says."},
	},
	Fix: []analysis.Advice{
		{Text: "An address in the URL: use the name. An unknown name: register the SPN (setspn -S HTTP/<host> <account>). A program that asks for NTLM itself: its own settings."},
	},
	Sources: []string{"Microsoft, KB5064479 (NTLM auditing enhancements in Windows 11 24H2 and Windows Server 2025)"},
	Run:     runNTLMReasonLogged,
}

func runNTLMReasonLogged(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		for _, e := range h.Events {
			if e.NTLM == nil || e.NTLM.UsageReason == "" || h.Mechanism != analysis.NTLM {
				continue
			}
			f := p.Found(h, h.Last().RequestPos(), "%s says why %s used NTLM at %s: %s", analysis.EventPlace(e.Event), clientName(h), serverName(h), quoted(e.NTLM.UsageReason))
			f.Evidence, f.Also = e.Evidence, append(f.Also, e.Pos)
			break
		}
	}
}
