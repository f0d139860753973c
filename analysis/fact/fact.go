// Package fact names what a capture can show about a case: which advice a check gives, and which
// of its causes are possible, depends on it.
package fact

import (
	"strconv"
	"strings"
)

// A Fact is something that the capture shows about the case of a finding: a kind, a colon
// and a value.
type Fact string

// Code returns the fact that an error has the code, in the KDC's or the acceptor's words:
// "code:KRB_AP_ERR_MODIFIED (41)".
func Code(code interface{ String() string }) Fact { return Fact("code:" + code.String()) }

// NTStatus returns the fact that a KDC adds the NTSTATUS to its error:
// "ntstatus:STATUS_ACCOUNT_DISABLED".
func NTStatus(name string) Fact { return Fact("ntstatus:" + name) }

// Event returns the fact that the finding is about an event of Windows with the number: "event:11".
func Event(id int) Fact { return Fact("event:" + strconv.Itoa(id)) }

// Logged returns the fact that the server's log has a status of Windows for the last request:
// "logged:SEC_E_TIME_SKEW".
func Logged(name string) Fact { return Fact("logged:" + name) }

// SubStatus returns the fact that the server's log has the status and sub-status for the last
// request: "sub-status:401.3".
func SubStatus(status string) Fact { return Fact("sub-status:" + status) }

// Page returns the fact that the page of an error names the sub-status: "page:403.7".
func Page(subStatus string) Fact { return Fact("page:" + subStatus) }

// Variant returns the fact that the finding is that variant of its check: "variant:duplicate".
func Variant(name string) Fact { return Fact("variant:" + name) }

// Status returns the fact that the last response has the status: "status:502".
func Status(status int) Fact { return Fact("status:" + strconv.Itoa(status)) }

// Alert returns the fact that an end of a TLS connection ended it with the alert:
// "alert:client-48".
func Alert(from string, code uint8) Fact {
	return Fact("alert:" + from + "-" + strconv.Itoa(int(code)))
}

// Kind returns what stands before the colon: of one kind, one fact holds of a case or several.
func (f Fact) Kind() string {
	kind, _, _ := strings.Cut(string(f), ":")
	return kind
}

// MustBeKnown reports whether an advice that asks for the fact needs it to be known. WinRM
// and AD FS are known by the path of the request, whatever header the server leaves out, and a gateway by its own name.
func (f Fact) MustBeKnown() bool {
	switch f.Kind() {
	case "seen", "from", "code", "ntstatus", "says", "page", "status", "request", "logged", "sub-status", "event", "variant", "kdc", "alert":
		return true
	}
	return f == ServerWinRM || f == ServerADFS || f == ServerGateway
}
