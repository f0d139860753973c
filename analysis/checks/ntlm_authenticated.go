package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var ntlmAuthenticated = &analysis.Check{
	Name:     "ntlm-authenticated",
	Title:    "authenticated with NTLM",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Detour,
	Means: "The client proved its password by challenge and response instead of a Kerberos ticket. It works, but the connection is what is authenticated, " +
		"credentials can be relayed, nothing can be delegated, and Microsoft has deprecated the protocol.",
	Proof: "NTLM messages 1, 2 and 3 on one connection, under the scheme NTLM or inside Negotiate, and then an answer of IIS or HTTP.sys that does not offer the schemes anew, or further requests on the connection that need no credentials. Elsewhere it is inferred from the answer.",
	Not:   "Proof of who was authorised, or that Kerberos failed: the client may have been offered NTLM only, or the URL may hold an address.",
	Causes: []analysis.Advice{
		{Text: "The user was named without a domain, so no KDC could be asked for a ticket.", If: []fact.Fact{fact.NoDomain}},
		{Text: "The URL names the host by its address: see ip-address-url.", If: []fact.Fact{fact.AddressInURL}},
		{Text: "Firefox uses Negotiate only at hosts in network.negotiate-auth.trusted-uris; at others it asks for a password and takes NTLM.", If: []fact.Fact{fact.ClientFirefox, fact.SchemeNTLM, fact.OffersNegotiate, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AddressInURL}},
		{Text: "The program had no ticket, or its list of hosts for Negotiate lacks this one, and it took a password for NTLM.", If: []fact.Fact{fact.OnUnix, fact.OffersNegotiate, fact.AtServer}, Unless: []fact.Fact{fact.TicketIssued, fact.AskedKDC, fact.NoDomain, fact.AddressInURL}},
		{Text: "Kerberos could not be used for this name: see ntlm-fallback-over-negotiate, spn-not-found.", If: []fact.Fact{fact.OffersNegotiate}, Unless: []fact.Fact{fact.TicketIssued, fact.NoDomain, fact.AddressInURL}},
		{Text: "The server offers NTLM only (negotiate-not-offered).", If: []fact.Fact{fact.OffersSchemes}, Unless: []fact.Fact{fact.OffersNegotiate}},
		{Text: "The server chose it (server-selected-ntlm).", If: []fact.Fact{fact.OffersNegotiate}},
		{Text: "The client is not joined to a domain, or is set to use NTLM."},
	},
	Fix: []analysis.Advice{
		{Text: `Name the user with the domain: user@REALM, or DOMAIN\user.`, If: []fact.Fact{fact.NoDomain}},
		{Text: "Use the server's name in the URL.", If: []fact.Fact{fact.AddressInURL}},
		{Text: "Firefox: network.negotiate-auth.trusted-uris = <host>, or the policy Authentication, SPNEGO.", If: []fact.Fact{fact.ClientFirefox, fact.SchemeNTLM, fact.OffersNegotiate, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AddressInURL}},
		{Text: "curl --negotiate -u : <url> in place of --ntlm, after kinit.", If: []fact.Fact{fact.ClientCurl, fact.SchemeNTLM, fact.AtServer}, Unless: []fact.Fact{fact.AskedKDC, fact.AddressInURL}},
		ticketOnUnix,
		{Text: "Chrome, Edge: policy AuthServerAllowlist = <host>.", If: []fact.Fact{fact.OnUnix, fact.ClientChromium, fact.OffersNegotiate, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "Make Kerberos possible: setspn -Q HTTP/<host>, then setspn -S HTTP/<host> <account>.", Unless: []fact.Fact{fact.AtProxy, fact.TicketIssued, fact.OneMachine, fact.NoDomain, fact.AddressInURL, fact.NoNegotiate}},
		{Text: "Let the server offer Negotiate: negotrace explain negotiate-not-offered.", If: []fact.Fact{fact.NoNegotiate}, Unless: []fact.Fact{fact.AtProxy, fact.AddressInURL}},
		{Text: `See what still uses NTLM: policy "Network security: Restrict NTLM: Outgoing NTLM traffic to remote servers" = Audit all, log Microsoft-Windows-NTLM/Operational.`},
	},
	Sources: []string{
		"MS-NLMP 3.1.5, 3.2.5",
		"Microsoft, Network security: Restrict NTLM: Outgoing NTLM traffic to remote servers, learn.microsoft.com",
	},
	Follows: []string{"spn-not-found", "spn-duplicate", "etype-nosupp", "kdc-unreachable", "kdc-client-credential-error", "clock-skew", "ip-address-url", "ntlm-fallback-over-negotiate", "server-selected-ntlm", "negotiate-not-offered"},
	Run:     runNTLMAuthenticated,
}

// ticketOnUnix is what to look at first where a program outside Windows used no ticket.
var ticketOnUnix = analysis.Advice{
	Text:   "klist on the client shows whether there is a ticket-granting ticket; if not, kinit. Then kvno HTTP/<host>: the error that it prints is the cause.",
	If:     []fact.Fact{fact.OnUnix},
	Unless: []fact.Fact{fact.AtProxy, fact.TicketIssued, fact.AskedKDC, fact.NoDomain, fact.AddressInURL},
}

func runNTLMAuthenticated(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Mechanism != analysis.NTLM || h.Outcome != analysis.Succeeded {
			continue
		}
		kind := "NTLM"
		if _, n3 := h.NTLM(3); n3 != nil {
			switch n3.Authenticate.Kind {
			case tokens.ResponseAnonymous, tokens.ResponseLocal:
				continue // nobody's password was proved: ntlm-anonymous, ntlm-local-call
			}
			kind = string(n3.Authenticate.Kind)
		}
		f := p.Found(h, h.Last().ResponsePos(), "%s authenticated to %s with %s under the scheme %s%s", clientName(h), serverName(h), kind, h.Scheme, strings.TrimSuffix(notOffered(p, h), ","))
		f.Evidence = h.OutcomeEvidence
		if _, n2 := h.NTLM(2); n2 != nil && workgroup(n2) {
			f.Severity = analysis.Info
			f.Cause = "The server is in a workgroup: there is no Kerberos to use."
		}
		if analysis.IsLocalHost(h.Host) {
			f.Severity = analysis.Info
			f.Cause = "The server is on the same machine, under a name for which no KDC has tickets."
		}
	}
}

// workgroup reports whether the server which sent the challenge is in no domain.
func workgroup(n2 *tokens.NTLM) bool {
	i := n2.Challenge.TargetInfo
	if i == nil || i.ComputerName == nil || i.DomainName == nil {
		return false
	}
	return n2.Flags&tokens.NTLMTargetServer != 0 && *i.ComputerName == *i.DomainName
}
