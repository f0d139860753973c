package checks

import (
	"cmp"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/knownerror"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var loggedCause = &analysis.Check{
	Name:     "logged-cause",
	Title:    "the server's own log names why somebody was refused",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "The log of the server has a line about this very request, and its status of Windows stands for one cause: the clock, the channel binding, the account. " +
		"On the wire all of these are the same bare 401.",
	Proof: "A line of an IIS log for the refused request (same client, method, path, status and second, and no other request that it could be), with a sc-win32-status that has one meaning.",
	Not: "SEC_E_LOGON_DENIED and SEC_E_INVALID_TOKEN: they only say that the logon failed, or that the token could not be read. " +
		"SEC_E_NO_CREDENTIALS beside an NTLM challenge, and ERROR_ACCESS_DENIED beside the first 401.",
	Causes: []analysis.Advice{
		{Text: "Extended Protection: TLS ends before the server, or the client sends no channel binding.", If: loggedFacts(loggedBinding)},
		{Text: "The clock of the client or of the server is off.", If: loggedFacts(loggedClock)},
		{Text: "The service runs under another account than the one that holds the name (setspn -Q <SPN>), or the name is not its own.", If: loggedFacts(loggedPrincipal)},
		{Text: "The server reaches no domain controller, or its secure channel is broken.", If: loggedFacts(loggedDomain)},
		{Text: "The account: its state, its password, or where and when it may log on.", If: loggedFacts(loggedAccount)},
	},
	Fix: []analysis.Advice{
		{Text: `To confirm: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /extendedProtection.tokenChecking:"Allow" /commit:apphost. Then fix the TLS path.`, If: loggedFacts(loggedBinding)},
		{Text: "w32tm /query /status on client, server and domain controller; w32tm /resync.", If: loggedFacts(loggedClock)},
		{Text: "setspn -Q <SPN> must name the account of the application pool, or the machine with kernel mode on.", If: loggedFacts(loggedPrincipal)},
		{Text: "On the server: nltest /sc_verify:<domain>; Test-ComputerSecureChannel -Repair.", If: loggedFacts(loggedDomain)},
		{Text: "Get-ADUser <user> -Properties Enabled,LockedOut,PasswordExpired,AccountExpirationDate; the server's Security log, event 4625.", If: loggedFacts(loggedAccount)},
	},
	Sources: []string{
		"Microsoft, HTTP status codes in IIS, learn.microsoft.com/troubleshoot/developer/webapps/iis/health-diagnostic-performance/http-status-code",
		"MS-ERREF 2.1 and 2.2",
	},
	Run: runLoggedCause,
}

// The statuses of Windows that stand for one cause each.
var (
	loggedBinding   = []string{"SEC_E_BAD_BINDINGS", "STATUS_BAD_BINDINGS"}
	loggedClock     = []string{"SEC_E_TIME_SKEW", "ERROR_TIME_SKEW", "STATUS_TIME_DIFFERENCE_AT_DC"}
	loggedPrincipal = []string{"SEC_E_WRONG_PRINCIPAL", "ERROR_WRONG_TARGET_NAME"}
	loggedDomain    = []string{
		"SEC_E_NO_AUTHENTICATING_AUTHORITY", "STATUS_NO_LOGON_SERVERS", "ERROR_NO_LOGON_SERVERS", "ERROR_NO_SUCH_DOMAIN",
		"STATUS_TRUSTED_DOMAIN_FAILURE", "ERROR_TRUSTED_DOMAIN_FAILURE", "STATUS_TRUSTED_RELATIONSHIP_FAILURE", "ERROR_TRUSTED_RELATIONSHIP_FAILURE",
		"STATUS_NO_TRUST_LSA_SECRET", "STATUS_NO_TRUST_SAM_ACCOUNT", "ERROR_NO_TRUST_SAM_ACCOUNT",
	}
	loggedAccount = []string{
		"STATUS_NO_SUCH_USER", "ERROR_NO_SUCH_USER", "STATUS_WRONG_PASSWORD", "STATUS_LOGON_FAILURE", "ERROR_LOGON_FAILURE",
		"STATUS_ACCOUNT_RESTRICTION", "ERROR_ACCOUNT_RESTRICTION", "STATUS_INVALID_LOGON_HOURS", "ERROR_INVALID_LOGON_HOURS",
		"STATUS_INVALID_WORKSTATION", "ERROR_INVALID_WORKSTATION", "STATUS_PASSWORD_EXPIRED", "ERROR_PASSWORD_EXPIRED",
		"STATUS_PASSWORD_MUST_CHANGE", "ERROR_PASSWORD_MUST_CHANGE", "STATUS_ACCOUNT_DISABLED", "ERROR_ACCOUNT_DISABLED",
		"STATUS_ACCOUNT_EXPIRED", "ERROR_ACCOUNT_EXPIRED", "STATUS_ACCOUNT_LOCKED_OUT", "ERROR_ACCOUNT_LOCKED_OUT",
		"STATUS_LOGON_TYPE_NOT_GRANTED", "ERROR_LOGON_TYPE_NOT_GRANTED", "STATUS_NTLM_BLOCKED",
	}
)

func loggedFacts(names []string) []fact.Fact {
	facts := make([]fact.Fact, len(names))
	for i, name := range names {
		facts[i] = fact.Logged(name)
	}
	return facts
}

// loggedStatus returns the status of Windows for the last request of a handshake in the server's
// log; 0 if there is no line.
func loggedStatus(h *analysis.Handshake) tokens.Win32Status {
	if q := h.Last().Logged; q != nil {
		return q.Win32Status
	}
	return 0
}

// isLogged reports whether the server's log has one of the statuses for the refusal of h.
func isLogged(h *analysis.Handshake, names []string) bool {
	status := loggedStatus(h)
	return status != 0 && slices.Contains(names, status.Name())
}

// causeLogged reports whether the server's log names the one cause of the refusal of h: other
// apparent causes are then none.
func causeLogged(h *analysis.Handshake) bool {
	return slices.ContainsFunc([][]string{loggedBinding, loggedClock, loggedPrincipal, loggedDomain}, func(names []string) bool { return isLogged(h, names) })
}

func runLoggedCause(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Outcome != analysis.Failed || h.Last().Sent == nil && !refusedUnseen(h) {
			continue
		}
		for _, names := range [][]string{loggedBinding, loggedClock, loggedPrincipal, loggedDomain, loggedAccount} {
			if !isLogged(h, names) || h.Mechanism != analysis.Basic && strings.HasSuffix(loggedStatus(h).Name(), "LOGON_FAILURE") {
				continue // with NTLM that may be the channel binding as well
			}
			stated, where := h.Last().StatedReason()
			what := "credentials of " + clientName(h) + ", which its export does not have"
			if h.Last().Sent != nil {
				what = credentialsOf(h)
			}
			f := p.Found(h, h.Last().ResponsePos(), "%s refused %s, and %s says %s: %s", serverName(h), what, where, stated, meaningOf(loggedStatus(h)))
			f.Cause = statusMeans(loggedStatus(h))
			f.AddProof(h.Last().RequestPos())
			f.AddProof(logPlace(h.Last())...)
			if p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
			}
		}
	}
}

// refusedUnseen reports whether the server's log shows that it refused credentials that a browser
// did not record.
func refusedUnseen(h *analysis.Handshake) bool {
	q := h.Last().Logged
	return h.LastResponseOnly() && q != nil && analysis.StepOf(q) == analysis.LogsRefusal
}

// meaningOf says what a status means, as a part of a sentence.
func meaningOf(s tokens.Win32Status) string {
	text := strings.TrimSuffix(cmp.Or(statusMeans(s), s.Name()), ".")
	return strings.ToLower(text[:1]) + text[1:]
}

// statusMeans returns what a status means, as a sentence; "" if there is none.
func statusMeans(s tokens.Win32Status) string {
	return cmp.Or(knownerror.OfWin32(s.Name()), knownerror.OfNTStatus(s.Name()))
}

// logPlace returns the place of a leg in the server's log.
func logPlace(l *analysis.Leg) []httpstream.Pos {
	if l.Logged == nil {
		return nil
	}
	return []httpstream.Pos{l.Logged.Pos}
}

// statedPlaces returns the places of a leg, and its place in the server's log.
func statedPlaces(l *analysis.Leg) []httpstream.Pos { return append(positionsOf(l), logPlace(l)...) }
