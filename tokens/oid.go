package tokens

import "strconv"

// An OID is an object identifier in dotted form.
type OID string

// The mechanisms that SPNEGO negotiates, and SPNEGO itself.
const (
	OIDSPNEGO      OID = "1.3.6.1.5.5.2"
	OIDKerberos    OID = "1.2.840.113554.1.2.2"
	OIDMSKerberos  OID = "1.2.840.48018.1.2.2" // Microsoft's, 113554 cut to 16 bits: MS-SPNG appendix A
	OIDKerberosU2U OID = "1.2.840.113554.1.2.2.3"
	OIDNTLM        OID = "1.3.6.1.4.1.311.2.2.10"
	OIDNegoEx      OID = "1.3.6.1.4.1.311.2.2.30"
	OIDIAKERB      OID = "1.3.6.1.5.2.5"
	OIDPKU2U       OID = "1.3.6.1.5.2.7"

	// RFC 1964 section 1 gives OIDKerberosDraft, with a slip in it, as the name until Kerberos is
	// a standard; OIDKerberosArc is the arc that it meant. Acceptors know neither.
	OIDKerberosArc   OID = "1.3.6.1.5.2"
	OIDKerberosDraft OID = "1.3.5.1.5.2"
)

// mechanisms are those with a name. der is the content of the OBJECT IDENTIFIER.
var mechanisms = []struct {
	oid       OID
	name, der string
}{
	{OIDSPNEGO, "SPNEGO", "\x2b\x06\x01\x05\x05\x02"},
	{OIDMSKerberos, "MS-KRB5", "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"},
	{OIDKerberos, "KRB5", "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"},
	{OIDNegoEx, "NEGOEX", "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e"},
	{OIDNTLM, "NTLMSSP", "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"},
	{OIDKerberosU2U, "KRB5-U2U", "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03"},
	{OIDIAKERB, "IAKERB", "\x2b\x06\x01\x05\x02\x05"},
	{OIDPKU2U, "PKU2U", "\x2b\x06\x01\x05\x02\x07"},
	{OIDKerberosArc, "KRB5-1.3.6.1.5.2", "\x2b\x06\x01\x05\x02"},
	{OIDKerberosDraft, "KRB5-1.3.5.1.5.2", "\x2b\x05\x01\x05\x02"},
	{"1.3.6.1.5.2.4", "LKDC", "\x2b\x06\x01\x05\x02\x04"},
	{"1.3.6.1.5.5.14", "SCRAM-SHA-1", "\x2b\x06\x01\x05\x05\x0e"},
	{"1.3.6.1.5.5.18", "SCRAM-SHA-256", "\x2b\x06\x01\x05\x05\x12"},
	{"1.3.6.1.5.5.15.1.1.17", "EAP-AES128", "\x2b\x06\x01\x05\x05\x0f\x01\x01\x11"},
	{"1.3.6.1.5.5.15.1.1.18", "EAP-AES256", "\x2b\x06\x01\x05\x05\x0f\x01\x01\x12"},
}

// Name returns the short name that reports use ("MS-KRB5", "NTLMSSP"), or the dotted form if there
// is none.
func (o OID) Name() string {
	for _, m := range mechanisms {
		if m.oid == o {
			return m.name
		}
	}
	return string(o)
}

// String returns what Name does.
func (o OID) String() string { return o.Name() }

// Kerberos reports whether the mechanism is Kerberos under any of its identifiers.
func (o OID) Kerberos() bool { return o == OIDKerberos || o == OIDMSKerberos || o == OIDKerberosU2U }

// objectIdentifier reads the content of an OBJECT IDENTIFIER.
func objectIdentifier(b []byte) (OID, bool) {
	for _, m := range mechanisms {
		if m.der == string(b) {
			return m.oid, true
		}
	}
	return dottedOID(b)
}

// dottedOID writes the content of an OBJECT IDENTIFIER in dotted form (X.690 section 8.19).
func dottedOID(b []byte) (OID, bool) {
	if len(b) == 0 || len(b) > 64 || b[len(b)-1]&0x80 != 0 {
		return "", false
	}
	var s []byte
	var arc uint64
	for _, c := range b {
		if arc > 1<<56 {
			return "", false
		}
		arc = arc<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			continue
		}
		if len(s) == 0 {
			first := min(arc/40, 2)
			s = strconv.AppendUint(s, first, 10)
			arc -= 40 * first
		}
		s = append(s, '.')
		s = strconv.AppendUint(s, arc, 10)
		arc = 0
	}
	return OID(s), true
}
