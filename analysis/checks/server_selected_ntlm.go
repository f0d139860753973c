package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var serverSelectedNTLM = &analysis.Check{
	Name:     "server-selected-ntlm",
	Title:    "the client offered Kerberos and the server chose NTLM",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Detour,
	Means:    "The client had a ticket for the service and presented it; the server answered that it would rather speak NTLM. The trouble is at the server: its Kerberos is unusable.",
	Proof:    "A NegTokenInit with Kerberos first, answered by a NegTokenResp whose supportedMech is NTLMSSP (1.3.6.1.4.1.311.2.2.10), state accept-incomplete or request-mic; the client then sends NTLM inside a NegTokenResp.",
	Not:      "A client that opens with NTLM by itself (ntlm-fallback-over-negotiate). Windows 2003 answers accept-incomplete where RFC 4178 asks for request-mic.",
	Causes: []analysis.Advice{
		{Text: "The server is not joined to the domain, or its secure channel is broken.", If: []fact.Fact{fact.ServerIIS, fact.ServerWinRM, fact.ServerADFS, fact.ServerKestrel}},
		{Text: "The acceptor has no keytab, or is configured for NTLM only.", If: fact.KeytabServers()},
		{Text: "Kerberos is not usable in that process: wrong identity, no access to the key."},
	},
	Fix: []analysis.Advice{
		{Text: "Test-ComputerSecureChannel -Repair; join the domain.", If: []fact.Fact{fact.AtServer, fact.ServerIIS, fact.ServerWinRM, fact.ServerADFS}},
		{Text: "mod_auth_gssapi: install a keytab for HTTP/<host> and allow krb5 (GssapiAllowedMech krb5).", If: []fact.Fact{fact.ServerApache}},
		{Text: "Install a keytab for HTTP/<host> and let the acceptor use Kerberos.", If: []fact.Fact{fact.ServerNginx, fact.ServerTomcat, fact.ServerJetty, fact.ServerSquid, fact.ServerOther, fact.ServerKestrel}},
	},
	Sources: []string{"RFC 4178 sections 4.2.2 and 5", "MIT krb5, src/lib/gssapi/spnego/spnego_mech.c"},
	Follows: []string{"auth-token-malformed"},
	Run:     runServerSelectedNTLM,
}

func runServerSelectedNTLM(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		o, offered := h.OpeningLeg(), h.MechTypes()
		if len(offered) == 0 || !offered[0].Kerberos() || o.Sent.NTLM() != nil {
			continue // of the last, the list begins with another mechanism than the one that the token is of
		}
		for i := range o.Got {
			r := o.Got[i].SPNEGO()
			if r == nil || r.Resp == nil || r.Resp.SupportedMech != tokens.OIDNTLM {
				continue
			}
			f := p.Found(h, o.ResponsePos(), "%s presented Kerberos to %s, which selected NTLMSSP (%v)", clientName(h), serverName(h), r.Resp.NegState)
			f.AddProof(o.RequestPos())
			if _, n2 := h.NTLM(2); n2 != nil && workgroup(n2) {
				f.Cause = "The server's challenge says that it is in no domain."
			}
		}
	}
}
