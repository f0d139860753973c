package paste

import (
	"bytes"
	"encoding/binary"
)

// beginsToken reports whether b begins like a token: with the signature of NTLM or NegoEx, or with
// the DER tag and the first inner tag of a GSS-API token, a SPNEGO negTokenResp or a Kerberos
// message.
func beginsToken(b []byte) bool {
	if bytes.HasPrefix(b, []byte("NTLMSSP\x00")) || bytes.HasPrefix(b, []byte("NEGOEXTS")) {
		return true
	}
	head, _, ok := derLength(b)
	if !ok || len(b) <= head {
		return false
	}
	const sequence, oid = 0x30, 0x06
	switch b[0] {
	case 0x60: // GSS-API token, RFC 2743 section 3.1
		return b[head] == oid
	case 0xa0, 0xa1: // negTokenInit, negTokenResp
		return b[head] == sequence
	case 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x7e: // Kerberos
		return b[head] == sequence
	}
	return false
}

// derLength returns the length of the tag and length at the beginning of b, and the length of the
// value after them.
func derLength(b []byte) (head, value int, ok bool) {
	if len(b) < 2 {
		return 0, 0, false
	}
	n := int(b[1])
	if n < 0x80 {
		return 2, n, n > 0
	}
	n -= 0x80
	if n == 0 || n > 3 || len(b) < 2+n {
		return 0, 0, false
	}
	for _, c := range b[2 : 2+n] {
		value = value<<8 | int(c)
	}
	return 2 + n, value, true
}

// tokenLen returns the length of the token at the beginning of b, 0 if b does not say. For NTLM it
// is the end of the last payload field (MS-NLMP section 2.2.1), as far as b describes the fields.
func tokenLen(b []byte) int {
	if !bytes.HasPrefix(b, []byte("NTLMSSP\x00")) {
		if head, value, ok := derLength(b); ok && beginsToken(b) {
			return head + value
		}
		return 0
	}
	if len(b) < 12 {
		return 12
	}
	fields := map[uint32][]int{1: {16, 24}, 2: {12, 40}, 3: {12, 20, 28, 36, 44, 52}}[binary.LittleEndian.Uint32(b[8:])]
	end := 0
	for _, at := range fields {
		if len(b) < at+8 {
			return max(end, at+8)
		}
		length, offset := int(binary.LittleEndian.Uint16(b[at:])), int(binary.LittleEndian.Uint32(b[at+4:]))
		if offset <= maxValue {
			end = max(end, offset+length)
		}
	}
	return max(end, 32)
}
