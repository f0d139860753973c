package checks

import (
	"fmt"
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var proxyAuth407 = &analysis.Check{
	Name:     "proxy-auth-407",
	Variants: []string{"connect-401"},
	Title:    "a proxy asked for authentication",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "The client authenticates to a proxy before it reaches any server. This is a handshake of its own: with 407 and Proxy-Authorization, for the proxy's name, and with https on the CONNECT request, where it is visible without keys.",
	Proof:    "A 407 with Proxy-Authenticate, or a Proxy-Authorization header. A 401 to a CONNECT, which browsers take for a tunnel that failed: they answer a proxy's 407 only.",
	Not:      "A refusal: other checks speak of it. Authentication to the server behind it: that is judged separately. The SPN must be the proxy's, not the server's.",
	Causes: []analysis.Advice{
		{Text: "If it fails: the client's settings name the proxy by its address, for which there is no Kerberos by default, or by an alias; HTTP/<proxy name> is on no account, or the proxy's keytab lacks its key."},
		{Text: "Firefox: network.negotiate-auth.allow-proxies is false.", If: []fact.Fact{fact.ClientFirefox}},
	},
	Fix: []analysis.Advice{
		{Text: "Name the proxy by its full name in PAC file and policy."},
		{Text: "setspn -S HTTP/<proxy name> <account>.", Unless: []fact.Fact{fact.TicketIssued}},
	},
	Sources: []string{"RFC 9110 sections 11.7.1 and 15.5.8", "Mozilla, extensions/auth/nsHttpNegotiateAuth.cpp"},
	Run:     runProxyAuth407,
}

func runProxyAuth407(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		connectRefused(p, h)
		if h.Target != analysis.ToProxy {
			continue
		}
		at, how := h.First().Exchange.Pos(), "was sent credentials before it asked"
		if i := slices.IndexFunc(h.Legs, func(l *analysis.Leg) bool { return l.Asks }); i >= 0 {
			at, how = h.Legs[i].ResponsePos(), "asked for authentication"
		}
		p.Found(h, at, "%s %s: %s", serverName(h), how, proxyCourse(h))
	}
}

// connectRefused says that a proxy asks for credentials as a server does.
func connectRefused(p *analysis.Pass, h *analysis.Handshake) {
	l := h.First()
	if !l.Request.AsksTunnel() || !l.Asks || l.Status() != httpstream.StatusUnauthorized {
		return
	}
	f := p.Found(h, l.ResponsePos(), "%s answered CONNECT %s with 401 instead of 407, which browsers do not answer",
		serverName(h), l.Request.Target)
	f.Variant, f.Severity = "connect-401", analysis.Warning
	f.Cause = "What is named as the proxy is none: a web server, or the port of a reverse proxy; or it is set up to ask as a server does."
	if h.Outcome == analysis.Succeeded {
		f.Severity = analysis.Info
	}
}

func proxyCourse(h *analysis.Handshake) string {
	requested := slices.ContainsFunc(h.Legs, func(l *analysis.Leg) bool { return l.Request != nil })
	if h.HeadersUnseen() || h.LastResponseOnly() && h.OpeningLeg() == nil || h.Mechanism == analysis.None && !requested {
		return "what the client sent is not recorded"
	}
	if h.Mechanism == analysis.None {
		return fmt.Sprintf("%s sent no credentials", clientName(h))
	}
	if h.Mechanism == analysis.Other && h.Scheme != "" {
		return fmt.Sprintf("%s with %s, %s", clientName(h), h.Scheme, h.Outcome)
	}
	return fmt.Sprintf("%s with %s, %s", clientName(h), h.Mechanism, h.Outcome)
}
