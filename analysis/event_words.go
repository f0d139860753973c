package analysis

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/capture/eventlog"
	"negotrace/internal/plural"
	"negotrace/tokens"
)

// EventSays returns what an event says, in a few words without its place.
func EventSays(e *eventlog.Event) string {
	text := ""
	user := cmp.Or(EventUser(e), "somebody (no name is given)")
	switch {
	case e.Logon != nil:
		text = logonSays(e, user)
	case e.Ticket != nil:
		text = ticketSays(e, user)
	case e.Validation != nil:
		text = "the NTLM answer of " + user + fromWorkstation(e.Validation.Workstation) + " was checked: right"
		if e.Validation.Status != 0 {
			text = "the NTLM answer of " + user + fromWorkstation(e.Validation.Workstation) + " was refused"
		}
	case e.NTLM != nil:
		text = ntlmSays(e)
	case e.Fault != nil:
		return faultSays(e)
	}
	if words := statusWords(e); words != "" {
		text += ": " + words
	}
	return text
}

func fromWorkstation(workstation string) string {
	if workstation == "" {
		return ""
	}
	return " from " + workstation
}

func logonSays(e *eventlog.Event, user string) string {
	l := e.Logon
	by := ""
	if p := cmp.Or(l.LmPackage, l.Package); p != "" {
		by = " by " + p
	}
	switch e.ID {
	case 4624:
		return user + " was logged on" + by
	case 4625:
		return user + " was not logged on" + by
	}
	text := "a program used the credentials of " + user
	if target := cmp.Or(l.TargetSPN, l.TargetServer); target != "" {
		text += " for " + target
	}
	return text
}

func ticketSays(e *eventlog.Event, user string) string {
	t := e.Ticket
	what := "a ticket for " + t.Service
	if e.ID != 4769 {
		what = "a TGT"
	}
	if t.Status != 0 {
		return user + " was refused " + what
	}
	text := user + " was given " + what
	if t.Etype != 0 {
		text += " (" + tokens.EType(t.Etype).String() + ")"
	}
	return text
}

func ntlmSays(e *eventlog.Event) string {
	n := e.NTLM
	text, by := "NTLM was used", " by "
	switch e.ID {
	case 4001, 4002, 4003, 4004, 4005, 4006:
		text, by = "a policy blocked NTLM", " of "
	case 4024:
		text = "a key derived by NTLMv1 was used for single sign-on"
	case 4025:
		text = "a key derived by NTLMv1 was refused for single sign-on"
	}
	if user := EventUser(e); user != "" {
		text += by + user
	}
	if n.Target != "" {
		text += " for " + n.Target
	}
	text += fromWorkstation(n.Workstation)
	if n.Process != "" {
		text += ", in " + n.Process
	}
	if n.UsageReason != "" {
		text += `: "` + strings.TrimSuffix(n.UsageReason, ".") + `"`
	}
	return text
}

// faults are what events of the system log say (Microsoft, documentation of the providers and
// KB5014754 for 40).
var faults = map[int]string{
	3:    "a Kerberos error came",
	4:    "the server could not decrypt the ticket (KRB_AP_ERR_MODIFIED)",
	11:   "the KDC found two accounts with one name",
	14:   "the account has no key for an etype that was asked for, for a TGT",
	16:   "the account has no key for an etype that was asked for, for a ticket",
	27:   "the service's account has no key for an etype that was asked for",
	40:   "the certificate is older than the account that it was mapped to",
	5719: "no secure channel to a domain controller",
	5805: "the session of a computer with the domain controller failed",
}

func faultSays(e *eventlog.Event) string {
	text := faults[e.ID]
	if strings.EqualFold(e.Provider, "Kerberos") || strings.HasSuffix(e.Provider, "-Security-Kerberos") {
		return text + faultValues(e)
	}
	if e.ID == 4 { // of a KDC
		text = "the KDC reports an error"
	}
	return text + faultValues(e)
}

// faultValues returns the values of a fault that are words.
func faultValues(e *eventlog.Event) string {
	var words []string
	for _, v := range e.Fault.Values {
		if v = strings.TrimSpace(v); v != "" && len(words) < 8 {
			words = append(words, v)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

// EventsCounted says how many events are refusals, how many are logons, and how many are neither.
func EventsCounted(rows []*EventRow) string {
	in, out, others := 0, 0, 0
	for _, e := range rows {
		switch {
		case EventRefuses(e.Event):
			out += e.Count
		case e.ID == 4624:
			in += e.Count
		default:
			others += e.Count
		}
	}
	return fmt.Sprintf("%s, %s, %s about tickets and NTLM", plural.Count(out, "refusal"), plural.Count(in, "logon"), plural.Count(others, "other event"))
}
