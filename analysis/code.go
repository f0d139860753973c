package analysis

import "negotrace/tokens"

// A Code is an error that a message carries as a number.
type Code struct {
	Family CodeFamily `json:"family"`
	Name   string     `json:"name"` // KDC_ERR_S_PRINCIPAL_UNKNOWN; empty for one that has no name
	Value  int64      `json:"value"`
}

// A CodeFamily says whose number it is.
type CodeFamily string

// The families.
const (
	KerberosError CodeFamily = "krb-error" // RFC 4120 section 7.5.9, and what later RFCs add
	NTStatus      CodeFamily = "ntstatus"  // MS-ERREF 2.3
)

// CodesOf returns the codes of an error: its own, and the NTSTATUS that a KDC of Active
// Directory adds. There are none if e is nil.
func CodesOf(e *tokens.KRBError) []Code {
	if e == nil {
		return nil
	}
	codes := []Code{{KerberosError, e.Code.Name(), int64(e.Code)}}
	if e.Status != 0 {
		codes = append(codes, Code{NTStatus, e.Status.Name(), int64(e.Status)})
	}
	return codes
}
