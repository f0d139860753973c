package checks

import (
	"cmp"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/knownerror"
	"negotrace/capture/eventlog"
	"negotrace/tokens"
)

var eventLogonRefused = &analysis.Check{
	Name:     "event-logon-refused",
	Variants: []string{"logon", "validation", "ticket", "without-sub-status"},
	Title:    "an event log names why a logon was refused",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Windows logged the refusal with its status: of the server that refused (4625), of the domain controller that checked an NTLM answer (4776), or of the KDC that gave no ticket (4768, 4769, 4771). On the wire the first two are a bare 401.",
	Proof:    "The event, found by address and port, or by computer, user, package and time; the finding says which. Without a capture, each event by itself.",
	Not:      "A refusal of a KDC that the capture holds: its message is read there. KDC_ERR_PREAUTH_REQUIRED, which asks for more and refuses nobody.",
	Causes: []analysis.Advice{
		{Text: "The reason is the one that the status of the event names."},
		{Text: "STATUS_LOGON_FAILURE alone stands for an unknown user or a wrong password; a sub status behind it says which.",
			If: []fact.Fact{fact.NTStatus("STATUS_LOGON_FAILURE")}, Unless: []fact.Fact{fact.NTStatus("STATUS_NO_SUCH_USER"), fact.NTStatus("STATUS_WRONG_PASSWORD"), withoutSubStatus}},
	},
	Fix: []analysis.Advice{
		{Text: "Enter the right password; where a program does it, look for an old one that is stored on the machine that the event names: cmdkey /list, services, scheduled tasks, mapped drives.", If: []fact.Fact{fact.NTStatus("STATUS_WRONG_PASSWORD")}},
		{Text: "Enter the right password; where a program does it, look for an old one that is stored at the address that the event names: services, scheduled tasks, mapped drives, a keytab.", If: []fact.Fact{fact.Code(tokens.KDCErrPreauthFailed)}},
		{Text: `Look for the account: Get-ADUser -Filter "SamAccountName -eq '<user>' -or UserPrincipalName -eq '<user>'"; or give the name with the domain that has it.`, If: []fact.Fact{fact.Code(tokens.KDCErrCPrincipalUnknown)}},
		{Text: `Look for the account: Get-ADUser -Filter "SamAccountName -eq '<user>' -or UserPrincipalName -eq '<user>'"; a local account of a computer is none of Active Directory.`, If: []fact.Fact{fact.NTStatus("STATUS_NO_SUCH_USER")}},
		{Text: `To confirm: appcmd set config "Site" -section:system.webServer/security/authentication/windowsAuthentication /extendedProtection.tokenChecking:"Allow" /commit:apphost. Then fix the TLS path, or the client that sends no binding.`, If: []fact.Fact{fact.NTStatus("STATUS_BAD_BINDINGS")}},
		{Text: "setspn -Q <SPN> must find exactly one account; if none: setspn -S <SPN> <account that runs the site>.", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown), fact.Code(tokens.KDCErrPrincipalNotUnique)}},
		{Text: "Reset the password of the account that has the service principal name (that makes AES keys), and set msDS-SupportedEncryptionTypes to 24 (0x18, AES).", If: []fact.Fact{fact.Code(tokens.KDCErrETypeNoSupp)}},
		{Text: "w32tm /query /status on client, server and domain controller; w32tm /resync.", If: []fact.Fact{fact.Code(tokens.KRBAPErrSkew), fact.NTStatus("STATUS_TIME_DIFFERENCE_AT_DC")}},
		{Text: "On the server: nltest /sc_verify:<domain>; Test-ComputerSecureChannel -Repair.", If: domainStatuses},
		{Text: "Give the user, or a group of it, the right Allowed to Authenticate on the server's computer account, in the server's domain.", If: []fact.Fact{fact.NTStatus("STATUS_AUTHENTICATION_FIREWALL_FAILED")}},
		{Text: "Group policies Network security: Restrict NTLM, of the server (incoming), of the domain, and their lists of exceptions. Better, let the client use Kerberos, by a name that has an SPN.", If: []fact.Fact{fact.NTStatus("STATUS_NTLM_BLOCKED")}},
		{Text: "Members of Protected Users get in with Kerberos alone, by a name that has an SPN: Get-ADPrincipalGroupMembership <user>.", If: []fact.Fact{fact.NTStatus("STATUS_ACCOUNT_RESTRICTION"), fact.ByNTLM}, Unless: accountStatuses},
		{Text: `The group policy "Access this computer from the network" of the server, and the one that denies it.`, If: []fact.Fact{fact.NTStatus("STATUS_LOGON_TYPE_NOT_GRANTED")}},
		{Text: `Make Kerberos possible for the name, or add the server to the policy "Network security: Restrict NTLM: Add remote server exceptions for NTLM authentication" (at the client), or to its counterpart for the domain.`, If: []fact.Fact{fact.NTStatus("STATUS_NTLM_BLOCKED")}},
		{Text: "Try from another machine. If only the server itself is refused: list the name in use in BackConnectionHostNames (REG_MULTI_SZ, under HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0).", If: []fact.Fact{withoutSubStatus}},
		{Text: "Get-ADUser <user> -Properties Enabled,LockedOut,PasswordExpired,AccountExpirationDate shows the state of the account.", Unless: notOfAccount},
		{Text: "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} on the server, and 4776 and 4771 on the domain controllers, show whether it goes on."},
		{Text: "negotrace explain <status> says what a status means, by its name or number; MS-ERREF 2.3 has those that it does not know."},
	},
	Sources: []string{"Microsoft, 4625: An account failed to log on", "Microsoft, 4776, 4768, 4769 and 4771", "MS-ERREF 2.3"},
	Run:     runEventLogonRefused,
}

// domainStatuses are the statuses of a server that cannot reach its domain, or no longer belongs
// to it.
var domainStatuses = []fact.Fact{
	fact.NTStatus("STATUS_NO_LOGON_SERVERS"), fact.NTStatus("STATUS_TRUSTED_DOMAIN_FAILURE"), fact.NTStatus("STATUS_TRUSTED_RELATIONSHIP_FAILURE"),
	fact.NTStatus("STATUS_NO_TRUST_LSA_SECRET"), fact.NTStatus("STATUS_NO_TRUST_SAM_ACCOUNT"),
}

// withoutSubStatus says that 4625 has STATUS_LOGON_FAILURE and no sub-status behind it.
const withoutSubStatus = fact.Fact("variant:without-sub-status")

// notOfAccount are the errors that the state of a user's account does not explain: there is no
// such account, or the service, the server or the connection is at fault.
var notOfAccount = append([]fact.Fact{
	fact.Code(tokens.KDCErrCPrincipalUnknown), fact.NTStatus("STATUS_NO_SUCH_USER"),
	fact.Code(tokens.KDCErrSPrincipalUnknown), fact.Code(tokens.KDCErrPrincipalNotUnique),
	fact.Code(tokens.KDCErrETypeNoSupp), fact.Code(tokens.KRBAPErrSkew),
	fact.NTStatus("STATUS_BAD_BINDINGS"), fact.NTStatus("STATUS_TIME_DIFFERENCE_AT_DC"), fact.NTStatus("STATUS_LOGON_TYPE_NOT_GRANTED"),
	fact.NTStatus("STATUS_NTLM_BLOCKED"), fact.NTStatus("STATUS_AUTHENTICATION_FIREWALL_FAILED"), withoutSubStatus,
}, domainStatuses...)

func runEventLogonRefused(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		for _, e := range h.Events {
			switch {
			case !refusesLogon(e), saidBetter(h, e):
			case h.Outcome != analysis.Failed && e.Ticket == nil, h.Outcome == analysis.Succeeded && h.Mechanism == analysis.Kerberos:
				// it was another attempt
			default:
				foundRefusedByEvent(p, h, e)
			}
		}
	}
	if !p.LogsAlone {
		return
	}
	for _, row := range p.Events {
		switch e := (&analysis.LoggedEvent{Event: row.Event}); {
		case row.ID == 4625 && row.Logon != nil && len(analysis.EventStatuses(row.Event)) == 0:
			refusedWithoutStatus(p, row)
		case refusesLogon(e) && !oneOfManyLogged(p, row):
			foundRefusedInLog(p, row, e)
		}
	}
}

// foundRefusedByEvent reports an event that says why a handshake was refused.
func foundRefusedByEvent(p *analysis.Pass, h *analysis.Handshake, e *analysis.LoggedEvent) {
	status, means := refusalStatus(e)
	f := p.Found(h, h.Last().ResponsePos(), "%s, and %s says why: %s%s", refusedWhom(h, e), analysis.EventPlace(e.Event), status, inBrackets(means))
	f.Variant, f.Evidence, f.Cause = refusalVariant(e), e.Evidence, eventCause(e, status, means)
	f.Also = append(f.Also, e.Pos)
	if _, n3 := h.NTLM(3); isNTLMv1(n3) && (e.Validation != nil || e.Logon != nil) {
		f.Cause += notWhichVersion(status)
	}
	f.Cause += boundTo(h, status)
	if h.Outcome != analysis.Failed || p.LetInAfter(h) != nil {
		f.Severity = analysis.Warning
	}
	f.NamedErrors(analysis.EventStatuses(e.Event))
}

// foundRefusedInLog reports an event of a log beside which there is no capture.
func foundRefusedInLog(p *analysis.Pass, row *analysis.EventRow, e *analysis.LoggedEvent) {
	status, means := refusalStatus(e)
	f := p.Found(nil, row.Pos, "%s: %s%s", analysis.EventPlace(row.Event), row.Says, inBrackets(means))
	f.Variant, f.User, f.Cause = refusalVariant(e), analysis.EventUser(row.Event), eventCause(e, status, means)
	f.SetCount(row.Count, row.Last)
	if row.Client().IsValid() {
		f.Client = row.Client().String()
	}
	f.NamedErrors(analysis.EventStatuses(row.Event))
	switch {
	case row.Ticket != nil && !refusesUser(p, row):
		f.Severity = analysis.Warning
	case row.Ticket == nil && loggedOnLater(p, row):
		f.Severity, f.Cause = analysis.Warning, f.Cause+" The same user got in from the same place later."
	}
}

// refusedWithoutStatus finds a refusal of which the log has no status that could be read, as a list of
// events in another language.
func refusedWithoutStatus(p *analysis.Pass, row *analysis.EventRow) {
	f := p.Found(nil, row.Pos, "%s: %s, and its status could not be read", analysis.EventPlace(row.Event), row.Says)
	f.Variant, f.User, f.Cause = "logon", analysis.EventUser(row.Event), "The status of the event names it: export the event as .evtx or in XML, with all its values."
	f.SetCount(row.Count, row.Last)
	if loggedOnLater(p, row) {
		f.Severity = analysis.Warning
	}
}

// refusesLogon reports whether an event says that somebody was refused, and names a status.
func refusesLogon(e *analysis.LoggedEvent) bool {
	if len(analysis.EventStatuses(e.Event)) == 0 {
		return false
	}
	return e.Ticket == nil || !tokens.ErrorCode(e.Ticket.Status).AsksForMore()
}

// saidBetter reports whether another event of the handshake says why it was refused, and is nearer
// to the refusal: 4625 of the server, or 4776 of the domain controller that it asked.
func saidBetter(h *analysis.Handshake, e *analysis.LoggedEvent) bool {
	return slices.ContainsFunc(h.Events, func(o *analysis.LoggedEvent) bool {
		return refusesLogon(o) && (o.ID == 4625 && (e.Validation != nil || e.NTLM != nil) || o.ID == 4776 && e.NTLM != nil)
	})
}

// refusesUser reports whether the KDC refused a user, and not a service, and the logs do not show
// that the same user got a ticket-granting ticket later.
func refusesUser(p *analysis.Pass, row *analysis.EventRow) bool {
	if !tokens.ErrorCode(row.Ticket.Status).AboutClient() || row.ID == 4769 {
		return false
	}
	t := row.Ticket
	return !slices.ContainsFunc(p.Events, func(o *analysis.EventRow) bool {
		return o.ID == 4768 && o.Ticket != nil && o.Ticket.Status == 0 && o.Last.Time.After(row.Last.Time) &&
			strings.EqualFold(o.Ticket.User, t.User) && (t.Domain == "" || strings.EqualFold(o.Ticket.Domain, t.Domain)) // a 4771 has no domain
	})
}

// loggedOnLater reports whether the logs show that the same user was let in later: by the same
// computer, from the same address or workstation, in the same way. A first success hours later
// does not count: the account may have been unlocked meanwhile. Of equal logons only the first and
// the last are known.
func loggedOnLater(p *analysis.Pass, row *analysis.EventRow) bool {
	return slices.ContainsFunc(p.Events, func(o *analysis.EventRow) bool {
		switch {
		case o.Computer != row.Computer || o.Client() != row.Client() || !o.Last.Time.After(row.Last.Time) || o.Pos.Time.Sub(row.Last.Time) > analysis.Soon:
			return false
		case row.Logon != nil && row.Logon.Workstation == "" && !row.Client().IsValid():
			return false // from where they came is not known
		case row.Logon != nil:
			return o.ID == 4624 && o.Logon != nil && o.Logon.Type == row.Logon.Type && sameUser(o.Event, row.Event) && strings.EqualFold(o.Logon.Workstation, row.Logon.Workstation)
		case row.Validation != nil:
			return o.Validation != nil && o.Validation.Status == 0 && sameUser(o.Event, row.Event) && strings.EqualFold(o.Validation.Workstation, row.Validation.Workstation)
		}
		return false
	})
}

// sameUser reports whether two events name one user.
func sameUser(a, b *eventlog.Event) bool {
	x, y := analysis.EventUser(a), analysis.EventUser(b)
	return x != "" && analysis.SameAccount(x, y)
}

func refusalVariant(e *analysis.LoggedEvent) string {
	switch {
	case e.Ticket != nil:
		return "ticket"
	case e.Validation != nil:
		return "validation"
	case namesNoFault(e.Event):
		return "without-sub-status"
	}
	return "logon"
}

// namesNoFault reports whether 4625 says that the logon failed, and not that the user is unknown or the password
// wrong, for which Windows has sub-statuses. It has a process, so the values before that were read.
func namesNoFault(e *eventlog.Event) bool {
	l := e.Logon
	return l != nil && l.Status == statusLogonFailure && l.SubStatus == 0 && l.Process != ""
}

const statusLogonFailure = 0xC000006D // MS-ERREF 2.3

// noFaultNamed says what 4625 without a sub-status means.
func noFaultNamed(e *eventlog.Event) string {
	computer, _, _ := strings.Cut(e.Computer, ".")
	if a := e.Logon.Client.Addr(); a.IsLoopback() || computer != "" && strings.EqualFold(computer, e.Logon.Workstation) {
		return "No sub-status says that the user or the password is wrong, and the client is the server itself: mostly the loopback check, which refuses NTLM under a name that is not the machine's own."
	}
	return "No sub-status says that the user or the password is wrong: mostly another thing is. Where the client is the server itself, that is the loopback check; else how the NTLM answer was made (its version, its binding to TLS, the name in it)."
}

// refusedWhom says who refused what to whom.
func refusedWhom(h *analysis.Handshake, e *analysis.LoggedEvent) string {
	switch {
	case e.Ticket != nil && e.ID == 4769:
		return "the KDC refused " + clientName(h) + " a ticket for " + e.Ticket.Service
	case e.Ticket != nil:
		return "the KDC refused " + clientName(h) + " a TGT"
	}
	return serverName(h) + " refused the logon of " + clientName(h)
}

// refusalStatus returns the last of the statuses of an event, and what it means.
func refusalStatus(e *analysis.LoggedEvent) (status, means string) {
	codes := analysis.EventStatuses(e.Event)
	last := codes[len(codes)-1]
	if last.Family == analysis.KerberosError {
		code := tokens.ErrorCode(last.Value)
		return code.String(), knownerror.OfKerberos(code)
	}
	if namesNoFault(e.Event) {
		return tokens.NTStatus(last.Value).String(), "and no sub-status, as there is for an unknown user and a wrong password."
	}
	return tokens.NTStatus(last.Value).String(), knownerror.OfNTStatus(last.Name)
}

// eventCause is refusalCause for an event.
func eventCause(e *analysis.LoggedEvent, status, means string) string {
	if namesNoFault(e.Event) {
		return noFaultNamed(e.Event)
	}
	return refusalCause(status, means)
}

// refusalCause returns what a status means, or that it is the reason if its meaning is not known.
func refusalCause(status, means string) string {
	return cmp.Or(means, "The status in the event is the reason: "+status+".")
}

// notWhichVersion returns what else a status of a wrong password may mean for an NTLMv1 answer.
func notWhichVersion(status string) string {
	if strings.Contains(status, "STATUS_WRONG_PASSWORD") || strings.Contains(status, "STATUS_LOGON_FAILURE") {
		return " The answer is NTLMv1: a domain controller whose LAN Manager authentication level is 5 refuses it too, whatever the password."
	}
	return ""
}

// refusalNamed reports whether an event of the server says why it refused the logon.
func refusalNamed(h *analysis.Handshake) bool {
	return slices.ContainsFunc(h.Events, func(e *analysis.LoggedEvent) bool { return e.ID == 4625 && refusesLogon(e) })
}

// boundTo says to which certificate an NTLM answer is bound that did not fit, "" if another status
// is the reason or the certificate of the connection is not known.
func boundTo(h *analysis.Handshake, status string) string {
	_, n3 := h.NTLM(3)
	c := h.Conn()
	if n3 == nil || !strings.Contains(status, "STATUS_BAD_BINDINGS") || c.TLS == nil || len(c.TLS.Certificate) == 0 {
		return ""
	}
	switch value, bound := binding(n3); {
	case !bound:
		return " The client's answer is bound to nothing."
	case bindsTo(value, c.TLS.Certificate):
		return " The client's answer is bound to the certificate of this connection: TLS ends before the server, which has another."
	}
	return " The client's answer is bound to another certificate than that of this connection: TLS was opened on the client's side already."
}

// asPart returns a sentence as a part of another one: without its full stop, and with a small
// letter at its beginning if a word begins there.
func asPart(text string) string {
	text = strings.TrimSuffix(text, ".")
	if len(text) > 1 && (text[1] >= 'a' || strings.HasPrefix(text, "A ")) {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return text
}
