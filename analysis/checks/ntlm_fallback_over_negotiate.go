package checks

import (
	"cmp"
	"fmt"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var ntlmFallbackOverNegotiate = &analysis.Check{
	Name:     "ntlm-fallback-over-negotiate",
	Variants: []string{"raw-ntlm-in-negotiate", "spnego-ntlm-only-mechlist", "spnego-ntlm-token", "negoex-then-ntlm"},
	Title:    "the client used NTLM under Negotiate",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Detour,
	Means: "Negotiate prefers Kerberos, and the client's very first token under it was NTLM: it had no ticket for this host and got none, or its settings prefer NTLM. " +
		"Nothing fails, so this is how a missing service principal name stays unnoticed for years.",
	Proof: "Scheme Negotiate, and the first token is an NTLM message 1: raw, as the only mechanism of a NegTokenInit, or as its mechToken. " +
		"Why is proven where the capture holds the KDC's error or the URL's host is an address.",
	Not: "The server choosing NTLM although the client sent a ticket (server-selected-ntlm); the scheme NTLM; a call on the same machine (ntlm-local-call). " +
		"The absence of a TGS-REQ proves nothing: tickets are cached for hours, failures for 15 minutes.",
	Causes: []analysis.Advice{
		{Text: "The user was named without a domain, so no KDC could be asked for a ticket.", If: []fact.Fact{fact.NoDomain}},
		proxyByAddress,
		{Text: "The URL holds an IP address.", If: []fact.Fact{fact.AddressInURL}},
		{Text: "No account has the service principal name, or two have it: spn-not-found.", Unless: []fact.Fact{fact.TicketIssued, fact.OneMachine, fact.NoDomain, fact.AddressInURL}},
		{Text: "The URL holds a short name, or an alias that leads to another name.", Unless: []fact.Fact{fact.AddressInURL, fact.TicketIssued}},
		{Text: "The client is not joined to the domain, or logged on with a local account."},
		{Text: "No KDC can be reached from the client."},
	},
	Fix: []analysis.Advice{
		{Text: `Name the user with the domain: user@REALM, or DOMAIN\user.`, If: []fact.Fact{fact.NoDomain}},
		nameTheProxy,
		{Text: "Use the server's name in the URL.", If: []fact.Fact{fact.AddressInURL}},
		ticketOnUnix,
		{Text: "On the client: klist purge, then klist get HTTP/<host>: it prints the error that the browser hides.", Unless: []fact.Fact{fact.OnUnix, fact.OnMobile, fact.NoDomain, fact.AddressInURL}},
		{Text: "setspn -Q HTTP/<host> must name exactly one account; if none: setspn -S HTTP/<host> <account>.", Unless: []fact.Fact{fact.AtProxy, fact.TicketIssued, fact.OneMachine, fact.NoDomain, fact.AddressInURL}},
	},
	Sources: []string{
		"RFC 4559 section 4.1",
		"MS-NLMP 3.1.5.1.1",
		"Microsoft, Kerberos protocol registry entries and KDC configuration keys (SpnCacheTimeout), learn.microsoft.com/troubleshoot",
	},
	Follows: []string{"spn-not-found", "spn-duplicate", "ip-address-url", "etype-nosupp", "kdc-unreachable", "kdc-client-credential-error", "clock-skew", "kdc-must-use-user2user"},
	Run:     runNTLMFallbackOverNegotiate,
}

func runNTLMFallbackOverNegotiate(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		o := h.OpeningLeg()
		if o == nil || o.Sent.Scheme != "Negotiate" || o.Sent.NTLM().Type() != 1 && !negoexThenNTLM(h) {
			continue
		}
		if s := o.Sent.SPNEGO(); s != nil && s.Resp != nil {
			continue // the client goes on with a negotiation whose beginning is missing
		}
		if _, n3 := h.NTLM(3); n3 != nil && n3.Authenticate.Kind == tokens.ResponseLocal {
			continue
		}
		f := p.Found(h, o.RequestPos(), "%s opened with NTLM under the scheme Negotiate at %s", clientName(h), serverName(h))
		if h.Offers("Negotiate") {
			f.Message = fmt.Sprintf("%s offered Negotiate and %s opened with NTLM", serverName(h), clientName(h))
		}
		f.Variant = fallbackEncoding(o.Sent)
		f.Cause = cmp.Or(whyNoTicket(h), noKDCForClient(p, h))
	}
}

// noKDCForClient says that the name server named no KDC to the client, and that it turned to none;
// "" otherwise.
func noKDCForClient(p *analysis.Pass, h *analysis.Handshake) string {
	if h.Browser() || len(p.KDCOf(h.ClientAddr())) > 0 {
		return ""
	}
	return noKDCInDNS(p, h.ClientAddr())
}

// negoexThenNTLM reports whether the client opened with NegoEx and went on with NTLM.
func negoexThenNTLM(h *analysis.Handshake) bool {
	o := h.OpeningLeg()
	_, n1 := h.NTLM(1)
	return n1 != nil && o.Sent.Token != nil && len(o.Sent.Token.NegoEx) > 0
}

func fallbackEncoding(a *tokens.Auth) string {
	switch {
	case len(a.Token.NegoEx) > 0:
		return "negoex-then-ntlm"
	case a.SPNEGO() != nil:
		if i := a.SPNEGO().Init; i != nil && len(i.MechTypes) > 1 {
			return "spnego-ntlm-token" // the list has more, and the token is NTLM's
		}
		return "spnego-ntlm-only-mechlist"
	}
	return "raw-ntlm-in-negotiate"
}

// whyNoTicket says why the client had no ticket, by what the capture shows; "" if it shows
// nothing.
func whyNoTicket(h *analysis.Handshake) string {
	for _, k := range h.KDC {
		if e := k.Err(); e != nil && !e.Code.AsksForMore() {
			return fmt.Sprintf("The KDC refused a ticket for %s: %s.", k.Service().String(), e.Code)
		}
	}
	if h.Target == analysis.ToServer && analysis.IsIPAddress(h.Host) {
		return "The URL's host is an IP address: clients do not ask for a ticket for one by default."
	}
	for _, e := range h.HostTexts {
		if e.Registration != nil && len(e.Registration.Accounts) == 0 {
			return fmt.Sprintf("setspn, in %s, finds no account with %s where it looked (HOST in place of HTTP would do as well).", e.Pos, e.Registration.SPN)
		}
	}
	return ""
}
