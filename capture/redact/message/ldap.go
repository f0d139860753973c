package message

import (
	"bytes"
	"slices"

	"negotrace/capture/redact/standin"
	"negotrace/tokens/der"
)

// Ports of LDAP.
const (
	portLDAP          = 389
	portGlobalCatalog = 3268
)

// longestLDAP is the longest message that is taken for one.
const longestLDAP = 16 << 20

// ldapSize returns the length of the message that b begins with, as Stream.Size does. Behind a bind that protects
// the connection it is a token with its length in front.
func ldapSize(b []byte) int {
	const length, token = 4, 2
	switch {
	case len(b) < length+token:
		return 0
	case b[0] == 0:
		n := int(be.Uint32(b))
		if n < token || n > longestLDAP || !isWrap(b[length:]) {
			return -1
		}
		return length + n
	case b[0] != der.Sequence:
		return -1
	}
	h, err := der.ReadHead(b)
	if err != nil || h.Length > longestLDAP {
		return -1
	}
	if len(b) <= h.Size {
		return 0
	}
	if b[h.Size] != der.Integer {
		return -1
	}
	return h.Size + h.Length
}

// isLDAP reports whether b is a message of LDAP over UDP.
func isLDAP(b []byte) bool { return len(b) > 0 && b[0] == der.Sequence && ldapSize(b) > 0 }

// isWrap reports whether b begins with a token of what protects messages: of Kerberos (RFC 4121 section 4.2.6.2), of
// NTLM (MS-NLMP section 2.2.2.9) or in an envelope of GSS-API.
func isWrap(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x05\x04")) || bytes.HasPrefix(b, []byte("\x01\x00")) || b[0] == 0x60
}

// ldap rewrites a message (RFC 4511 section 4). Its structure and its numbers stay.
func ldap(v *standin.Values, b []byte) {
	const length = 4
	switch {
	case len(b) < length+2:
		clear(b)
	case b[0] != 0 && isBER(b, 0, ldapSize(b) > len(b)):
		berElements(b, 0, func(tag byte, b []byte, _ int) { ldapValue(v, tag, b) })
	case b[0] != 0:
		h, _ := der.ReadHead(b)
		clear(b[h.Size:])
	default:
		Sealed(v, b[length:])
	}
}

// startTLSOID names what asks for TLS (RFC 4511 section 4.14).
const startTLSOID = "1.3.6.1.4.1.1466.20037"

// ldapMechanisms are what LDAP authenticates with (IANA, SASL Mechanisms).
var ldapMechanisms = []string{"GSS-SPNEGO", "GSSAPI", "EXTERNAL", "DIGEST-MD5", "NTLM"}

// ldapValue rewrites a value.
func ldapValue(v *standin.Values, tag byte, b []byte) {
	const password, longestNumber = 0x80, 4
	switch {
	case (tag == der.Integer || tag == der.Enumerated || tag == der.Boolean) && len(b) <= longestNumber:
	case slices.Contains(ldapMechanisms, string(b)), string(b) == startTLSOID:
	case tag != password && BeginsToken(b):
		SecurityToken(v, b)
	default:
		standin.Letters.Fill(b, 0)
	}
}
