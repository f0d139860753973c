package checks

import (
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var etypeNosupp = &analysis.Check{
	Name:     "etype-nosupp",
	Title:    "client and KDC have no encryption type in common",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The KDC has no key for this principal in any encryption type that it may use and the client offers. Since domain controllers turn RC4 off, accounts that have only RC4 keys end here.",
	Proof:    "KRB-ERROR 14, KDC_ERR_ETYPE_NOSUPP, with the list of types that the client offered.",
	Not:      "An error that is followed within a second by the same request with a longer list, which succeeds. Microsoft's text spells it ETYPE_NOTSUPP at times.",
	Causes: []analysis.Advice{
		{Text: "The client offers one encryption type only: its own setting (default_tkt_enctypes, permitted_enctypes, a policy) excludes the others.", If: []fact.Fact{fact.OneEType, fact.AskedForTGT}},
		{Text: "The account AZUREADSSOACC of Entra's seamless single sign-on is not set to AES. " + vendorAESDefault.says, If: []fact.Fact{fact.AskedForTicket, fact.EntraSSO}},
		{Text: "The service account has no AES keys: its password was not changed since AES came. " + vendorAESDefault.says, If: []fact.Fact{fact.AskedForTicket}, Unless: []fact.Fact{fact.EntraSSO}},
		{Text: "The account of the user has no key of a type that the client offers: its password was not changed since AES came.", If: []fact.Fact{fact.AskedForTGT}},
		{Text: "msDS-SupportedEncryptionTypes of the account excludes what the client offers."},
		{Text: "The trust to the other realm has no AES.", If: []fact.Fact{fact.AskedForTicket}},
		{Text: "Group policy Network security: Configure encryption types allowed for Kerberos is too narrow."},
	},
	Fix: []analysis.Advice{
		{Text: "On the client: let it offer AES (krb5.conf: remove default_tkt_enctypes and permitted_enctypes; Windows: the policy of encryption types).", If: []fact.Fact{fact.OneEType, fact.AskedForTGT}},
		{Text: "Set msDS-SupportedEncryptionTypes of AZUREADSSOACC to 16 (AES256), then renew its key with Update-AzureADSSOForest, which tells Entra: a password that is reset by hand breaks it.", If: []fact.Fact{fact.AskedForTicket, fact.EntraSSO}},
		{Text: "Reset the service account's password (that makes AES keys), and set msDS-SupportedEncryptionTypes to 24 (0x18, AES).", If: []fact.Fact{fact.AskedForTicket}, Unless: []fact.Fact{fact.EntraSSO}},
		{Text: "Let the user change the password (that makes AES keys).", If: []fact.Fact{fact.AskedForTGT}},
		{Text: `A trust: tick "The other domain supports Kerberos AES Encryption", or ksetup /setenctypeattr <domain> AES256-CTS-HMAC-SHA1-96.`, If: []fact.Fact{fact.AskedForTicket}},
		{Text: "Keytabs: make them anew with AES keys (ktpass -crypto AES256-SHA1).", If: []fact.Fact{fact.AskedForTicket}, Unless: []fact.Fact{fact.EntraSSO}},
	},
	Sources: []string{
		"Microsoft Entra, Seamless single sign-on: frequently asked questions (Update-AzureADSSOForest), learn.microsoft.com/entra",
		"RFC 4120 section 7.5.9",
		vendorAESDefault.source,
		"Microsoft, Unsupported etype error when accessing a resource in a trusted domain, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Run: runEtypeNosupp,
}

func runEtypeNosupp(p *analysis.Pass) {
	for _, k := range p.KDC {
		if p.Refusal(k) != analysis.RefusedEType {
			continue
		}
		offered := ""
		if r := k.Req(); r != nil && len(r.ETypes) > 0 {
			offered = "; the client offers " + etypes(r.ETypes)
		}
		foundRefused(p, k, "%s: %s%s%s", missingKey(k), tokens.KDCErrETypeNoSupp, kdcWords(k.Err()), offered)
	}
}

// missingKey says whose key the KDC lacks or cannot use. For an AS-REQ it is the client's, or that
// of the ticket-granting service.
func missingKey(k *analysis.KDCExchange) string {
	if k.Request != nil && !k.TGS() {
		return fmt.Sprintf("%s finds no encryption type for the logon of %s", k.KDCName(), principal(k))
	}
	return fmt.Sprintf("%s has no usable key for %s", k.KDCName(), k.Service())
}

func etypes(list []tokens.EType) string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = fmt.Sprint(e)
	}
	return strings.Join(names, ", ")
}
