package analysis

import "negotrace/tokens"

// A Code is an error that a message carries as a number.
type Code struct {
	Family CodeFamily `json:"family"`
	Name   string     `json:"name"`  // KDC_ERR_S_PRINCIPAL_UNKNOWN; empty for one that has no name
	Value  int64      `json:"value"` // the number itself
}

// A CodeFamily says whose number it is.
type CodeFamily string

// The families.
const (
	KerberosError CodeFamily = "krb-error" // RFC 4120 section 7.5.9, and what later RFCs add
	NTStatus      CodeFamily = "ntstatus"  // MS-ERREF 2.3
	// IISStatus is a status of IIS with its sub-status, "401.1"; the value is the
	// sub-status.
	IISStatus CodeFamily = "iis-status"
	// Win32Error is an error of Win32 or SSPI, as IIS has it beside the sub-status.
	Win32Error CodeFamily = "win32"
	HTTPStatus CodeFamily = "http-status" // RFC 9110 section 15
	NetError   CodeFamily = "net-error"   // Chromium's, net/base/net_error_list.h; negative
	// GSSMajor and GSSMinor are statuses of a GSS-API library, RFC 2744 section 3.9.1. The minor
	// one has a name where it stands for an error of Kerberos, as MIT's library numbers them.
	GSSMajor CodeFamily = "gss-major"
	GSSMinor CodeFamily = "gss-minor"
)

// An HTTPCode is the status of a response. A finding whose sentence names one has it among its
// codes.
type HTTPCode int

// codesOf returns the codes of an error: its own, and the NTSTATUS that a KDC of Active
// Directory adds. There are none if e is nil.
func codesOf(e *tokens.KRBError) []Code {
	if e == nil {
		return nil
	}
	codes := []Code{{KerberosError, e.Code.Name(), int64(e.Code)}}
	if e.Status != 0 {
		codes = append(codes, Code{NTStatus, e.Status.Name(), int64(e.Status)})
	}
	return codes
}

// codes returns the codes of what the server said of a request: in a token, in the line of
// its log or on its page.
func (l *Leg) codes() []Code {
	var codes []Code
	for i := range l.Got {
		codes = append(codes, codesOf(l.Got[i].Kerberos().AcceptorError())...)
	}
	if l.Logged.FromIIS() {
		codes = append(codes, statedCode(l.Logged.Status, l.Logged.SubStatus))
		if s := l.Logged.Win32Status; s != 0 {
			codes = append(codes, Code{Win32Error, s.Name(), int64(s)})
		}
		return codes
	}
	return append(codes, codesNamed(l.SubStatus)...)
}

// A KnownError is an error as packets and logs name it, and what it means for a logon over
// HTTP.
type KnownError struct {
	Name   string   `json:"name"`             // KDC_ERR_S_PRINCIPAL_UNKNOWN, or the sentence in which libraries say it
	Number string   `json:"number"`           // 7, 0xC000006D, 401.1; empty if it has none
	Family string   `json:"family"`           // whose error it is
	Means  string   `json:"means"`            // one or two sentences
	Checks []string `json:"checks,omitempty"` // that speak of it
}
