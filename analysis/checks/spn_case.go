package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

var spnCase = &analysis.Check{
	Name:     "spn-case",
	Title:    "two spellings of one service principal name differ in upper and lower case only",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "Active Directory takes no notice of the case of service and host. MIT KDCs, Heimdal and keytabs do: for them HTTP/Web and HTTP/web are two principals. " +
		"A realm in lower case is another realm for most clients.",
	Proof: "The KDC knows no service of one spelling and issues a ticket for the other; or an acceptor refuses a ticket for the one and accepts one for the other; or the KDC refuses a realm that differs in case only from one it serves.",
	Not:   "Two names that differ in anything else. A domain controller of Windows: it answers both spellings alike.",
	Causes: []analysis.Advice{
		{Text: "The name comes from DNS, from a URL or from a user as it was typed there, and the client does not put it into lower case."},
		{Text: "The principal or the keytab was made with capitals."},
		{Text: "The realm is written as the DNS domain, in lower case."},
	},
	Fix: []analysis.Advice{
		{Text: "Write host names in lower case in DNS, URLs, keytabs and principals, and realms in capitals."},
		{Text: "krb5.conf: dns_canonicalize_hostname = false, so that the client keeps the name that it was given."},
		{Text: "kadmin: addprinc -randkey HTTP/<host in lower case>; ktadd it to the keytab."},
	},
	Sources: []string{"RFC 4120 section 6.2.1", "MIT krb5, doc/admin/princ_dns.rst", "MS-KILE 3.3.5.1.1"},
	Run:     runSPNCase,
}

func runSPNCase(p *analysis.Pass) {
	issued := map[string]*analysis.KDCExchange{} // by name in lower case
	for _, k := range p.KDC {
		if r := k.Rep(); r != nil && k.TGS() {
			if key := strings.ToLower(r.Ticket.Service.String()); issued[key] == nil {
				issued[key] = k
			}
		}
	}
	for _, k := range p.KDC {
		s, e := k.Service(), k.Err()
		if e == nil || s == nil || !k.TGS() || e.Code != tokens.KDCErrSPrincipalUnknown {
			continue
		}
		other := issued[strings.ToLower(s.String())]
		if other == nil {
			continue
		}
		known := other.Rep().Ticket.Service.String()
		if known == s.String() {
			continue
		}
		f := p.FoundKDC(p.HandshakeOf(k), k, "%s knows no %s and issued a ticket for %s: the names differ in case only", k.KDCName(), s.String(), known)
		f.AddProof(other.ReplyPos)
		if other.RequestPos.Time.After(k.RequestPos.Time) {
			f.Severity = analysis.Warning
		}
	}
	refusedInOtherCase(p)
}

// refusedInOtherCase reports tickets that an acceptor refused although it accepted one whose name
// differs only in letter case.
func refusedInOtherCase(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, ap := h.APReq()
		if ap == nil || h.Outcome != analysis.Failed {
			continue
		}
		name := ap.Ticket.Service.String()
		for _, o := range p.LetInAtServer(h) {
			ol, other := o.APReq()
			if other == nil {
				continue
			}
			if accepted := other.Ticket.Service.String(); accepted != name && strings.EqualFold(accepted, name) {
				f := p.Found(h, l.RequestPos(), "%s refused a ticket for %s and accepted one for %s: the names differ in case only", serverName(h), name, accepted)
				f.Evidence = analysis.Inferred
				f.AddProof(ol.RequestPos(), l.ResponsePos())
				break
			}
		}
	}
}
