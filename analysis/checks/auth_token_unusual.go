package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var authTokenUnusual = &analysis.Check{
	Name:     "auth-token-unusual",
	Title:    "a token of a logon that failed is unusual",
	Severity: analysis.Info,
	Evidence: analysis.Hint,
	Topic:    analysis.Hygiene,
	Means:    "The token keeps to the standard, and most clients make it otherwise. An acceptor that is strict may have refused it for that.",
	Proof:    "What negotrace decode calls unusual about a token, in a handshake that was refused or not finished.",
	Not:      "Tokens that break the standard (auth-token-malformed). The same habit in a logon that succeeded.",
	Causes: []analysis.Advice{
		{Text: "A habit of the client's library, or of a box that makes tokens anew."},
	},
	Fix: []analysis.Advice{
		{Text: "Compare with the token of a client that is let in: negotrace decode shows both field by field."},
	},
	Sources: []string{"RFC 4178 section 4.2", "MS-NLMP 2.2.1", "MS-SPNG 2.2"},
	Run:     runAuthTokenUnusual,
}

func runAuthTokenUnusual(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if !endedBadly(h) {
			continue
		}
		for _, l := range h.Legs {
			for _, o := range oddities(l.Sent) {
				if !o.Wrong {
					p.Found(h, l.RequestPos(), "%s sent %s an unusual token: %s", clientName(h), serverName(h), o.Text)
				}
			}
			for i := range l.Got {
				for _, o := range oddities(&l.Got[i]) {
					if !o.Wrong {
						p.Found(h, l.ResponsePos(), "%s sent %s an unusual token: %s", serverName(h), clientName(h), o.Text)
					}
				}
			}
		}
	}
}

// endedBadly reports whether a handshake was refused or not finished.
func endedBadly(h *analysis.Handshake) bool {
	return h.Outcome == analysis.Failed || h.Outcome == analysis.Abandoned
}

// oddities returns what is wrong or unusual about a token, none if there is no token.
func oddities(a *tokens.Auth) []tokens.Oddity {
	if a == nil || a.Token == nil {
		return nil
	}
	return a.Token.Oddities
}
