package checks

import (
	"fmt"
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/servertext"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var serverErrorAfterAuth = &analysis.Check{
	Name:     "server-error-after-auth",
	Title:    "the server fails as soon as it is given the token",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means:    "The request with the last token ends in a 5xx, or the server resets the connection on it, while the server answers otherwise. What it does with the identity fails.",
	Proof:    "The final response of a handshake is a 5xx, or none comes and the server resets; no request of the same host without credentials ends like that.",
	Not:      "An application that fails for everybody: compare the same URL on an authenticated connection.",
	Causes: []analysis.Advice{
		{Text: "WinRM takes only encrypted bodies (multipart/encrypted) over http, unless AllowUnencrypted is set.", If: []fact.Fact{fact.ServerWinRM, fact.OverHTTP}, Unless: []fact.Fact{fact.SealedBodies}},
		{Text: "The body is encrypted: in it WinRM says what went wrong, as a fault. Most often the user has no rights there (access is denied).", If: []fact.Fact{fact.SealedBodies}},
		{Text: "Kestrel: requests of one handshake arrive over different connections (ntlm-handshake-split-across-connections).", If: []fact.Fact{fact.ServerKestrel}},
		{Text: "Wrong credentials: the first versions of ASP.NET Core (3.0) answer 500 to them.", If: []fact.Fact{fact.ServerKestrel}},
		{Text: "The keytab cannot be read by the server.", If: []fact.Fact{fact.ServerApache, fact.ServerNginx, fact.ServerTomcat, fact.ServerJetty}, Unless: append([]fact.Fact{fact.ByNTLM}, gatewayErrors...)},
		{Text: "The identity of the application pool, or impersonation without rights.", If: []fact.Fact{fact.ServerIIS}},
		{Text: "A gateway has no answer from the server behind it.", If: gatewayErrors},
		{Text: "The application failed, or what it does with the user's identity.", Unless: []fact.Fact{fact.SealedBodies}},
	},
	Fix: []analysis.Advice{
		{Text: remedySeal, If: []fact.Fact{fact.ServerWinRM, fact.OverHTTP}, Unless: []fact.Fact{fact.SealedBodies}},
		{Text: "The error that the client shows; the log Microsoft-Windows-WinRM/Operational on the server. For rights: the local groups Remote Management Users, Administrators; (Get-PSSessionConfiguration).Permission.", If: []fact.Fact{fact.SealedBodies}},
		{Text: "The server's error log at this time."},
		{Text: "Keytab: readable for the server's user only, and for it.", If: []fact.Fact{fact.ServerApache, fact.ServerNginx, fact.ServerTomcat, fact.ServerJetty}, Unless: append([]fact.Fact{fact.ByNTLM}, gatewayErrors...)},
	},
	Sources:  []string{"ASP.NET Core, NegotiateHandler.cs and issue 20100", "RFC 9110 section 15.6"},
	Follows:  []string{"ntlm-handshake-split-across-connections", "reported-reason"},
	Reads:    []string{"Authorization", "Server"},
	Keep:     serverFails,
	Run:      runServerErrorAfterAuth,
	Label:    "a message that is not encrypted",
	Explains: explainNotSealed,
}

// explainNotSealed says whether WinRM may have refused a message for not being encrypted.
func explainNotSealed(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	last := h.Last()
	if !h.WinRM() || !strings.HasPrefix(h.URL, "http://") || h.Sealed() || !tokens.IsTokenScheme(h.Scheme) || last.Request == nil || last.Request.BodyLen == 0 {
		return analysis.Explanation{}
	}
	return possible(3, positionsOf(last), "the message is not encrypted, and WinRM takes no other over plain HTTP unless AllowUnencrypted is set")
}

// gatewayErrors are the statuses of a gateway that has no answer from the server behind it.
var gatewayErrors = []fact.Fact{
	fact.Status(httpstream.StatusBadGateway), fact.Status(httpstream.StatusServiceUnavailable), fact.Status(httpstream.StatusGatewayTimeout),
}

// remedySeal is the remedy if WinRM refuses bodies that are not encrypted.
const remedySeal = `Let the client encrypt the messages (pywinrm: message_encryption="always"; Ansible: ansible_winrm_message_encryption), or use https (port 5986). Set-Item WSMan:\localhost\Service\AllowUnencrypted $true only to confirm it.`

func runServerErrorAfterAuth(p *analysis.Pass) {
	failing := map[netip.AddrPort]bool{}
	for _, x := range p.Exchanges {
		if serverFails(x) && x.Request != nil && !x.Request.Header.Has("Authorization") {
			failing[x.Conn.Server] = true
		}
	}
	for _, h := range p.Handshakes {
		last := h.Last()
		if h.Outcome == analysis.Failed || !tokens.IsTokenScheme(h.Scheme) && !passwordToWinRM(h) || !h.Complete && !h.Browser() || last.Sent == nil || failing[h.First().Conn.Server] && h.Server != "" || h.Target == analysis.ToProxy {
			continue
		}
		c := h.Conn()
		switch {
		case last.Status() >= httpstream.StatusInternalServerError && last.Sent.NTLM().Type() == 1:
			p.Found(h, last.ResponsePos(), "%s answered %d to the NTLM message 1 of %s, before anybody was authenticated", serverName(h), last.Status(), clientName(h)).AddProof(last.RequestPos())
		case last.ErrorText != "": // reported-reason says it
		case servertext.HTTPSysError(last.Response) != "": // httpsys-refused says it
		case last.Status() >= httpstream.StatusInternalServerError:
			f := p.Found(h, last.ResponsePos(), "%s answered %d to the request with the %s of %s%s", serverName(h), last.Status(), tokenOrPassword(h), clientName(h), inItsWords(last))
			f.AddProof(last.RequestPos())
			f.Cause = secondHop(last)
			if p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
			}
		case last.Response == nil && c.Ending == httpstream.RST && c.EndedBy == httpstream.Server && p.SawAll(h):
			f := p.Found(h, c.EndedAt, "%s reset the connection on the request with the token of %s", serverName(h), clientName(h))
			f.AddProof(last.RequestPos())
			f.Cause = overLimit(h)
		}
	}
}

// secondHop says that a page names nobody as the user who was refused, "" if it does not: what the application called
// in turn refused it.
func secondHop(l *analysis.Leg) string {
	if small := strings.ToLower(l.Words); !strings.Contains(small, "anonymous logon") && !strings.Contains(small, "anonymous-anmeldung") {
		return ""
	}
	return "The application went on to another server, such as a database, as nobody: the user's logon does not reach that second hop. It does with Kerberos on both and delegation to the service there (MSSQLSvc/<database>), and NTLM cannot be passed on."
}

// overLimit says that the header of the last request is larger than the server accepts by default;
// it is known by the name in its challenge. "" if it is not.
func overLimit(h *analysis.Handshake) string {
	asked, last := h.ChallengeLeg(), h.Last()
	if asked == nil || asked.Response == nil || last.Request == nil {
		return ""
	}
	limit := analysis.HeaderLimitOf(asked.Response.Header.Value("Server"))
	if limit == nil {
		return ""
	}
	for _, most := range []int{limit.Line, limit.Total} {
		if most > 0 && last.Request.HeadLen > most {
			return fmt.Sprintf("The header has %d bytes, and such a server takes %d by default; to raise it: %s.", last.Request.HeadLen, most, limit.Setting)
		}
	}
	return ""
}

// passwordToWinRM reports whether a client sent a password to WinRM, which checks the message
// after the password.
func passwordToWinRM(h *analysis.Handshake) bool {
	return h.Mechanism == analysis.Basic && h.WinRM()
}

func tokenOrPassword(h *analysis.Handshake) string {
	if h.Mechanism == analysis.Basic {
		return "password"
	}
	return "token"
}

// serverFails reports whether the server failed, which it may do for everybody.
func serverFails(x *httpstream.Exchange) bool {
	return x.Response != nil && x.Response.Status >= httpstream.StatusInternalServerError
}
