package checks

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var spnNotFound = &analysis.Check{
	Name:     "spn-not-found",
	Variants: []string{"spn-not-found-or-duplicate", "other-realm", "other-name", reverseName},
	Title:    "the KDC has no account with this service principal name",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "The client asked the KDC for a ticket for the web server, and the answer was that there is no such principal. No ticket, no Kerberos: " +
		"the client falls back to NTLM if it may, or fails. An Active Directory KDC gives the same answer when two accounts hold the name.",
	Proof: "KRB-ERROR 7, KDC_ERR_S_PRINCIPAL_UNKNOWN, whose sname is HTTP/<host>, in answer to that client's TGS-REQ; or the client library's own words in a browser log.",
	Not: "Error 7 for another service (ldap, cifs, krbtgt); error 7 in answer to an AS-REQ; error 7 from one KDC while another issues the ticket. " +
		"It does not tell a missing name from a duplicate one.",
	Causes: []analysis.Advice{
		{Text: "The client names the host by its address, in the URL or the settings for a proxy, for which no name is registered by default.", If: []fact.Fact{fact.AddressInURL}},
		{Text: "The host is an alias, and clients differ in the name that they ask for: Chrome, Edge, .NET and MIT Kerberos follow the alias by default, Firefox with GSSAPI and curl with SSPI do not.", If: []fact.Fact{fact.HostIsAlias}},
		{Text: "The name is that of seamless single sign-on with Microsoft Entra: the account AZUREADSSOACC has it in each forest for which that is set up.", If: []fact.Fact{fact.EntraSSO}},
		{Text: "The client asks for the service class WSMAN, which WinRM registers for the computer's own names alone, and not on every machine; HTTP/<host> is covered by HOST/<host>.", If: []fact.Fact{fact.WSManName}, Unless: []fact.Fact{fact.TicketIssued}},
		{Text: "The client puts the port into the name (spn-with-port), and most services are registered without it.", If: []fact.Fact{fact.PortInName}, Unless: []fact.Fact{fact.TicketIssued}},
		{Text: "The client asks for a short name, and the account may have the full one alone.", If: []fact.Fact{fact.ShortName}, Unless: []fact.Fact{fact.TicketIssued}},
		{Text: "The host is not in the domain of the KDC's realm, and the client asked its own realm for it: nothing says that the host is in another realm ([domain_realm] of the client, or of the KDC), or there is no trust. Or the name is to be of this realm, and was never added.", If: []fact.Fact{fact.OtherDomain, fact.KDCOther}},
		{Text: "The host is not in the domain of the KDC's realm, and the client asked its own realm for it: nothing says that the host is in another realm ([domain_realm] of the client), or there is no trust. Or the name is to be of this realm, and was never registered.", If: []fact.Fact{fact.OtherDomain, fact.OnUnix}, Unless: []fact.Fact{fact.KDCOther}},
		{Text: "Nobody added the name to the KDC's database: the host's own name, or an alias of it.", If: []fact.Fact{fact.KDCOther}, Unless: []fact.Fact{fact.TicketIssued, fact.OtherDomain}},
		{Text: "The name was never registered, or twice. Or, since the host is not in the domain of the KDC's realm: the account is in another forest, to which there is no trust, or none that routes this name suffix.", If: []fact.Fact{fact.OtherDomain}, Unless: []fact.Fact{fact.EntraSSO, fact.TicketIssued, fact.OnUnix, fact.KDCOther}},
		{Text: "The name was never registered: an alias, a host header, a load balancer's name.", Unless: []fact.Fact{fact.EntraSSO, fact.TicketIssued, fact.OtherDomain, fact.KDCOther}},
		{Text: "It is registered twice (setspn -X finds it): the KDC then acts as if it were not there.", Unless: []fact.Fact{fact.EntraSSO, fact.TicketIssued, fact.KDCOther, fact.OtherDomain, fact.Variant("other-realm")}},
		{Text: "The client asks for another spelling of the name than the one for which a ticket was issued: upper and lower case differ for MIT Kerberos.", If: []fact.Fact{fact.TicketIssued}},
		{Text: "The client asks for another name than you think: an alias followed to its target, a short name, a port."},
		{Text: "The account is in a forest without a trust.", Unless: []fact.Fact{fact.TicketIssued, fact.OtherDomain, fact.KDCOther, fact.Variant("other-realm")}},
	},
	Fix: []analysis.Advice{
		{Text: "Use the name of the server or proxy instead of its address.", If: []fact.Fact{fact.AddressInURL}},
		{Text: `setspn -S <SPN> <DOMAIN\account that runs the site>, and the same for the other of the two names where clients differ. Chrome, Edge: policy DisableAuthNegotiateCnameLookup keeps to the alias.`, If: []fact.Fact{fact.HostIsAlias}, Unless: []fact.Fact{fact.EntraSSO, fact.TicketIssued}},
		{Text: "Get-ADComputer AZUREADSSOACC -Properties ServicePrincipalName in the user's forest; if it is not there, enable seamless single sign-on for that forest (Entra Connect, Enable-AzureADSSOForest), or take the URL out of the intranet zone where it is not wanted.", If: []fact.Fact{fact.EntraSSO}},
		{Text: "Let the client ask for HTTP: ansible_psrp_negotiate_service=HTTP, negotiate_service=\"HTTP\" (pypsrp), service=\"HTTP\" (pywinrm). Or setspn -S <SPN> <computer>.", If: []fact.Fact{fact.WSManName}},
		{Text: "Register the name with the port too, or take the port out of it: the client's setting (spn-with-port).", If: []fact.Fact{fact.PortInName}},
		{Text: "Use the full name in the URL, or register the short one too.", If: []fact.Fact{fact.ShortName}},
		{Text: "Is there a way to the server's domain? nltest /domain_trusts on the client; on the domain controllers of its realm netdom trust <realm> /domain:<the server's> /namesuffixes:<the server's>: the suffix of the host must be routed. With MIT Kerberos: [domain_realm] of the client.", If: []fact.Fact{fact.Variant("other-realm")}},
		{Text: `Then the name, in the server's domain: setspn -T <its DNS name> -Q <SPN> must find exactly one account; if none: setspn -S <SPN> <THAT DOMAIN\account>.`, If: []fact.Fact{fact.Variant("other-realm")}},
		{Text: `setspn -S <SPN> <DOMAIN\account that runs the site>, and the same for the name in the URL, for other programs. Or keep Chrome and Edge to that: policy DisableAuthNegotiateCnameLookup.`, If: []fact.Fact{fact.Variant("other-name")}},
		{Text: "MIT Kerberos: rdns = false in krb5.conf of the client; or let the reverse look-up of the address give the name of the URL. Or register the name that it gives now, <SPN>, too.", If: []fact.Fact{fact.Variant(reverseName)}},
		{Text: "Where the host is in another realm: [domain_realm] in krb5.conf of the client, <host> = <its realm>, and a trust between the two (krbtgt/<its realm>).", If: []fact.Fact{fact.OtherDomain, fact.KDCOther}},
		{Text: "Where the host is in another realm: [domain_realm] in krb5.conf of the client, <host> = <its realm>, and a trust between the two.", If: []fact.Fact{fact.OtherDomain, fact.OnUnix}, Unless: []fact.Fact{fact.KDCOther, fact.Variant("other-realm")}},
		{Text: "kadmin: addprinc -randkey <SPN>, and ktadd it into the server's keytab (FreeIPA: ipa service-add, ipa-getkeytab).", If: []fact.Fact{fact.KDCOther}, Unless: []fact.Fact{fact.TicketIssued, fact.AddressInURL}},
		{Text: "setspn -F -Q <SPN> must find exactly one account; if none: setspn -S <SPN> <DOMAIN\\account that runs the site>.", If: []fact.Fact{fact.OtherDomain}, Unless: []fact.Fact{fact.EntraSSO, fact.TicketIssued, fact.KDCOther, fact.OnUnix, fact.Variant("other-realm")}},
		{Text: "Where the account is in another forest: nltest /domain_trusts shows whether there is a trust, and netdom trust /namesuffixes whether it routes the name.", If: []fact.Fact{fact.OtherDomain}, Unless: []fact.Fact{fact.KDCOther, fact.OnUnix, fact.Variant("other-realm")}},
		{Text: "Take the name from this report: setspn -Q <SPN> must find exactly one account; setspn -X finds duplicates.", Unless: []fact.Fact{fact.EntraSSO, fact.TicketIssued, fact.AddressInURL, fact.OtherDomain, fact.KDCOther, fact.Variant("other-realm")}},
		{Text: `setspn -S <SPN> <DOMAIN\account that runs the site> (-S refuses duplicates).`, Unless: []fact.Fact{fact.EntraSSO, fact.TicketIssued, fact.AddressInURL, fact.OtherDomain, fact.KDCOther, fact.Variant("other-realm")}},
		{Text: "Then klist purge on the client, and wait or log on anew. " + vendorSPNCache.says, Unless: []fact.Fact{fact.TicketIssued, fact.KDCOther}},
		{Text: "Then klist purge on a client with Windows, and wait or log on anew. " + vendorSPNCache.says, If: []fact.Fact{fact.KDCOther, fact.OnWindows}, Unless: []fact.Fact{fact.TicketIssued}},
	},
	Sources: []string{
		"RFC 4120 section 7.5.9",
		"Microsoft, KDC_ERR_S_PRINCIPAL_UNKNOWN or KDC_ERR_PRINCIPAL_NOT_UNIQUE, learn.microsoft.com/troubleshoot/windows-server/windows-security",
		vendorSPNCache.source,
	},
	Follows: []string{"ip-address-url", "spn-case"},
	Run:     runSPNNotFound,
}

func runSPNNotFound(p *analysis.Pass) {
	byKDC := map[*analysis.Handshake]*analysis.Finding{}
	for _, k := range p.KDC {
		if p.Refusal(k) != analysis.RefusedAsUnknown {
			continue
		}
		h := p.HandshakeOf(k)
		f := foundRefused(p, k, "%s has no account for %s: %s", k.KDCName(), serviceName(k), tokens.KDCErrSPrincipalUnknown)
		f.Variant = "spn-not-found-or-duplicate" // the code is the same for both
		other := cmp.Or(otherDomain(h, k), noWayToRealm(p, k))
		if f.Cause = cmp.Or(aliasInDNS(p, h, k), other); other != "" && f.Cause == other {
			f.Variant = "other-realm"
		} else if reverseLookup(h, k) != nil {
			f.Variant = reverseName
		} else if f.Cause == "" {
			f.Cause = otherName(h, k)
		}
		if h != nil {
			byKDC[h] = f
		}
	}
	for _, h := range p.Handshakes {
		switch status, spn, at := unknownSPNEvent(h); {
		case status == "":
		case byKDC[h] != nil: // the browser's log repeats what the KDC said
			byKDC[h].AddProof(at)
		default:
			after := servedWithoutTicket(p, h, nil)
			f := p.Found(h, at, "the client's library could get no ticket for %s: %q%s", cmp.Or(spn, serverName(h)), status, after)
			if after != "" {
				f.Severity = analysis.Warning
			}
			if f.Cause = otherNameAsked(h, spn); f.Cause != "" {
				f.Variant = "other-name"
			}
		}
	}
}

// otherNameAsked says that a browser asked for another host than that of the URL; "" if it did not, or if
// its log does not name the service.
func otherNameAsked(h *analysis.Handshake, spn string) string {
	_, host, ok := strings.Cut(strings.Replace(spn, "@", "/", 1), "/")
	host, _, _ = strings.Cut(host, "@")
	if host = analysis.HostOnly(host); !ok || h.Target != analysis.ToServer || host == "" || h.Host == "" || strings.EqualFold(host, h.Host) {
		return ""
	}
	return fmt.Sprintf("The URL has %s, and the browser asked for %s: it asks for the name behind an alias in DNS (CNAME).", h.Host, host)
}

// otherDomain says that the server names a domain other than the realm whose KDC was asked and did
// not refer the client; "" if it does not say so.
func otherDomain(h *analysis.Handshake, k *analysis.KDCExchange) string {
	if h == nil {
		return ""
	}
	l, n2 := h.NTLM(2)
	if n2 == nil || n2.Challenge.TargetInfo == nil || n2.Challenge.TargetInfo.DNSDomainName == nil || workgroup(n2) {
		return ""
	}
	domain, realm := *n2.Challenge.TargetInfo.DNSDomainName, k.Service().Realm
	if domain == "" || realm == "" || strings.EqualFold(domain, realm) {
		return ""
	}
	return fmt.Sprintf("The server says in %s that it is in the domain %s, and the KDC of %s did not send the client on: no trust between the two, no suffix routing for the name, or nobody has it there either.", l.ResponsePos(), domain, realm)
}

// otherName says that the server calls itself otherwise than the service for which the KDC was asked; "" if it does not
// say so.
func otherName(h *analysis.Handshake, k *analysis.KDCExchange) string {
	if h == nil || h.Target != analysis.ToServer || throughProxy(h) {
		return ""
	}
	l, n2 := h.NTLM(2)
	if n2 == nil || n2.Challenge.TargetInfo == nil || n2.Challenge.TargetInfo.DNSComputerName == nil || workgroup(n2) {
		return ""
	}
	own, asked := *n2.Challenge.TargetInfo.DNSComputerName, analysis.HostOnly(k.Service().Host())
	if short, _, _ := strings.Cut(own, "."); own == "" || asked == "" || analysis.IsIPAddress(asked) || strings.EqualFold(own, asked) || strings.EqualFold(short, asked) {
		return ""
	}
	return fmt.Sprintf("The server calls itself %s in %s, and %s is another name of it (an alias, or one of before or after a renaming): no account has it, or two have it.", own, l.ResponsePos(), asked)
}

// servedWithoutTicket says how the client was served without the ticket, "" if that is not seen. h or
// k is nil if there is none.
func servedWithoutTicket(p *analysis.Pass, h *analysis.Handshake, k *analysis.KDCExchange) string {
	switch {
	case h == nil && p.Visits != nil && p.Visits.Served(k.Client.Addr(), strings.ToLower(k.Service().Host())):
		return "; the site served the client without asking for credentials"
	case h == nil:
		return ""
	}
	return letInWithoutTicket(p, h)
}
