package analysis

import (
	"fmt"
	"maps"
	"strings"

	"negotrace/analysis/fact"
)

// notAboutUser are the sub-statuses by which IIS refuses anybody, and what it says with them
// (Microsoft, HTTP status codes in IIS).
var notAboutUser = map[string]string{
	"403.4":   "https is required",
	"403.5":   "encryption with 128 bits is required",
	"403.6":   "the client's address is rejected",
	"403.7":   "a client certificate is required",
	"403.8":   "the client's domain name is rejected",
	"403.12":  "the client certificate has no account",
	"403.13":  "the client certificate is revoked, or whether it is could not be checked",
	"403.14":  "the directory has no default document, and is not listed",
	"403.16":  "the client certificate is not trusted or not valid",
	"403.17":  "the client certificate has expired or is not valid yet",
	"403.501": "too many requests of the client's address at one time",
	"403.502": "too many requests of the client's address",
	"403.503": "the client's address is rejected",
}

// AnybodyRefused returns the sub-statuses by which IIS refuses anybody, and why.
func AnybodyRefused() map[string]string { return maps.Clone(notAboutUser) }

// StatedReason returns the sub-status by which the server itself names its reason, with what Windows
// said, and where it says so: in its log, which is always true, or on its page. "" if it does
// not.
func (l *Leg) StatedReason() (reason, where string) {
	switch q := l.Logged; {
	case q != nil && q.Reason != "":
		return fmt.Sprintf("%d %s", q.Status, q.Reason), "the server's log"
	case q != nil && q.Win32Status != 0:
		return fmt.Sprintf("%d.%d %s", q.Status, q.SubStatus, q.Win32Status), "the server's log"
	case q != nil && q.SubStatus != 0:
		return fmt.Sprintf("%d.%d", q.Status, q.SubStatus), "the server's log"
	case l.SubStatus != "":
		return l.SubStatus, "its page"
	}
	return "", ""
}

// StatedSubStatus returns the sub-status alone: 401.1.
func (l *Leg) StatedSubStatus() string {
	reason, _ := l.StatedReason()
	subStatus, _, _ := strings.Cut(reason, " ")
	return subStatus
}

// NotAboutUser returns the sub-status by which IIS refuses whoever it is, as its page or its log
// has it, and what it asks for; "" if there is none.
func (l *Leg) NotAboutUser() (subStatus, reason string) {
	subStatus = l.StatedSubStatus()
	if reason = notAboutUser[subStatus]; reason == "" {
		return "", ""
	}
	return subStatus, reason
}

// RefusesAnybody reports whether IIS refuses whoever it is: the reason is not the user.
func (l *Leg) RefusesAnybody() bool {
	subStatus, _ := l.NotAboutUser()
	return subStatus != ""
}

// loggedFacts returns what the server's log shows about a leg.
func (l *Leg) loggedFacts() []fact.Fact {
	if l.Logged == nil || l.Logged.Upstream != "" { // a balancer's log has no reasons
		return nil
	}
	facts := []fact.Fact{fact.ServerLogGiven, fact.SubStatus(LoggedStatus(l.Logged))}
	if name := l.Logged.Win32Status.Name(); name != "" {
		facts = append(facts, fact.Logged(name))
	}
	return facts
}
