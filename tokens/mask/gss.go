package mask

import (
	"bytes"
	"encoding/binary"

	"negotrace/tokens"
	"negotrace/tokens/der"
)

// any masks a token of any kind. The kinds differ in their first bytes.
func (m *masker) any(b []byte) {
	if m.depth++; m.depth > maxDepth {
		return
	}
	defer func() { m.depth-- }()
	switch {
	case len(b) == 0:
	case bytes.HasPrefix(b, ntlmSignature):
		m.ntlm(b)
	case bytes.HasPrefix(b, negoExSignature):
		m.negoEx(b)
	case b[0] == 0x60:
		m.gss(b)
	case b[0] == 0xa0 || b[0] == 0xa1:
		m.spnego(b)
	case untaggedMsgType(b) != 0:
		m.kerberos(b)
	case b[0] == der.Sequence:
		m.credSSP(b)
	case tokens.IsKerberosTag(b[0]):
		m.kerberos(b)
	case len(b) > 2 && b[1] == 0 && tokens.IsKerberosTag(b[2]) && b[0] >= 1 && b[0] <= 3:
		m.keep(b[:2])
		m.kerberos(b[2:])
	case bytes.HasPrefix(ntlmSignature, b), bytes.HasPrefix(negoExSignature, b): // cut
		m.keep(b)
	default:
		m.junk(b)
	}
}

// The mechanisms whose tokens begin with a token identifier (RFC 4121 section 4.1), as the content
// of an OBJECT IDENTIFIER.
const (
	oidSPNEGO      = "\x2b\x06\x01\x05\x05\x02"
	oidKerberos    = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
	oidMSKerberos  = "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
	oidKerberosU2U = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03"
	oidIAKERB      = "\x2b\x06\x01\x05\x02\x05"
	oidPKU2U       = "\x2b\x06\x01\x05\x02\x07"
	oidArc         = "\x2b\x06\x01\x05\x02"
	oidDraft       = "\x2b\x05\x01\x05\x02"
)

// gss masks an InitialContextToken (RFC 2743 section 3.1).
func (m *masker) gss(b []byte) {
	rest := b
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	inner := e.body
	mech, ok := m.element(&inner)
	if !ok || mech.tag != der.OID {
		return
	}
	m.value(mech)
	switch string(mech.body) {
	case oidSPNEGO:
		m.spnego(inner)
	case oidKerberos, oidMSKerberos, oidKerberosU2U, oidIAKERB, oidPKU2U, oidArc, oidDraft:
		m.gssKerberos(inner)
	default:
		m.any(inner)
	}
}

// gssKerberos masks what follows the mechanism: a token identifier and a message.
func (m *masker) gssKerberos(b []byte) {
	if len(b) < 2 {
		return
	}
	m.keep(b[:2])
	switch binary.BigEndian.Uint16(b) {
	case 0x0100, 0x0200, 0x0300:
		m.kerberos(b[2:])
	case 0x0400, 0x0401:
		m.userToUser(b[2:])
	case 0x0501:
		m.iakerb(b[2:])
	}
}

// spnego masks a NegotiationToken (RFC 4178 section 4.2).
func (m *masker) spnego(b []byte) {
	rest := b
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	inner := e.body
	seq, ok := m.element(&inner)
	switch {
	case !ok:
	case e.tag == 0xa0:
		m.negTokenInit(seq)
	case e.tag == 0xa1:
		m.negTokenResp(seq)
	}
}

func (m *masker) negTokenInit(seq element) {
	m.members(seq, func(n int, v element) {
		switch {
		case n == 0:
			m.items(v, m.value)
		case n == 1:
			m.value(v)
		case n == 2:
			m.embedded(v)
		case n == 3 && v.tag == der.Sequence:
			m.members(v, func(n int, v element) {
				switch {
				case n == 0 && mayBe("not_defined_in_RFC4178@please_ignore", v):
					m.keep(v.body)
				case n == 0:
					m.text(v, User)
				case n == 1:
					m.octets(v)
				}
			})
		case n == 3 || n == 4:
			m.octets(v)
		}
	})
}

func (m *masker) negTokenResp(seq element) {
	var token, mic element
	m.members(seq, func(n int, v element) {
		switch n {
		case 0, 1:
			m.value(v)
		case 2:
			token = v
			m.embedded(v)
		case 3:
			mic = v
		}
	})
	switch {
	case len(mic.body) == 0:
	case bytes.Equal(mic.body, token.body): // not a MIC but the same token again (Windows 2000, Java)
		m.embedded(mic)
	default:
		m.octets(mic)
	}
}

// embedded masks the token inside an OCTET STRING.
func (m *masker) embedded(v element) {
	if v.tag == der.OctetString {
		m.any(v.body)
	}
}

// credSSP masks a TSRequest (MS-CSSP 2.2.1).
func (m *masker) credSSP(b []byte) {
	rest := b
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	m.members(e, func(n int, v element) {
		switch n {
		case 0, 4:
			m.value(v)
		case 1:
			m.items(v, func(item element) {
				m.members(item, func(_ int, t element) { m.negoToken(t) })
			})
		case 2, 3, 5:
			m.octets(v)
		}
	})
}

// negoToken masks a token of SPNEGO or NTLM. What a later leg carries becomes noise.
func (m *masker) negoToken(v element) {
	b := v.body
	if bytes.HasPrefix(b, ntlmSignature) || len(b) > 0 && (b[0] == 0x60 || b[0] == 0xa1) {
		m.embedded(v)
	} else if v.tag == der.OctetString {
		m.opaque(b)
	}
}
