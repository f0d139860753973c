package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var basicCredentialsUsed = &analysis.Check{
	Name:     "basic-credentials-used",
	Title:    "the client sent a password with Basic",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means:    "Basic is the password itself, in base64, with every request. Over plain HTTP anybody on the way has it.",
	Proof:    "Authorization: Basic (Proxy-Authorization likewise). It is an error where the TCP payload itself is HTTP, a warning where the same challenge offered Negotiate.",
	Not:      "https that was opened with its keys: it is encrypted on the wire.",
	Causes: []analysis.Advice{
		{Text: "Nobody asked for it: the program sends the password of its own accord, or a proxy adds it.", If: []fact.Fact{fact.NotOffered}},
		{Text: "Basic is offered, and the client has nothing better, or asked for a password: Chromium on Linux and macOS where the host is not on the allow-list.", If: []fact.Fact{fact.OffersBasic, fact.ClientChromium}},
		{Text: "Basic is offered, and the client has nothing better, or was given a password.", If: []fact.Fact{fact.OffersBasic}, Unless: []fact.Fact{fact.ClientChromium}},
		{Text: "Whether anybody asked for it cannot be seen here: a challenge from before, or the program sends the password of its own accord.", Unless: []fact.Fact{fact.OffersSchemes}},
		{Text: "mod_auth_gssapi GssapiBasicAuth; mail and Office clients; scripts.", If: []fact.Fact{fact.OffersBasic}},
	},
	Fix: []analysis.Advice{
		{Text: "Let the client use a scheme that is offered, as curl does with --anyauth (--proxy-anyauth at a proxy). The password has gone out: change it where that was plain HTTP.", If: []fact.Fact{fact.NotOffered}},
		{Text: "Offer Basic no more, or require TLS; then change the passwords that went over plain HTTP.", If: []fact.Fact{fact.OffersBasic}},
		{Text: "Look where the password comes from: the program's settings, its command line, the URL. Require TLS, and change the passwords that went over plain HTTP.", Unless: []fact.Fact{fact.OffersSchemes}},
	},
	Sources:  []string{"RFC 7617 section 4", "Chromium, HTTP authentication design document"},
	Reads:    proxyMarks,
	Run:      runBasicCredentialsUsed,
	Label:    "no Basic there",
	Explains: explainNoBasic,
}

// explainNoBasic says whether a password was refused because the server takes no Basic.
func explainNoBasic(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	last := h.Last()
	if h.Mechanism != analysis.Basic || !last.Asks || len(last.Got) == 0 || h.Offers("Basic") {
		return analysis.Explanation{}
	}
	return possible(4, positionsOf(last), "the answer offers %s, and no Basic", offeredList(h))
}

func runBasicCredentialsUsed(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l := h.OpeningLeg()
		if h.Mechanism != analysis.Basic || (broken(l.Sent) || l.Sent.Stripped) && h.Outcome != analysis.Succeeded {
			continue // what nobody accepted, and nobody sees or can read, need be no password
		}
		c := h.Conn()
		switch {
		case c.Client.Addr().IsLoopback() || c.Server.Addr().IsLoopback():
			p.Found(h, l.RequestPos(), "%s sent a password to %s (Basic) within the machine", clientName(h), serverName(h)).Severity = analysis.Info
		case !c.Encrypted() && !c.TLSUnknown && (!h.Browser() || len(h.URL) > 7 && h.URL[:7] == "http://"):
			who := clientName(h)
			if oneOfManyNames(p, h) {
				who = clientAddress(h) // one finding for all names
			}
			p.Found(h, l.RequestPos(), "%s sent a password to %s in plain HTTP (Basic)", who, serverName(h))
		case h.Offers("Negotiate"):
			says := "%s sent a password to %s (Basic) although Negotiate was offered"
			if h.ChallengeLeg() == l { // nobody had asked before
				says = "%s sent a password to %s (Basic), whose answer offers Negotiate"
			}
			p.Found(h, l.RequestPos(), says, clientName(h), serverName(h)).Severity = analysis.Warning
		case h.Outcome != analysis.Succeeded:
			p.Found(h, l.RequestPos(), "%s sent a password to %s (Basic)", clientName(h), serverName(h)).Severity = analysis.Info
		default:
			f := p.Found(h, l.RequestPos(), "%s authenticated to %s with Basic", clientName(h), serverName(h))
			f.Severity, f.Evidence = analysis.Info, h.OutcomeEvidence
		}
	}
}
