package redact

import (
	"bytes"
	"slices"
)

// Ports of LDAP.
const (
	portLDAP          = 389
	portGlobalCatalog = 3268
)

// A berHead is the tag and the length of an element of BER.
type berHead struct {
	tag    byte
	size   int // of the head
	length int // of the value
}

// headOfBER returns what an element begins with; size 0 if it is cut, or nothing that LDAP has (RFC 4511 section
// 5.1).
func headOfBER(b []byte) (h berHead) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return h
	}
	size, n := 2, int(b[1])
	if n >= 0x80 {
		more := n & 0x7f
		if n = 0; more == 0 || more > 4 || len(b) < size+more {
			return h
		}
		for _, c := range b[size : size+more] {
			n = n<<8 | int(c)
		}
		if size += more; n < 0 {
			return h
		}
	}
	return berHead{b[0], size, n}
}

const longestLDAP = 16 << 20

// ldapSize returns the length of the message that b begins with, as headed.size does. Behind a bind that protects
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
	case b[0] != derSequence:
		return -1
	}
	h := headOfBER(b)
	if h.size == 0 || h.length > longestLDAP {
		return -1
	}
	if len(b) <= h.size {
		return 0
	}
	if b[h.size] != derInteger {
		return -1
	}
	return h.size + h.length
}

// isWrap reports whether b begins with a token of what protects messages: of Kerberos (RFC 4121 section 4.2.6.2), of
// NTLM (MS-NLMP section 2.2.2.9) or in an envelope of GSS-API.
func isWrap(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x05\x04")) || bytes.HasPrefix(b, []byte("\x01\x00")) || b[0] == 0x60
}

// ldap rewrites a message.
func (r *Redactor) ldap(b []byte) {
	const length, kerberos, ntlm = 4, 16, 4
	switch {
	case len(b) < length+2:
		clear(b)
	case b[0] != 0:
		r.ldapElements(b, 0)
	default:
		keep := ntlm
		if token := b[length:]; token[0] == 5 {
			r.fields(token[:min(kerberos, len(token))], "========........")
			keep = kerberos
		}
		noise.fill(b[min(length+keep, len(b)):], 0)
	}
}

// ldapElements rewrites elements. Their kinds, lengths and numbers stay.
func (r *Redactor) ldapElements(b []byte, depth int) {
	for len(b) > 0 {
		h := headOfBER(b)
		if h.size == 0 || depth > maxDER {
			break
		}
		end := min(h.size+h.length, len(b))
		const constructed = 0x20
		if value := b[h.size:end]; h.tag&constructed != 0 {
			r.ldapElements(value, depth+1)
		} else {
			r.ldapValue(h.tag, value)
		}
		b = b[end:]
	}
	clear(b)
}

// startTLSOID names what asks for TLS (RFC 4511 section 4.14).
const startTLSOID = "1.3.6.1.4.1.1466.20037"

// ldapMechanisms are what LDAP authenticates with (IANA, SASL Mechanisms).
var ldapMechanisms = []string{"GSS-SPNEGO", "GSSAPI", "EXTERNAL", "DIGEST-MD5", "NTLM"}

// ldapValue rewrites a value.
func (r *Redactor) ldapValue(tag byte, b []byte) {
	const enumerated, longestNumber = 0x0a, 4
	switch {
	case (tag == derInteger || tag == enumerated || tag == derBoolean) && len(b) <= longestNumber:
	case slices.Contains(ldapMechanisms, string(b)), string(b) == startTLSOID:
	case len(b) > 8 && (b[0] == 0x60 || b[0] == 0xa1 || bytes.HasPrefix(b, []byte("NTLMSSP\x00"))):
		r.securityToken(b)
	default:
		letters.fill(b, 0)
	}
}
