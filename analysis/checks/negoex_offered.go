package checks

import (
	"strings"

	"negotrace/analysis"
)

var negoexOffered = &analysis.Check{
	Name:     "negoex-offered",
	Variants: []string{"iakerb-offered"},
	Title:    "the client uses extended negotiation or tunnelled Kerberos",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "NegoEx lets peers agree on schemes such as PKU2U (machines joined to Entra). With IAKERB the client sends its requests for the KDC through the web server, so no traffic to port 88 is seen from it.",
	Proof:    "A token whose mechToken begins with NEGOEXTS; or the IAKERB mechanism, 1.3.6.1.5.2.5.",
	Not:      "NegoEx in the list of mechanisms only: every modern Windows client lists it. It is no Kerberos token either.",
	Causes: []analysis.Advice{
		{Text: "The client is joined to Entra, or offers a certificate; the client cannot reach a KDC and the server takes IAKERB."},
	},
	Fix: []analysis.Advice{
		{Text: "Nothing. With IAKERB, errors 85 and 86 mean that the server, not the client, cannot reach a KDC."},
	},
	Sources: []string{"MS-NEGOEX 2.2.6", "draft-ietf-kitten-iakerb", "MIT krb5, src/lib/krb5/error_tables/krb5_err.et"},
	Run:     runNegoexOffered,
}

func runNegoexOffered(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		for _, l := range h.Legs {
			if l.Sent == nil || l.Sent.Token == nil {
				continue
			}
			t := l.Sent.Token
			if len(t.NegoEx) > 0 {
				var schemes []string
				for _, m := range t.NegoEx {
					schemes = append(schemes, m.Schemes...)
				}
				p.Found(h, l.RequestPos(), "%s opened with NegoEx to %s (%s)", clientName(h), serverName(h), strings.Join(schemes, ", "))
				break
			}
			if t.Kerberos != nil && t.Kerberos.IAKERB != nil {
				p.Found(h, l.RequestPos(), "%s asks the KDC of %s through %s (IAKERB)", clientName(h), t.Kerberos.IAKERB.TargetRealm, serverName(h)).Variant = "iakerb-offered"
				break
			}
		}
	}
}
