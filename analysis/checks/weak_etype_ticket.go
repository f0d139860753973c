package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var weakEtypeTicket = &analysis.Check{
	Name:     "weak-etype-ticket",
	Variants: []string{"rc4-service-ticket", "rc4-session-key", "des-ticket"},
	Title:    "the ticket is encrypted with RC4 or DES",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "The service account's key for this ticket is RC4 (or DES). Anybody who gets such a ticket can guess the account's password offline, and domain controllers that no longer issue RC4 will refuse it altogether.",
	Proof:    "The etype of the ticket's encrypted part is 23 or 24 (1, 3 for DES). A session key of RC4 shows in the authenticator's etype while the ticket is AES.",
	Not:      "The etype of a TGT, of a reply's encrypted part (that is another key), or of FAST. AES with SHA-2 (19, 20) is strong.",
	Causes: []analysis.Advice{
		{Text: "The account has no AES keys, or msDS-SupportedEncryptionTypes is not set and the domain controller's default still has RC4."},
		{Text: "RC4 was set on purpose, or an old keytab was made with it."},
		{Text: "A session key of RC4: the client asks for it first, or the account does not announce AES."},
	},
	Fix: []analysis.Advice{
		{Text: "Reset the service account's password; set msDS-SupportedEncryptionTypes to 24; make keytabs anew."},
		{Text: "Find the others: Get-KerbEncryptionUsage.ps1 -Encryption RC4, List-AccountKeys.ps1 (Microsoft)."},
		{Text: vendorAESDefault.says},
	},
	Sources: []string{
		"RFC 4757 (RC4), RFC 6649 (DES)",
		"Microsoft, Detect and remediate RC4 usage in Kerberos, learn.microsoft.com/windows-server/security/kerberos/detect-remediate-rc4-kerberos",
		vendorAESDefault.source,
	},
	Run: runWeakEtypeTicket,
}

func runWeakEtypeTicket(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, ap := h.APReq()
		if ap == nil {
			continue
		}
		service, etype := h.SPN, ap.Ticket.EncPart.EType
		switch {
		case des(etype):
			f := p.Found(h, l.RequestPos(), "the ticket for %s is encrypted with %v", service, etype)
			f.Variant, f.Severity = "des-ticket", analysis.Error
		case rc4(etype):
			p.Found(h, l.RequestPos(), "the ticket for %s is encrypted with %v", service, etype).Variant = "rc4-service-ticket"
		case rc4(ap.Authenticator.EType):
			f := p.Found(h, l.RequestPos(), "the session key of the ticket for %s is %v, the ticket itself %v", service, ap.Authenticator.EType, etype)
			f.Variant, f.Severity = "rc4-session-key", analysis.Info
		}
	}
}

func rc4(e tokens.EType) bool { return e == tokens.ETypeRC4 || e == tokens.ETypeRC4Exp }

func des(e tokens.EType) bool {
	return e == tokens.ETypeDESCRC || e == tokens.ETypeDESMD4 || e == tokens.ETypeDESMD5
}
