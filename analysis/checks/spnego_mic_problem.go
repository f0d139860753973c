package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var spnegoMICProblem = &analysis.Check{
	Name:     "spnego-mic-problem",
	Title:    "the list of mechanisms is not protected as it should be",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Where another mechanism than the client's first was chosen, both sides sign the list, so that nobody on the way can weaken the choice. That signature is missing, or the handshake died on it.",
	Proof:    "The server asked for it (request-mic) and the client's further tokens have none; or a mechanism other than the first was selected and neither side sent one; or the handshake failed right after a token with one.",
	Not:      "No signature where the first mechanism was taken: none is needed. One that repeats the response token, as Java and Windows 2000 send: it is none. Windows 2003 does not ask for it.",
	Causes: []analysis.Advice{
		{Text: "A box between them rewrites the list."},
		{Text: "An old client."},
		{Text: "An attempt to downgrade."},
	},
	Fix: []analysis.Advice{
		{Text: "Take the box out of the path; compare the list as sent and as received; update the client."},
	},
	Sources: []string{"RFC 4178 section 5", "MIT krb5, src/lib/gssapi/spnego/spnego_mech.c"},
	Run:     runSPNEGOMICProblem,
}

func runSPNEGOMICProblem(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		asked := asksMIC(h)
		if asked == nil || h.Outcome == analysis.Unknown || h.Outcome == analysis.Abandoned {
			continue
		}
		signed, last := false, h.Last()
		for _, l := range h.Legs {
			if s := l.Sent.SPNEGO(); s != nil && s.Resp != nil && s.Resp.MechListMIC > 0 && !s.Resp.MICIsCopy {
				signed = true
			}
		}
		switch {
		case !signed && !h.Complete && !h.Browser():
		case !signed:
			p.Found(h, asked.ResponsePos(), "%s asked %s to sign the list of mechanisms, and no token after that has the signature", serverName(h), clientName(h))
		case h.Outcome == analysis.Failed && last.Sent.SPNEGO() != nil && last.Sent.SPNEGO().Resp != nil && last.Sent.SPNEGO().Resp.MechListMIC > 0 && last.Sent.NTLM() == nil:
			p.Found(h, last.ResponsePos(), "%s refused %s right after the signature of the list of mechanisms", serverName(h), clientName(h))
		}
	}
}

// asksMIC returns the leg whose response asks for the signature, nil if none does.
func asksMIC(h *analysis.Handshake) *analysis.Leg {
	for _, l := range h.Legs {
		for i := range l.Got {
			if s := l.Got[i].SPNEGO(); s != nil && s.Resp != nil && s.Resp.NegState == tokens.RequestMIC {
				return l
			}
		}
	}
	return nil
}
