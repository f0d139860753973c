package checks

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/knownerror"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var logLogonRefused = &analysis.Check{
	Name:     "log-logon-refused",
	Variants: []string{"logon", "rights", "behind", "not-finished", "not-answered", "by-envoy"},
	Title:    "a web server's log alone shows that somebody was not let in",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means: "There is no capture of these requests. The log of IIS has their sub-status and what Windows said: a logon that failed (401.1 with an error), a user who was known and lacks the right (401.3, 401.4, 401.5, 403), or a handshake that stopped. " +
		"The scheme and the tokens are not in a log.",
	Proof: "A line with such a status. What did not go on is inferred from the lines that follow: of the same client, program and site, for two minutes.",
	Not: "The 401s of a handshake that goes on: 401.2 with ERROR_ACCESS_DENIED (5), then 401.1 with SEC_E_NO_CREDENTIALS (2148074254), then the line that names the user. " +
		"A refusal after which the same client was let in within two minutes is a warning: a retry, or another user behind the same address. A 401.0 is an application's own.",
	Causes: []analysis.Advice{
		{Text: "Extended Protection: TLS ends before the server, or the client sends no channel binding.", If: loggedFacts(loggedBinding)},
		{Text: "The clock of the client or of the server is off.", If: loggedFacts(loggedClock)},
		{Text: "The service runs under another account than the one that holds the name, or the name is not its own.", If: loggedFacts(loggedPrincipal)},
		{Text: "The server reaches no domain controller, or its secure channel is broken.", If: loggedFacts(loggedDomain)},
		{Text: "The account: its state, its password, or where and when it may log on.", If: loggedFacts(loggedAccount)},
		{Text: "SEC_E_LOGON_DENIED stands for all of these: a wrong password or account, a channel binding that is missing, a name of the machine itself (loopback check), NTLM that a policy forbids.", If: loggedFacts([]string{"SEC_E_LOGON_DENIED"})},
		{Text: "The token is for another mechanism, was cut, or came on the wrong connection (a proxy that shares connections).", If: loggedFacts([]string{"SEC_E_INVALID_TOKEN"})},
		{Text: "The access list of the file or directory does not let the user read.", If: []fact.Fact{fact.SubStatus("401.3")}},
		{Text: "An ISAPI filter refused.", If: []fact.Fact{fact.SubStatus("401.4")}},
		{Text: "The application refused, by a rule of its own.", If: []fact.Fact{fact.SubStatus("401.5"), fact.SubStatus("403"), fact.SubStatus("401")}, Unless: []fact.Fact{fact.AtProxy, byEnvoy}},
		{Text: "A rule of the proxy (http_access of Squid) does not let this user have that page.", If: []fact.Fact{fact.AtProxy, fact.SubStatus("403")}},
	},
	Fix: []analysis.Advice{
		{Text: "Windows: Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} on the server has the reason and the user. Give that with this one.", If: []fact.Fact{fact.SubStatus("401.1"), fact.SubStatus("401")}, Unless: []fact.Fact{fact.ErrorLogGiven, byEnvoy}},
		{Text: "Apache httpd, nginx: the error log has the reason, and Apache's at LogLevel info what a module says besides. Give that with this one.", If: []fact.Fact{fact.SubStatus("401")}, Unless: []fact.Fact{fact.ServerIIS, fact.ErrorLogGiven, byEnvoy}},
		{Text: "negotrace decode <token> shows who made it (iss), for whom (aud), with which key (kid) and until when (exp): compare with the rules of Envoy (jwtRules of RequestAuthentication in Istio) and with the keys at jwksUri.", If: []fact.Fact{byEnvoy}},
		{Text: `To confirm: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /extendedProtection.tokenChecking:"Allow" /commit:apphost. Then fix the TLS path.`, If: loggedFacts(loggedBinding)},
		{Text: "w32tm /query /status on client, server and domain controller; w32tm /resync.", If: loggedFacts(loggedClock)},
		{Text: "setspn -Q <SPN> must name the account of the application pool, or the machine with kernel mode on.", If: loggedFacts(loggedPrincipal)},
		{Text: "On the server: nltest /sc_verify:<domain>; Test-ComputerSecureChannel -Repair.", If: loggedFacts(loggedDomain)},
		{Text: "Get-ADUser <user> -Properties Enabled,LockedOut,PasswordExpired,AccountExpirationDate.", If: loggedFacts(loggedAccount)},
		{Text: "The proxy's own messages at this time: Squid's cache.log has what its helper says (negotiate_kerberos_auth -d, ntlm_auth); wbinfo -a <user> tries a password.", If: []fact.Fact{fact.AtProxy, fact.SubStatus("407")}, Unless: []fact.Fact{fact.ErrorLogGiven}},
		{Text: "icacls <file> shows who may read it.", If: []fact.Fact{fact.SubStatus("401.3")}},
		{Text: "Capture the same requests (netsh trace, pktmon), and give the capture with the log: it has the scheme, the ticket and the names."},
	},
	Sources: []string{
		"Microsoft, HTTP status codes in IIS, learn.microsoft.com/troubleshoot/developer/webapps/iis/health-diagnostic-performance/http-status-code",
		"MS-ERREF 2.1 and 2.2",
	},
	Run: runLogLogonRefused,
}

// byEnvoy says that a filter of Envoy refused, whose log has the reason.
const byEnvoy = fact.Fact("variant:by-envoy")

func runLogLogonRefused(p *analysis.Pass) {
	in := loggedIn(p.LoggedHandshakes)
	for _, h := range p.LoggedHandshakes {
		q := h.Last().Logged
		step := analysis.StepOf(q)
		switch {
		case q.Details != "":
			f := p.Found(h, q.Pos, "Envoy refused a request of %s to %s by itself, and its log says why: %s", clientName(h), loggedServer(h), q.Details)
			f.Variant, f.Cause = "by-envoy", envoyCause(q.Details)
			f.SetCount(1+h.Repeats, h.LastLine)
		case h.Outcome == analysis.Abandoned:
			f := p.Found(h, q.Pos, "%s went on with a handshake, and its log has nothing more of it from %s", loggedServer(h), clientName(h))
			f.Variant, f.Severity, f.Evidence = "not-finished", analysis.Warning, analysis.Inferred
			f.SetCount(1+h.Repeats, h.LastLine)
			f.Cause = "The client had nothing to go on with, gave up, or went on at another server of the same name."
		case h.Outcome == analysis.Unanswered:
			says, or := "has no request with any from clients that were asked", ""
			if !q.NamesSubStatus && q.Win32Status == 0 {
				says, or = "has nobody of those who were asked who was let in", " Or they were refused: a log without a sub-status shows the same then."
			}
			f := p.Found(h, q.Pos, "%s asked for credentials, and its log %s", loggedServer(h), says)
			f.Variant, f.Severity, f.Evidence = "not-answered", analysis.Warning, analysis.Inferred
			f.SetCount(1+h.Repeats, h.LastLine)
			f.Cause = "The program takes the " + fmt.Sprint(int(h.Target.Challenge())) + " for its answer, does not trust the site with a logon, or its user closed the prompt." + or
			saidInErrorLog(p, h, f)
		case step == analysis.LogsRefusal:
			refusedInLog(p, h, in)
		case step == analysis.LogsNoRight:
			noRightInLog(p, h, in)
		case q.Status >= httpstream.StatusInternalServerError && q.Win32Status.RefusesLogon():
			f := p.Found(h, q.Pos, "%s let %s log on and answered %s: a logon behind it failed (%s)", loggedServer(h), clientName(h), loggedSays(h), meaningOf(q.Win32Status))
			f.Variant, f.Severity = "behind", analysis.Warning
			f.SetCount(1+h.Repeats, h.LastLine)
		}
	}
}

// envoyCauses are what filters of Envoy say of credentials (jwt_verify_lib, status.cc; ext_authz; basic_auth), by a part of it.
var envoyCauses = []struct{ part, cause string }{
	{"Jwt_is_expired", "The token has expired: the client has to get a new one. Where it is new, a clock is off."},
	{"Jwt_is_not_yet_valid", "The token is not valid yet: a clock is off."},
	{"Jwt_verification_fails", "No key that Envoy has of the issuer (jwksUri, jwks) made the signature: the keys are of another tenant or realm, were changed since, or the token is for another service and only looks like one for this (an access token of Microsoft Graph)."},
	{"Jwt_issuer_is_not_configured", "The token's issuer (iss) is none of those in the rules: letter for letter, with the slash at its end."},
	{"Audiences_in_Jwt_are_not_allowed", "The token is for another service (aud) than the rule allows (audiences)."},
	{"Jwks_remote_fetch_is_failed", "Envoy could not get the keys of the issuer (jwksUri): its name, the way there, its certificate."},
	{"Jwt_is_not_in_the_form_of_Header.Payload.Signature", "What came as a Bearer token is no JWT: an opaque token, or a word such as null that a script put there."},
	{"ext_authz_error", "The service that Envoy asks for authorisation did not answer, or with an error."},
	{"invalid_credential_for_basic_auth", "Envoy's filter for Basic knows no such user, or does not take this password."},
}

// envoyCause returns what Envoy's reason means, "" if that is not known.
func envoyCause(details string) string {
	for _, c := range envoyCauses {
		if strings.Contains(details, c.part) {
			return c.cause
		}
	}
	return ""
}

// A visitor is a client of a site as logs show it.
type visitor struct{ client, server, host, program string }

func visitorOf(h *analysis.Handshake) visitor { return visitor{h.Client, h.Server, h.Host, h.Program} }

// loggedIn returns the rows of clients that were let in and served.
func loggedIn(logged []*analysis.Handshake) map[visitor][]*analysis.Handshake {
	in := map[visitor][]*analysis.Handshake{}
	for _, h := range logged {
		if h.Outcome == analysis.Succeeded && analysis.StepOf(h.Last().Logged) != analysis.LogsNoRight {
			in[visitorOf(h)] = append(in[visitorOf(h)], h)
		}
	}
	return in
}

// refusedInLog reports a logon that failed.
func refusedInLog(p *analysis.Pass, h *analysis.Handshake, in map[visitor][]*analysis.Handshake) {
	q := h.Last().Logged
	cause, means := statusMeans(q.Win32Status), ""
	if q.Win32Status == tokens.SecELogonDenied {
		cause = "" // it only says that the logon failed
	}
	if cause != "" {
		means = inBrackets(cause)
	}
	what := "the logon of " + clientName(h)
	if !q.NamesSubStatus && q.Win32Status == 0 {
		what, cause = "credentials of "+clientName(h), "The credentials are wrong, or the user may not have this page: a log without a sub-status does not say which."
		if h.Target == analysis.ToProxy {
			cause = "The proxy's helper refused the credentials or could not check them, or a rule about users refuses this one and asks anew: the log of requests does not say which."
		}
	}
	f := p.Found(h, q.Pos, "%s refused %s: its log has %s%s", loggedServer(h), what, loggedSays(h), means)
	f.Variant, f.Cause = "logon", cause
	f.SetCount(1+h.Repeats, h.LastLine)
	if q.Win32Status == tokens.SecELogonDenied && q.Client.Addr().IsValid() && q.Client.Addr() == q.Server.Addr() {
		f.Cause = loopedBack
	}
	saidInErrorLog(p, h, f)
	if e := eventOf(p, h); e != nil {
		f.Cause = "If " + cmp.Or(e.Computer, "its computer") + " is this server, the event log says why, from the same address at that time (" + analysis.EventPlace(e.Event) + "): " + e.Says + "."
		f.Also = append(f.Also, e.Pos)
		f.NamedErrors(analysis.EventStatuses(e.Event))
	}
	for _, o := range in[visitorOf(h)] {
		if h.User != "" && o.User != "" && !analysis.SameAccount(o.User, h.User) {
			continue // somebody else, behind the same address
		}
		if o.Start.Time.Sub(h.LastRepeat) > analysis.Soon {
			continue // too long after it for a retry
		}
		if o.LastRepeat.After(h.LastRepeat) || o.LastRepeat == h.LastRepeat && o.Legs[0].Logged.Pos.Frame > q.Pos.Frame {
			f.Severity = analysis.Warning
			f.Cause = "The same client was let in later, as " + cmp.Or(o.User, "somebody") + ": a retry, or another user behind the same address."
			return
		}
	}
}

// loopedBack is why a machine may refuse a logon that comes from itself.
const loopedBack = "Perhaps the loopback check: the client is the server itself, and Windows refuses NTLM from a machine to itself under a name that is not its own (BackConnectionHostNames lists further ones). A wrong password looks the same: try from another machine."

// eventOf returns the only refusal in event logs of the client of a row at its time; nil if
// there is none, or if several say different things. The clocks of a domain agree to seconds.
func eventOf(p *analysis.Pass, h *analysis.Handshake) (found *analysis.EventRow) {
	for _, e := range h.Events {
		switch {
		case e.ID != 4625:
		case found != nil:
			return nil
		default:
			found = &analysis.EventRow{Event: e.Event, Says: analysis.EventSays(e.Event)}
		}
	}
	if found != nil {
		return found
	}
	const slack = 5 * time.Second
	for _, e := range p.Events {
		if e.ID != 4625 || e.Logon == nil || !byWebServer(e.Logon.Type) || e.IsLocalTime || !e.Client().IsValid() || e.Client() != h.ClientAddr() ||
			e.Last.Time.Before(h.Start.Time.Add(-slack)) || e.Pos.Time.After(h.LastRepeat.Add(slack)) {
			continue
		}
		if found != nil {
			return nil
		}
		found = e
	}
	return found
}

// byWebServer reports whether web servers log users on in this way: over the network (3), with the
// password itself (8), or interactively (2), as IIS may for Basic. Remote Desktop, services and
// tasks use other types.
func byWebServer(logonType int) bool {
	return logonType == 2 || logonType == 3 || logonType == 8
}

// noRightInLog reports a request that was refused after the logon.
func noRightInLog(p *analysis.Pass, h *analysis.Handshake, in map[visitor][]*analysis.Handshake) {
	q := h.Last().Logged
	f := p.Found(h, q.Pos, "%s let %s log on and refused %s: its log has %s", loggedServer(h), clientName(h), h.URL, loggedSays(h))
	f.Variant, f.Cause = "rights", knownerror.OfIIS(analysis.LoggedStatus(q))
	f.SetCount(1+h.Repeats, h.LastLine)
	if q.Status == httpstream.StatusUnauthorized && q.SubStatus == 2 {
		f.Cause = "URL authorisation does not let the user in."
	}
	if q.SubStatus >= 3 && q.SubStatus <= 5 {
		return
	}
	for _, o := range in[visitorOf(h)] {
		if strings.EqualFold(o.User, h.User) {
			f.Severity = analysis.Warning // some of what the user asks for is not allowed
			return
		}
	}
}

// loggedServer names the server of a log, which may not name it itself.
func loggedServer(h *analysis.Handshake) string { return cmp.Or(serverName(h), "the server") }

// loggedSays returns the status of the last line of a row, and what Windows said: "401.1
// SEC_E_LOGON_DENIED (0x8009030C)".
func loggedSays(h *analysis.Handshake) string {
	q := h.Last().Logged
	text := analysis.LoggedStatus(q)
	if q.Win32Status != 0 {
		text += " " + q.Win32Status.String()
	}
	if q.Module != "" {
		text += " of the " + q.Module
	}
	return text
}
