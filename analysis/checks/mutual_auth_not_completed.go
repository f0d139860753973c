package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var mutualAuthNotCompleted = &analysis.Check{
	Name:     "mutual-auth-not-completed",
	Title:    "the client asked the server to prove itself, and it did not",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Detour,
	Means:    "With mutual-required the server owes an AP-REP, by which the client can tell that it holds the key. None came back. Most clients do not mind; .NET 7 and later check what they get, and requests-kerberos and requests-gssapi of Python insist on it unless they are set otherwise: they raise an exception in place of the page.",
	Proof:    "ap-options has mutual-required, and the final response has no AP-REP: no WWW-Authenticate, or accept-completed without a token.",
	Not:      "A failure by itself. Without mutual-required a single leg is complete. accept-completed alone proves nothing about the server.",
	Causes: []analysis.Advice{
		{Text: "A proxy takes WWW-Authenticate off successful responses."},
		{Text: "The server leaves it out, or answers with an error page (Kestrel adds it below 400 only), or a cache answers."},
	},
	Fix: []analysis.Advice{
		{Text: "requests: mutual_authentication=OPTIONAL, where the server is known to send none.", If: []fact.Fact{fact.ClientPython}},
		{Text: "Usually nothing; let proxies keep WWW-Authenticate on 2xx.", Unless: []fact.Fact{fact.ClientPython}},
	},
	Sources: []string{"RFC 4120 section 3.2.4, RFC 4559 section 4.2", "ASP.NET Core, NegotiateHandler.cs"},
	Run:     runMutualAuthNotCompleted,
}

func runMutualAuthNotCompleted(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, ap := h.APReq()
		if ap == nil || !ap.MutualRequired || h.Mechanism != analysis.Kerberos || h.Outcome != analysis.Succeeded {
			continue
		}
		if _, rep := h.APRep(); rep != nil || h.Last().Answer() != nil && h.Last().Answer().Stripped {
			continue
		}
		f := p.Found(h, h.Last().ResponsePos(), "%s asked %s to prove itself and got no AP-REP", clientName(h), serverName(h))
		f.AddProof(l.RequestPos())
		if h.OutcomeEvidence != analysis.Proven && p.SawAll(h) && h.Has(fact.ClientPython) {
			f.Severity = analysis.Warning // its libraries insist on the token, as they are delivered
		}
	}
}
