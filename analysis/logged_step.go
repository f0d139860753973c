package analysis

import (
	"fmt"

	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A LoggedStep is what a line of IIS says about the authentication of its request.
type LoggedStep uint8

// The steps.
const (
	// LogsNothing is a line about something else: what an application answers by itself, or
	// a refusal that is not about the user.
	LogsNothing LoggedStep = iota
	// LogsAnybody is a request that was served and names nobody.
	LogsAnybody
	// LogsChallenge is a 401 that belongs to a handshake that goes on: IIS answers 401.2 to a
	// request without credentials, and 401.1 with SEC_E_NO_CREDENTIALS to the first token of NTLM.
	LogsChallenge
	// LogsRefusal is a 401 whose status says that the logon failed, or in a log without a column of
	// that one which names a user: the logon failed, or the user has no right.
	LogsRefusal
	// LogsNoRight is a request that was refused after the logon: by the access list of the
	// file (401.3), by a filter (401.4), by the application (401.5, 403).
	LogsNoRight
	// LogsLogon is a request that was let in and names its user.
	LogsLogon
)

// facilitySecurity is the upper half of the errors of SSPI and of cryptography (MS-ERREF 2.1). With
// 401.1 any of them is why the logon failed.
const facilitySecurity = 0x8009

// StepOf reports what a line says.
func StepOf(q *serverlog.Request) LoggedStep {
	switch {
	case q.Reason != "" || q.Status == 0:
		return LogsNothing // of HTTP.sys, which authenticates nobody here
	case q.AtProxy:
		return proxyStep(q)
	case q.Status == httpstream.StatusUnauthorized:
		return unauthorized(q)
	case q.User == "" && q.Status < httpstream.StatusBadRequest:
		return LogsAnybody
	case q.User == "" || notAboutUser[LoggedStatus(q)] != "":
		return LogsNothing
	case q.Status == httpstream.StatusForbidden:
		return LogsNoRight
	}
	return LogsLogon
}

// proxyStep does the same as StepOf for a line of a proxy, whose own answers are 407, and 403 of its
// rules. All others are of the servers behind it.
func proxyStep(q *serverlog.Request) LoggedStep {
	switch {
	case q.Status == httpstream.StatusProxyAuthRequired && q.User != "":
		return LogsRefusal
	case q.Status == httpstream.StatusProxyAuthRequired:
		return LogsChallenge
	case q.Module != "" && q.User == "":
		return LogsNothing
	case q.Module != "":
		return LogsNoRight
	case q.User != "":
		return LogsLogon
	}
	return LogsAnybody
}

// unauthorized does the same as StepOf for a 401.
func unauthorized(q *serverlog.Request) LoggedStep {
	switch {
	case q.SubStatus >= 3 && q.SubStatus <= 5:
		return LogsNoRight
	case q.SubStatus > 5:
		return LogsNothing // 401.501 to 401.504 are about addresses
	case q.Win32Status.RefusesLogon(), q.SubStatus == 1 && q.Win32Status>>16 == facilitySecurity && q.Win32Status != tokens.SecENoCredentials:
		return LogsRefusal
	case q.User != "" && q.NamesSubStatus && q.SubStatus != 1:
		return LogsNoRight // who it is was known
	case q.User != "" && !q.NamesSubStatus:
		return LogsRefusal // of credentials that name somebody
	case q.NamesSubStatus && q.SubStatus == 0 && q.Win32Status == 0:
		return LogsNothing // of an application
	}
	return LogsChallenge
}

// LoggedStatus returns a status with its sub-status, as Microsoft's documentation has it: "401.1";
// without the latter where that is 0.
func LoggedStatus(q *serverlog.Request) string {
	if q.SubStatus == 0 {
		return fmt.Sprint(q.Status)
	}
	return fmt.Sprintf("%d.%d", q.Status, q.SubStatus)
}
