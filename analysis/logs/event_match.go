package logs

import (
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A window is a range of times by the clock of the capture.
type window struct{ from, to httpstream.Time }

const (
	// eventSlack is how long before the credentials of a handshake, and after its last
	// response, an event of its logon may be.
	eventSlack = time.Second
	// faultSlack is the same for events of the system log, which are written with delay.
	faultSlack = 5 * time.Second
	// logonLead is how long before its token a client notes that it is going to log on.
	logonLead = 3 * time.Second
)

// fits returns what an event and a handshake have in common, nil if the event cannot be about
// it, and the times between which the event must lie.
func (s *eventQuery) fits(e *loggedEvent) ([]analysis.EventLink, window) {
	switch {
	case e.Logon != nil && e.ID == 4648:
		return s.fitsCredentials(e), window{s.sent.Add(-logonLead), s.end}
	case e.Logon != nil:
		return s.fitsLogon(e), window{s.sent.Add(-eventSlack), s.end.Add(eventSlack)}
	case e.Ticket != nil:
		return s.fitsTicket(e), window{s.sent.Add(-analysis.TicketWindow), s.sent.Add(eventSlack)}
	case e.Validation != nil:
		return s.fitsValidation(e), window{s.sent.Add(-eventSlack), s.end.Add(eventSlack)}
	case e.NTLM != nil:
		return s.fitsNTLM(e), window{s.sent.Add(-logonLead), s.end.Add(eventSlack)}
	case e.Fault != nil:
		return s.fitsFault(e), s.faultWindow(e)
	}
	return nil, window{}
}

// Types of logons over a network (Microsoft, 4624).
const (
	networkLogon          = 3
	networkCleartextLogon = 8 // with a password that the client sent
)

// fitsLogon does the same as fits for 4624 and 4625.
func (s *eventQuery) fitsLogon(e *loggedEvent) []analysis.EventLink {
	l := e.Logon
	if l.Type != networkLogon && l.Type != networkCleartextLogon || s.h.OpeningLeg() == nil || !s.usesPackage(l.Package) {
		return nil
	}
	var by []analysis.EventLink
	switch {
	case l.Client.Port() != 0 && slices.Contains(s.ports, l.Client):
		by = append(by, analysis.ByPort)
	case l.Client.Addr().IsValid() && s.client.IsValid() && l.Client.Addr() != s.client && s.passedOn(e):
	case l.Client.Addr().IsValid() && s.client.IsValid() && (l.Client.Port() != 0 || l.Client.Addr() != s.client):
		return nil
	case l.Client.Addr().IsValid() && s.client.IsValid():
		by = append(by, analysis.ByAddress)
	}
	if s.isServer(e.Computer) {
		by = append(by, analysis.ByComputer)
	} else if !slices.Contains(by, analysis.ByPort) {
		return nil
	}
	if s.h.Mechanism == analysis.NTLM && !slices.Contains(by, analysis.ByPort) && (s.account == "" || s.isOtherWorkstation(l.Workstation)) {
		return nil // message 3 names the user, and it was not seen, or it names another machine
	}
	return s.withUser(e, append(by, analysis.ByPackage))
}

// isOtherWorkstation reports whether an event names another workstation than the answer of NTLM.
func (s *eventQuery) isOtherWorkstation(name string) bool {
	name = strings.TrimPrefix(name, `\\`)
	return name != "" && s.workstation != "" && !strings.EqualFold(firstLabel(name), firstLabel(s.workstation))
}

// passedOn reports whether an event that names another address may be about the NTLM answer of a
// client whose connection ends at a balancer before the server: it is of the very computer that
// made the challenge, and names the user and the workstation that the answer names.
func (s *eventQuery) passedOn(e *loggedEvent) bool {
	return s.h.Mechanism == analysis.NTLM && s.account != "" && s.account == e.account && s.challenger != "" &&
		firstLabel(e.Computer) == s.challenger && s.workstation != "" &&
		strings.EqualFold(strings.TrimPrefix(e.Logon.Workstation, `\\`), s.workstation)
}

// usesPackage reports whether a logon with the package may be the one of the handshake.
func (s *eventQuery) usesPackage(name string) bool {
	switch s.h.Mechanism {
	case analysis.Kerberos:
		return name == "Kerberos" || name == "Negotiate"
	case analysis.NTLM:
		return name == "NTLM" || name == "Negotiate"
	case analysis.Basic:
		return name != "Kerberos"
	}
	return false
}

// withUser adds the user if both name the same; it is nil if they name different users.
func (s *eventQuery) withUser(e *loggedEvent, by []analysis.EventLink) []analysis.EventLink {
	switch {
	case s.account == "" || e.account == "":
		return by
	case s.account != e.account:
		return nil
	}
	return append(by, analysis.ByUser)
}

// fitsCredentials does the same as fits for 4648: a program of the client names the server to which
// it logs on.
func (s *eventQuery) fitsCredentials(e *loggedEvent) []analysis.EventLink {
	switch {
	case s.h.OpeningLeg() == nil:
		return nil
	case strings.Contains(e.Logon.TargetSPN, "/") && s.isSPN(e.Logon.TargetSPN):
		return s.withUser(e, []analysis.EventLink{analysis.BySPN})
	case s.isServer(e.Logon.TargetServer):
		return s.withUser(e, []analysis.EventLink{analysis.ByComputer})
	}
	return nil
}

// fitsTicket does the same as fits for an event of a KDC whose exchange the capture does not hold.
func (s *eventQuery) fitsTicket(e *loggedEvent) []analysis.EventLink {
	t := e.Ticket
	if t.Client.Addr() != s.client || !s.client.IsValid() || s.usedBefore && t.Status == 0 {
		return nil
	}
	by := []analysis.EventLink{analysis.ByAddress}
	if e.ID != 4769 {
		if s.account == "" {
			return nil
		}
		return s.withUser(e, by)
	}
	if t.Status == 0 && s.ticket == 0 {
		return nil
	}
	name, isComputer := strings.CutSuffix(t.Service, "$")
	if isComputer && s.isServer(name) || strings.Contains(t.Service, "/") && s.isSPN(t.Service) {
		return s.withUser(e, append(by, analysis.BySPN))
	}
	return nil
}

// fitsValidation does the same as fits for 4776, which names a user and the client's computer.
func (s *eventQuery) fitsValidation(e *loggedEvent) []analysis.EventLink {
	if s.h.Mechanism != analysis.NTLM || s.account == "" || e.account != s.account || s.isOtherWorkstation(e.Validation.Workstation) {
		return nil
	}
	return []analysis.EventLink{analysis.ByUser}
}

// fitsNTLM does the same as fits for a use of NTLM: at the client, which names the server, at the
// server, or at a domain controller, which names both.
func (s *eventQuery) fitsNTLM(e *loggedEvent) []analysis.EventLink {
	n := e.NTLM
	var by []analysis.EventLink
	switch e.ID {
	case 4001, 8001, 4020, 4021, 4024, 4025:
		if n.Target == "" || !s.isSPN(n.Target) && !s.isServer(hostOf(n.Target)) {
			return nil
		}
		by = append(by, analysis.BySPN)
	case 4002, 4003, 8002, 8003, 4022, 4023:
		if !s.isServer(e.Computer) || s.h.Mechanism != analysis.NTLM {
			return nil
		}
		by = append(by, analysis.ByComputer)
	default:
		if s.h.Mechanism != analysis.NTLM || s.account == "" || e.account != s.account {
			return nil
		}
		if n.SecureChannel != "" && !s.isServer(strings.TrimSuffix(n.SecureChannel, "$")) {
			return nil
		}
	}
	return s.withUser(e, by)
}

// hostOf returns the host of an SPN, or target itself if it is only a host.
func hostOf(target string) string {
	if _, host, ok := strings.Cut(target, "/"); ok {
		return host
	}
	return target
}

// faultWindow returns when a fault may be about a handshake. Duplicate SPNs, missing keys and a
// broken secure channel last, and are logged only from time to time, so the window is long.
func (s *eventQuery) faultWindow(e *loggedEvent) window {
	slack := faultSlack
	switch e.ID {
	case 11, 14, 16, 27:
		slack = 24 * time.Hour
	case 5719, 5805:
		slack = 5 * time.Minute
	}
	return window{s.h.Start.Time.Add(-slack), s.end.Add(slack)}
}

// fitsFault does the same as fits for an event of the system log: it names the SPN, or it is of the
// server and says that NTLM answers could not be checked there.
func (s *eventQuery) fitsFault(e *loggedEvent) []analysis.EventLink {
	if e.ID == 5719 || e.ID == 5805 {
		if s.h.Mechanism == analysis.NTLM && s.isServer(e.Computer) {
			return []analysis.EventLink{analysis.ByComputer}
		}
		return nil
	}
	for _, v := range e.Fault.Values {
		for word := range strings.FieldsFuncSeq(v, func(c rune) bool { return strings.ContainsRune(" ,;()[]\"'\t\r\n", c) }) {
			if strings.Contains(word, "/") && s.isSPN(strings.Trim(word, ".:")) {
				return []analysis.EventLink{analysis.BySPN}
			}
		}
	}
	return nil
}
