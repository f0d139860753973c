package tokens

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

// String returns the name used in reports ("MS-KRB5", "NTLMSSP"), or the dotted form.
func (o OID) String() string { return string(o) }

// Kerberos tells that the mechanism is Kerberos under either of its identifiers.
func (o OID) Kerberos() bool { return o == OIDKerberos || o == OIDMSKerberos || o == OIDKerberosU2U }
