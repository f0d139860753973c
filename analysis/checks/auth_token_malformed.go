package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var authTokenMalformed = &analysis.Check{
	Name:     "auth-token-malformed",
	Variants: []string{placeholder},
	Title:    "a token is not what it should be",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The value after the scheme cannot be read to its end: it was cut or altered on the way, or the sender made it wrong. The other side can only refuse it, or give up.",
	Proof:    "No base64, a length that points beyond the token, or a message that ends too soon; the report gives the offset. In a handshake that was refused or not finished, also what breaks the standard, such as SPNEGO under the scheme NTLM or a challenge without the target information that its flags announce.",
	Not:      "What is only unusual (auth-token-unusual). A browser export that took values out. The short NTLM messages of Windows 9x, and headers of 52 to 64 bytes, are in order.",
	Causes: []analysis.Advice{
		{Text: "squid writes what its helper hands it, and its helper for Kerberos hands it a token of NTLM as a parameter.", If: []fact.Fact{fact.TokenAsParam}},
		{Text: "A proxy or firewall cuts header lines at its limit (8190, 16384).", Unless: []fact.Fact{fact.TokenAsParam, fact.Variant(placeholder)}},
		{Text: "The program asks its library for another mechanism than it names in the header, or makes tokens by hand.", Unless: []fact.Fact{fact.TokenAsParam, fact.Variant(placeholder)}},
		{Text: "A variable of the program that is not set, or an example that was taken over as it stands.", If: []fact.Fact{fact.Variant(placeholder)}},
	},
	Fix: []analysis.Advice{
		{Text: "squid: negotiate_wrapper_auth, or ntlm_auth --helper-protocol=gss-spnego, takes both; or give the client a ticket.", If: []fact.Fact{fact.TokenAsParam}},
		{Text: "Capture on both sides of the proxy and compare the lengths; raise the limit (token-too-large); update the client.", Unless: []fact.Fact{fact.TokenAsParam, fact.Variant(placeholder)}},
		{Text: "Look where the program takes user name and password from, or let it have a ticket.", If: []fact.Fact{fact.Variant(placeholder)}},
	},
	Sources: []string{"RFC 9110 section 11.2", "MS-NLMP 2.2.1, RFC 4178 section 4.2"},
	Run:     runAuthTokenMalformed,
}

// placeholder is the variant for credentials in which a word stands for the value.
const placeholder = "placeholder"

func runAuthTokenMalformed(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		for _, l := range h.Legs {
			wrongTokens(p, h, l)
			if l.Sent.Placeholder() {
				f := p.Found(h, l.RequestPos(), "the credentials (%s) that %s sent %s are none: %s", l.Sent.Scheme, clientName(h), serverName(h), l.Sent.Problem)
				f.Variant, f.Evidence = placeholder, analysis.Inferred
			} else if l.Sent != nil && broken(l.Sent) && !l.Shortened() {
				p.Found(h, l.RequestPos(), "%s sent %s %s token that cannot be read: %s", clientName(h), serverName(h), withArticle(l.Sent.Scheme), l.Sent.Problem)
			}
			for i := range l.Got {
				switch a := &l.Got[i]; {
				case a.AsParam():
					p.Found(h, l.ResponsePos(), "%s sent its %s token where clients do not look for it: %s", serverName(h), a.Scheme, a.Problem)
				case broken(a):
					f := p.Found(h, l.ResponsePos(), "%s sent %s token that cannot be read: %s", serverName(h), withArticle(a.Scheme), a.Problem)
					if l.Conn.Recorder != nil && a.Cut() {
						f.Severity, f.Evidence = analysis.Info, analysis.Hint
						f.Cause = "Its end is missing in this file: whoever recorded it, or passed it on, may have cut it."
					}
				}
			}
		}
	}
}

// wrongTokens reports violations of the standard in the tokens of a leg, if the handshake was
// refused or not finished: what the other side accepted is no fault.
func wrongTokens(p *analysis.Pass, h *analysis.Handshake, l *analysis.Leg) {
	if !endedBadly(h) {
		return
	}
	_, reason := h.KRBError() // an acceptor that names a Kerberos error has read the token
	for _, o := range oddities(l.Sent) {
		if o.Wrong && reason == nil {
			p.Found(h, l.RequestPos(), "%s sent %s a token that is wrong: %s", clientName(h), serverName(h), o.Text)
		}
	}
	for i := range l.Got {
		for _, o := range oddities(&l.Got[i]) {
			if o.Wrong {
				p.Found(h, l.ResponsePos(), "%s sent %s a token that is wrong: %s", serverName(h), clientName(h), o.Text)
			}
		}
	}
}

func broken(a *tokens.Auth) bool {
	return a.Problem != "" && !a.Stripped && (tokens.IsTokenScheme(a.Scheme) || a.Scheme == "Basic")
}
