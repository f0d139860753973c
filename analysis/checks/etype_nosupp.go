package checks

import (
	"fmt"
	"strings"

	"negotrace/analysis"
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
	Causes: []string{
		"The service account has no AES keys: its password was not changed since AES came. " + factAESDefault.says,
		"msDS-SupportedEncryptionTypes of the account excludes what the client offers.",
		"The trust to the other realm has no AES.",
		"Group policy Network security: Configure encryption types allowed for Kerberos is too narrow.",
		"DES is asked for.",
	},
	Fix: []string{
		"Reset the service account's password (that makes AES keys), and set msDS-SupportedEncryptionTypes to 24 (0x18, AES).",
		"A trust: tick \"The other domain supports Kerberos AES Encryption\", or ksetup /setenctypeattr <domain> AES256-CTS-HMAC-SHA1-96.",
		"Keytabs: make them anew with AES keys (ktpass -crypto AES256-SHA1).",
	},
	Sources: []string{
		"RFC 4120 section 7.5.9",
		factAESDefault.source,
		"Microsoft, Unsupported etype error when accessing a resource in a trusted domain, learn.microsoft.com/troubleshoot/windows-server/windows-security",
	},
	Run: runEtypeNosupp,
}

func runEtypeNosupp(p *analysis.Pass) {
	for _, k := range p.KDC {
		if refusalOf(p, k) != encryptionType {
			continue
		}
		offered := ""
		if r := k.Req(); r != nil && len(r.ETypes) > 0 {
			offered = "; the client offers " + etypes(r.ETypes)
		}
		f := p.Found(p.HandshakeOf(k), k.Pos(), "the KDC %v has no usable key for %s: %s%s", k.KDC.Addr(), k.Service(), tokens.KDCErrETypeNoSupp, offered)
		f.Frames = []int{k.RequestPos.Frame}
	}
}

func etypes(list []tokens.EType) string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = fmt.Sprint(e)
	}
	return strings.Join(names, ", ")
}
