package checks

import (
	"strings"

	"negotrace/analysis"
)

var loopbackCheck401 = &analysis.Check{
	Name:     "loopback-check-401",
	Title:    "NTLM to the machine itself under another name is refused",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Label:    "the loopback check",
	Means:    "Windows refuses an NTLM logon from a machine to itself when the name used is not its own: the loopback check, against reflected credentials. The same logon from another machine is fine.",
	Proof:    "Client and server have the same address, the NTLM handshake is complete and ends in bare challenges, and the URL's host is not the computer name that the server's own challenge gives.",
	Not:      "Clients on other machines; a local call that succeeds (ntlm-local-call).",
	Causes: []analysis.Advice{
		{Text: "The site is tested on the server itself, under its host header or alias."},
	},
	Fix: []analysis.Advice{
		{Text: `HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0\BackConnectionHostNames (REG_MULTI_SZ): the names in use, one a line. Better than DisableLoopbackCheck = 1, which turns the check off.`},
		{Text: "Or test from another machine."},
	},
	Sources:  []string{"Microsoft KB926642, Error when you try to access a server locally by its FQDN or CNAME alias"},
	Reads:    []string{"Server"},
	Run:      runLoopbackCheck401,
	Explains: explainLoopback,
}

func runLoopbackCheck401(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		c := h.Conn()
		if h.Outcome != analysis.Failed || h.Browser() || c.Client.Addr() != c.Server.Addr() {
			continue
		}
		l, n3 := h.NTLM(3)
		_, n2 := h.NTLM(2)
		if n3 == nil || n2 == nil || l != h.Last() || !complete(n3.Authenticate) || n2.Challenge.TargetInfo == nil {
			continue
		}
		i := n2.Challenge.TargetInfo
		own := func(name *string) bool { return name != nil && strings.EqualFold(*name, h.Host) }
		if own(i.ComputerName) || own(i.DNSComputerName) || strings.EqualFold(h.Host, "localhost") {
			continue
		}
		p.Found(h, l.ResponsePos(), "%s on the machine of %s itself was refused under a name that is not the machine's own", clientName(h), serverName(h))
	}
}
