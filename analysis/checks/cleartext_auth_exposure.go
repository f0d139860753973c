package checks

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var cleartextAuthExposure = &analysis.Check{
	Name:        "cleartext-auth-exposure",
	Title:       "authentication goes over plain HTTP",
	Severity:    analysis.Warning,
	Evidence:    analysis.Proven,
	Topic:       analysis.Hygiene,
	OncePerHost: true,
	Means:       "The tokens and everything after them cross the network unprotected. An NTLM answer can be relayed or cracked offline, a ticket relayed to the same service, the session taken over; Extended Protection cannot help without TLS.",
	Proof:       "An NTLM message 3 or an AP-REQ on a connection whose TCP payload is HTTP itself.",
	Not:         "TLS opened with its keys; loopback, and a machine that talks to itself; the inside of a CONNECT tunnel.",
	Causes: []analysis.Advice{
		{Text: "WinRM over http: the bodies are encrypted, the logon itself can be recorded and attacked offline.", If: []fact.Fact{fact.ServerWinRM}, Unless: []fact.Fact{fact.ByKerberos}},
		{Text: "WinRM over http: the bodies are encrypted under the ticket's session key, unless AllowUnencrypted is set; headers and the name of the service can be read.", If: []fact.Fact{fact.ServerWinRM, fact.ByKerberos}},
		{Text: "The proxy is asked over plain HTTP, as most are.", If: []fact.Fact{fact.AtProxy}},
		{Text: "The site is served over http, or redirects to https only after it has authenticated.", If: []fact.Fact{fact.AtServer}, Unless: []fact.Fact{fact.ServerWinRM}},
	},
	Fix: []analysis.Advice{
		{Text: "Use the https listener (port 5986): winrm quickconfig -transport:https.", If: []fact.Fact{fact.ServerWinRM}},
		{Text: "Reach the proxy over https where client and proxy can (PAC: HTTPS proxy:port).", If: []fact.Fact{fact.AtProxy}},
		{Text: "Serve it over https only, with HSTS; then turn on Extended Protection.", If: []fact.Fact{fact.AtServer, fact.ServerIIS, fact.ServerADFS}},
		{Text: "Serve it over https only, with HSTS; mod_auth_gssapi: GssapiSSLonly On.", If: []fact.Fact{fact.ServerApache, fact.AtServer}},
		{Text: "Serve it over https only, with HSTS.", If: []fact.Fact{fact.AtServer}, Unless: []fact.Fact{fact.ServerWinRM, fact.ServerIIS, fact.ServerADFS, fact.ServerApache}},
	},
	Sources: []string{"RFC 4559 section 6", "Microsoft, Extended Protection, learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/extendedprotection"},
	Reads:   []string{"Content-Type"},
	Keep:    isOpenWinRM,
	Run:     runCleartextAuthExposure,
}

func runCleartextAuthExposure(p *analysis.Pass) {
	firstPerHost(p, exposed, func(h *analysis.Handshake) {
		what, l := "a Kerberos ticket", h.OpeningLeg()
		if n3, m := h.NTLM(3); m != nil {
			what, l = "an NTLM answer", n3
		} else if h.Mechanism == analysis.NTLM {
			what, l = "an NTLM answer", h.Last()
		}
		f := p.Found(h, l.RequestPos(), "%s for %s crossed the network in plain HTTP", what, serverName(h))
		if !h.ClientAddr().IsValid() {
			f.Evidence = analysis.Inferred // the client may be the machine of the server
		}
		if h.Mechanism == analysis.Kerberos && sealsWinRM(p, h) {
			f.Severity = analysis.Info // no password is behind it that can be guessed, and nothing follows in the clear
		}
	})
}

func exposed(h *analysis.Handshake) bool {
	_, n3 := h.NTLM(3)
	_, ap := h.APReq()
	if n3 == nil && ap == nil && !redacted(h) {
		return false
	}
	if _, m := h.NTLM(3); m != nil && m.Authenticate.Kind == tokens.ResponseLocal {
		return false
	}
	c := h.Conn()
	if c.Client.IsValid() && c.Client.Addr() == c.Server.Addr() {
		return false // one machine, whatever its address
	}
	if !c.Client.IsValid() { // an export that knows no connections
		return strings.HasPrefix(h.URL, "http://") && !c.Encrypted() && !c.Server.Addr().IsLoopback() && h.Host != "localhost"
	}
	return !c.Encrypted() && !c.TLSUnknown && (c.Tunnel == nil || !c.Tunnel.Request.AsksTunnel()) && !c.Client.Addr().IsLoopback() && !c.Server.Addr().IsLoopback()
}

// sealsWinRM reports whether the messages of a handshake with WinRM are encrypted by its mechanism: the first of them,
// or those behind it, where the client logs on without a message.
func sealsWinRM(p *analysis.Pass, h *analysis.Handshake) bool {
	if !h.WinRM() || slices.ContainsFunc(p.Exchanges, func(x *httpstream.Exchange) bool { return x.Conn == h.Conn() && isOpenWinRM(x) }) {
		return false
	}
	return h.Sealed() || h.Last().Request != nil && h.Last().Request.BodyLen == 0
}

// isOpenWinRM reports whether a message to WinRM is encrypted neither by TLS nor by a mechanism, as AllowUnencrypted
// lets it be.
func isOpenWinRM(x *httpstream.Exchange) bool {
	r := x.Request
	return r != nil && r.BodyLen > 0 && !x.Conn.Encrypted() && strings.HasPrefix(strings.ToLower(analysis.PathOf(r.Target)), "/wsman") &&
		strings.HasPrefix(strings.ToLower(r.Header.Value("Content-Type")), "application/soap+xml")
}

// redacted reports whether the browser's log names what was sent, and strips its token.
func redacted(h *analysis.Handshake) bool {
	l := h.OpeningLeg()
	return l != nil && l.Sent.Stripped && (h.Mechanism == analysis.Kerberos || h.Mechanism == analysis.NTLM) &&
		(h.Outcome == analysis.Succeeded || h.Outcome == analysis.Failed)
}
