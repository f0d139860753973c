package tokens

import (
	"strconv"
	"strings"
)

// An OID is an object identifier in dotted form.
type OID string

// The mechanisms that SPNEGO negotiates and the tokens that name them.
const (
	OIDSPNEGO      OID = "1.3.6.1.5.5.2"
	OIDKerberos    OID = "1.2.840.113554.1.2.2"
	OIDMSKerberos  OID = "1.2.840.48018.1.2.2" // Microsoft's, 113554 cut to 16 bits: MS-SPNG appendix A
	OIDKerberosU2U OID = "1.2.840.113554.1.2.2.3"
	OIDNTLM        OID = "1.3.6.1.4.1.311.2.2.10"
	OIDNegoEx      OID = "1.3.6.1.4.1.311.2.2.30"
	OIDIAKERB      OID = "1.3.6.1.5.2.5"
	OIDPKU2U       OID = "1.3.6.1.5.2.7"
)

// Name returns the short name used in reports ("MS-KRB5", "NTLMSSP"), or the dotted
// form of a mechanism without one.
func (o OID) Name() string {
	switch o {
	case OIDSPNEGO:
		return "SPNEGO"
	case OIDKerberos:
		return "KRB5"
	case OIDMSKerberos:
		return "MS-KRB5"
	case OIDKerberosU2U:
		return "KRB5-U2U"
	case OIDNTLM:
		return "NTLMSSP"
	case OIDNegoEx:
		return "NEGOEX"
	case OIDIAKERB:
		return "IAKERB"
	case OIDPKU2U:
		return "PKU2U"
	case "1.3.6.1.5.2.4":
		return "LKDC"
	case "1.3.6.1.5.5.14":
		return "SCRAM-SHA-1"
	case "1.3.6.1.5.5.18":
		return "SCRAM-SHA-256"
	case "1.3.6.1.5.5.15.1.1.17":
		return "EAP-AES128"
	case "1.3.6.1.5.5.15.1.1.18":
		return "EAP-AES256"
	}
	return string(o)
}

// String is Name.
func (o OID) String() string { return o.Name() }

// Kerberos tells that the mechanism is Kerberos under any of its identifiers.
func (o OID) Kerberos() bool { return o == OIDKerberos || o == OIDMSKerberos || o == OIDKerberosU2U }

// dottedOID reads the content of an OBJECT IDENTIFIER (X.690 section 8.19).
func dottedOID(b []byte) (OID, bool) {
	if len(b) == 0 || len(b) > 64 || b[len(b)-1]&0x80 != 0 {
		return "", false
	}
	var s strings.Builder
	var arc uint64
	for _, c := range b {
		if arc > 1<<56 {
			return "", false
		}
		arc = arc<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			continue
		}
		if s.Len() == 0 {
			first := min(arc/40, 2)
			s.WriteString(strconv.FormatUint(first, 10))
			arc -= 40 * first
		}
		s.WriteString("." + strconv.FormatUint(arc, 10))
		arc = 0
	}
	return OID(s.String()), true
}
