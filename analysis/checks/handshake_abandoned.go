package checks

import (
	"fmt"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var handshakeAbandoned = &analysis.Check{
	Name:     "handshake-abandoned",
	Title:    "a handshake was begun and not finished",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means:    "One side stopped in the middle. Who closed, and after which message, says where to look.",
	Proof:    "The server has sent a token that asks for another, or the client's token has no response; then the connection is closed, or silent for more than a minute.",
	Not:      "A browser that drops spare connections; a capture that ends; a body that is still being sent; a proxy that breaks the handshake (ntlm-connection-not-persistent).",
	Causes: []analysis.Advice{
		{Text: "The program makes a new security context for each request, and so never comes to the answer.", If: []fact.Fact{fact.Restarted}},
		{Text: "The client's library has no password or no NTLM to answer with (Linux without gss-ntlmssp; MD4 turned off in OpenSSL or by FIPS).", If: []fact.Fact{fact.Restarted}},
		{Text: "The client closes after the challenge: its security library refuses (minimum session security, NTLM blocked by policy, target name not accepted).", If: []fact.Fact{fact.ByNTLM, fact.ClientClosed}, Unless: []fact.Fact{fact.Restarted}},
		{Text: "The client's library does not take the server's token, or has none to answer it with.", If: []fact.Fact{fact.ByKerberos, fact.ClientClosed}, Unless: []fact.Fact{fact.Restarted}},
		{Text: "The server, or what stands before it, ends the connection when the token comes: a fault of its module, a limit of the header (token-too-large), a time limit.", If: []fact.Fact{fact.ServerClosed}},
		{Text: "A device between them gives up waiting.", Unless: []fact.Fact{fact.Restarted}},
	},
	Fix: []analysis.Advice{
		{Text: "Update the program; give it the user's name and password; or let it use Kerberos or Basic over TLS (git: http.emptyAuth, lfs.<url>.access).", If: []fact.Fact{fact.Restarted}},
		{Text: "Client: policies Network security: Minimum session security for NTLM SSP based clients, and Restrict NTLM: Outgoing; log Microsoft-Windows-NTLM/Operational.", If: []fact.Fact{fact.ByNTLM, fact.ClientClosed}},
		{Text: "Server: its error log at this time; the limits of token-too-large."},
	},
	Sources: []string{"MS-NLMP 3.1.5.1.2", "RFC 4559 section 4"},
	Follows: []string{"auth-token-malformed", "ntlm-connection-not-persistent", "ntlm-handshake-split-across-connections", "token-too-large", "http2-connection-auth", "server-error-after-auth"},
	Awaits:  "the next message of the handshake",
	Run:     runHandshakeAbandoned,
}

func runHandshakeAbandoned(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Outcome == analysis.Unknown && leftWaiting(p, h) {
			f := p.Found(h, h.Last().RequestPos(), "%s and %s did not finish: the client's token was not answered, and nothing came on its connection before the capture ended, more than a minute later", clientName(h), serverName(h))
			f.Severity, f.Evidence = analysis.Warning, analysis.Inferred
			if letInLater(p, h) {
				f.Severity = analysis.Info
			}
		}
		if h.Outcome != analysis.Abandoned {
			continue
		}
		last, c := h.Last(), h.Conn()
		end := "the connection then stayed silent"
		at := last.Exchange.Pos()
		if h.RestartedAt.Frame != 0 {
			end, at = "the client began anew with another message 1", h.RestartedAt
		} else if c.Closed() {
			by := c.EndedBy.String()
			if c.EndedBy == httpstream.Server {
				by = string(h.Target)
			}
			end = fmt.Sprintf("the %s then closed (%s)", by, c.Ending)
			at = c.EndedAt
		}
		f := p.Found(h, at, "%s and %s did not finish: %s, and %s", clientName(h), serverName(h), stage(h), end)
		f.Message += protocolsOf(h)
		if at.Compare(last.Exchange.Pos()) != 0 {
			f.AddProof(last.Exchange.Pos())
		}
		if !p.SawAll(h) {
			f.Severity, f.Evidence = analysis.Warning, analysis.Inferred
		}
		if letInLater(p, h) || c.EndedBy == httpstream.Client && letInBefore(p, h) != nil {
			f.Severity = analysis.Info
		}
	}
}

// leftWaiting reports whether a token got no answer for more than a minute while the capture
// went on.
func leftWaiting(p *analysis.Pass, h *analysis.Handshake) bool {
	last := h.Last()
	return last.Response == nil && last.Sent != nil && tokens.IsTokenScheme(h.Scheme) && p.SawAll(h) && p.End.Sub(last.SentPos().Time) > time.Minute
}

// protocolsOf says that the challenge came over another protocol than what followed it, "" if it
// did not.
func protocolsOf(h *analysis.Handshake) string {
	if l := onHTTP2(h); l != nil && !h.Last().HTTP2() {
		return "; the challenge came over HTTP/2, and the client went on over HTTP/1.1"
	}
	return ""
}

// stage says how far a handshake had come.
func stage(h *analysis.Handshake) string {
	switch l := h.Last(); {
	case l.Response == nil:
		return "the client's token was not answered"
	case l.NTLMOverHTTP2():
		return "the client had begun NTLM over HTTP/2, which cannot carry it, and was asked anew"
	case l.Answer().NTLM().Type() == 2:
		return fmt.Sprintf("the %s had sent its NTLM challenge", h.Target)
	}
	return fmt.Sprintf("the %s had asked for another token", h.Target)
}
