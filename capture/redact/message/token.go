package message

import (
	"bytes"

	"negotrace/capture/redact/standin"
	"negotrace/tokens/der"
)

// SecurityToken rewrites a token, and clears what follows it. What is none becomes zeros.
func SecurityToken(v *standin.Values, b []byte) {
	if _, _, rest, ok := der.Element(b); ok {
		clear(rest)
		b = b[:len(b)-len(rest)]
	}
	if !BeginsToken(b) {
		v.Unknown("parts of tokens", len(b))
		clear(b)
		return
	}
	m, unknown := v.Mask.Token(b)
	copy(b, m)
	v.Unknown("parts of tokens", unknown)
}

// BeginsToken reports whether b begins with a message of NTLM, or with an element of GSS-API, SPNEGO or Kerberos and
// what is first in it.
func BeginsToken(b []byte) bool {
	const ntlm, lastMessage = "NTLMSSP\x00", 3
	if bytes.HasPrefix(b, []byte(ntlm)) {
		b = b[len(ntlm):]
		return len(b) >= 4 && le.Uint32(b) <= lastMessage
	}
	h, err := der.ReadHead(b)
	if err != nil || len(b) <= h.Size {
		return false
	}
	switch h.Tag {
	case 0x60:
		return b[h.Size] == der.OID
	case 0xa0, 0xa1, 0x6e, 0x6f: // NegTokenInit, NegTokenResp, AP-REQ, AP-REP
		return b[h.Size] == der.Sequence
	}
	return false
}

// Sealed rewrites a token that protects a message, and what it protects, of which the end may be missing: of Kerberos
// (RFC 4121 section 4.2.6.2) stays the head, of NTLM (MS-NLMP section 2.2.2.9) and of GSS-API the kind, of what is none
// of them nothing.
func Sealed(v *standin.Values, b []byte) {
	const kerberos, kind = "========........", 4
	keep := 0
	switch {
	case bytes.HasPrefix(b, []byte{5, 4}) && len(b) > 3 && b[3] == 0xff:
		keep = min(len(kerberos), len(b))
		fields(v, b[:keep], kerberos)
	case bytes.HasPrefix(b, []byte{1, 0, 0, 0}), len(b) >= kind && b[0] == 0x60 && b[2] == der.OID:
		keep = kind
	}
	standin.Noise.Fill(b[keep:], 0)
}
