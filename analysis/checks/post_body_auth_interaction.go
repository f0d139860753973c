package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var postBodyAuthInteraction = &analysis.Check{
	Name:     "post-body-auth-interaction",
	Variants: []string{"post-empty-body-type1", "empty-post-not-challenged", "body-sent-into-401"},
	Title:    "a request body and the handshake get in each other's way",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "A body must be sent again after each 401. Clients built on WinINET send an empty one first when they expect a challenge; if the server does not ask, the empty request counts and the data is lost. " +
		"Others send the whole body into the 401, and once more afterwards.",
	Proof: "A POST or PUT with Content-Length: 0 and NTLM message 1, answered by message 2, then the same with its body (normal). The same answered without a challenge. Or a body of more than 64 KiB in a request that is answered 401.",
	Not:   "A POST that is empty by intention.",
	Causes: []analysis.Advice{
		{Text: "A part of the site allows anonymous access below a folder that was challenged before."},
		{Text: "The client does not use Expect: 100-continue."},
	},
	Fix: []analysis.Advice{
		{Text: "Make authentication the same for the folder and all below it."},
		{Text: "Client: DisableNTLMPreAuth = 1 (WinINET); authenticate with a GET or HEAD first; Expect: 100-continue."},
	},
	Sources: []string{"RFC 9110 section 10.1.1", "Microsoft, IEInternals: zero-length POST requests; KB902409"},
	Run:     runPostBodyAuthInteraction,
}

// largeBody is the size of body, in bytes, that costs something to send twice.
const largeBody = 64 << 10

func runPostBodyAuthInteraction(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		for i, l := range h.Legs {
			if !hasBody(l.Request) || !l.Asks {
				continue
			}
			if l.Request.BodyLen > largeBody {
				p.Found(h, l.RequestPos(), "%s sent a large body to %s and got a %d for it", clientName(h), serverName(h), l.Status()).Variant = "body-sent-into-401"
				break
			}
			if l.Sent.NTLM().Type() == 1 && l.Request.BodyLen == 0 && i+1 < len(h.Legs) && hasBody(h.Legs[i+1].Request) && h.Legs[i+1].Request.BodyLen > 0 {
				f := p.Found(h, l.RequestPos(), "%s held the body back until %s had sent its challenge", clientName(h), serverName(h))
				f.Variant, f.Severity = "post-empty-body-type1", analysis.Info
				break
			}
		}
		o := h.OpeningLeg()
		if o != nil && o == h.Last() && o.Sent.NTLM().Type() == 1 && hasBody(o.Request) && o.Request.BodyLen == 0 && o.Response != nil && !o.Asks {
			f := p.Found(h, o.ResponsePos(), "%s sent an empty %s and expected a challenge, and %s took it as it was (%d)", clientName(h), o.Request.Method, serverName(h), o.Status())
			f.Variant, f.Severity = "empty-post-not-challenged", analysis.Error
		}
	}
}

func hasBody(r *httpstream.Request) bool {
	return r != nil && (strings.EqualFold(r.Method, "POST") || strings.EqualFold(r.Method, "PUT"))
}
