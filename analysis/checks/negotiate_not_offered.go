package checks

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var negotiateNotOffered = &analysis.Check{
	Name:        "negotiate-not-offered",
	Title:       "the server does not offer Negotiate",
	Severity:    analysis.Warning,
	Evidence:    analysis.Proven,
	Topic:       analysis.Detour,
	OncePerHost: true,
	Means:       "Clients use Kerberos over HTTP only under the scheme Negotiate. A server that does not offer it gets NTLM, Basic or nothing, whatever its SPNs are.",
	Proof:       "Every bare 401 (407) of the host in this capture lists schemes, and neither Negotiate nor Nego2 is among them.",
	Not:         "An intermediate leg: a 401 with an NTLM message lists only NTLM. A proxy may have taken the scheme out: compare both sides of it.",
	Causes: []analysis.Advice{
		{Text: "The provider was removed in IIS, or the framework offers schemes of its own.", If: []fact.Fact{fact.AtServer, fact.ServerIIS, fact.ServerKestrel}},
		{Text: "squid has no auth_param negotiate, or it stands after the others.", If: []fact.Fact{fact.ServerSquid}},
		{Text: "Apache: gssapi-no-negotiate is set, or GssapiNegotiateOnce took it away after a failure.", If: []fact.Fact{fact.ServerApache}},
		{Text: "A reverse proxy or web application firewall strips it.", Unless: []fact.Fact{fact.AtProxy}},
	},
	Fix: []analysis.Advice{
		{Text: `IIS: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /+"providers.[value='Negotiate']" /commit:apphost, and put it first.`, If: []fact.Fact{fact.AtServer, fact.ServerIIS}},
		{Text: "squid: auth_param negotiate program ... before auth_param ntlm and basic.", If: []fact.Fact{fact.ServerSquid}},
		{Text: "Compare both sides of the proxy; turn Negotiate on in the server that authenticates.", If: []fact.Fact{fact.AtServer, fact.ServerKestrel, fact.ServerApache, fact.ServerNginx, fact.ServerTomcat, fact.ServerJetty, fact.ServerOther}},
	},
	Sources: []string{
		"RFC 4559 section 4",
		"Microsoft, Windows Authentication Providers, learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/providers",
		"mod_auth_gssapi README",
	},
	Run: runNegotiateNotOffered,
}

func runNegotiateNotOffered(p *analysis.Pass) {
	type host struct {
		target analysis.Target
		name   string
	}
	negotiates := map[host]bool{} // or may have, in what the capture lacks
	for _, h := range p.Context {
		if !h.Complete && !h.Browser() || slices.ContainsFunc(h.Legs, offersNegotiate) || h.Scheme == "Negotiate" && h.OpeningLeg() != nil {
			negotiates[host{h.Target, h.Host}] = true
		}
	}
	firstPerHost(p, func(h *analysis.Handshake) bool {
		return len(h.Offered) > 0 && !negotiates[host{h.Target, h.Host}]
	}, func(h *analysis.Handshake) {
		f := p.Found(h, h.ChallengeLeg().ResponsePos(), "%s offers %s, and no Negotiate in this capture", serverName(h), offeredList(h))
		if !h.Offers("NTLM") || inWorkgroup(p, h) {
			f.Severity = analysis.Info // no Windows authentication gone wrong, or no domain that has Kerberos
		}
	})
}

// inWorkgroup reports whether the server of h says in an NTLM challenge that it is in no domain.
func inWorkgroup(p *analysis.Pass, h *analysis.Handshake) bool {
	return slices.ContainsFunc(p.Context, func(o *analysis.Handshake) bool {
		_, n2 := o.NTLM(2)
		return n2 != nil && o.Host == h.Host && o.Target == h.Target && workgroup(n2)
	})
}
