package mask

import (
	"encoding/binary"

	"negotrace/tokens"
	"negotrace/tokens/der"
)

// untaggedMsgType returns the msg-type of a message without its application tag, 0 if b does not
// look like one: the first two members are pvno, which is 5, and msg-type.
func untaggedMsgType(b []byte) byte {
	blind := masker{root: b, out: make([]byte, len(b)), state: make([]byte, len(b))}
	rest := b
	seq, ok := blind.element(&rest)
	if !ok || seq.tag != der.Sequence {
		return 0
	}
	var tags, values []byte
	for inner := seq.body; len(inner) > 0 && len(tags) < 2; {
		e, ok := blind.element(&inner)
		if !ok || len(e.body) != 3 || e.body[0] != der.Integer || e.body[1] != 1 {
			return 0
		}
		tags, values = append(tags, e.tag), append(values, e.body[2])
	}
	if len(tags) < 2 || tags[0] != 0xa0 && tags[0] != 0xa1 || tags[1] != tags[0]+1 ||
		values[0] != 5 || values[1] == 0 || values[1] > 30 || !tokens.IsKerberosTag(0x60|values[1]) {
		return 0
	}
	return values[1]
}

// firstElement returns the element that b begins with, as far as it is there.
func firstElement(b []byte) element {
	blind := masker{root: b, out: make([]byte, len(b)), state: make([]byte, len(b))}
	e, _ := blind.element(&b)
	return e
}

// kerberos masks the message at the beginning of b (RFC 4120 section 5): an application tag around
// a SEQUENCE, or only that SEQUENCE.
func (m *masker) kerberos(b []byte) {
	kind := untaggedMsgType(b)
	if kind == 0 && len(b) > 0 && !tokens.IsKerberosTag(b[0]) {
		return
	}
	if x := firstElement(b); kind == 0 && len(x.body) > 0 && x.body[0] != der.Sequence { // text that begins like a message
		m.keep(x.whole[:len(x.whole)-len(x.body)])
		return
	}
	rest := b
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	seq := e
	if kind == 0 {
		inner := e.body
		if kind = e.tag & 0x1f; !tokens.IsKerberosTag(e.tag) {
			return
		}
		if seq, ok = m.element(&inner); !ok {
			return
		}
	}
	switch kind {
	case 10, 12:
		m.members(seq, m.kdcReq)
	case 11, 13:
		m.members(seq, m.kdcRep)
	case 14:
		m.members(seq, m.apReq)
	case 15:
		m.members(seq, m.apRep)
	case 22:
		m.members(seq, m.krbCred)
	case 30:
		m.members(seq, m.krbError)
	}
}

func (m *masker) apReq(n int, v element) {
	switch n {
	case 0, 1, 2:
		m.value(v)
	case 3:
		m.ticket(v)
	case 4:
		m.encrypted(v)
	}
}

func (m *masker) apRep(n int, v element) {
	switch n {
	case 0, 1:
		m.value(v)
	case 2:
		m.encrypted(v)
	}
}

func (m *masker) krbCred(n int, v element) {
	switch n {
	case 0, 1:
		m.value(v)
	case 2:
		m.items(v, m.ticket)
	case 3:
		m.encrypted(v)
	}
}

// ticket masks the clear part of a ticket (RFC 4120 section 5.3).
func (m *masker) ticket(e element) {
	m.tagged(e, 0x61, func(seq element) {
		m.members(seq, func(n int, v element) {
			switch n {
			case 0:
				m.value(v)
			case 1:
				m.text(v, Domain)
			case 2:
				m.principal(v)
			case 3:
				m.encrypted(v)
			}
		})
	})
}

// principal masks a PrincipalName (RFC 4120 section 5.2.2).
func (m *masker) principal(e element) {
	m.members(e, func(n int, v element) {
		switch n {
		case 0:
			m.value(v)
		case 1:
			m.nameStrings(v)
		}
	})
}

// nameStrings masks the components of a name. A single one is an account, or its address. Of
// several, the first is a class of service, and the second is its host.
func (m *masker) nameStrings(seq element) {
	var all []element
	m.items(seq, func(item element) { all = append(all, item) })
	for i, e := range all {
		switch {
		case len(all) == 1:
			m.text(e, User)
		case i > 1:
			m.text(e, Domain)
		default:
			m.text(e, Host)
		}
	}
}

// encrypted masks an EncryptedData (RFC 4120 section 5.2.9).
func (m *masker) encrypted(e element) {
	m.members(e, func(n int, v element) {
		switch n {
		case 0, 1:
			m.value(v)
		case 2:
			m.octets(v)
		}
	})
}

// userToUser masks KERB-TGT-REQUEST and KERB-TGT-REPLY (draft-swift-win2k-krb-user2user).
func (m *masker) userToUser(b []byte) {
	rest := b
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	m.members(e, func(n int, v element) {
		switch {
		case n == 0 || n == 1:
			m.value(v)
		case n == 2 && v.tag == 0x61:
			m.ticket(v)
		case n == 2:
			m.principal(v)
		case n == 3:
			m.text(v, Domain)
		}
	})
}

// iakerb masks an IAKERB-HEADER and the message after it (draft-ietf-kitten-iakerb section 3).
func (m *masker) iakerb(b []byte) {
	rest := b
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	m.members(e, func(n int, v element) {
		switch n {
		case 1:
			m.name(v.body, Domain)
		case 2:
			m.octets(v)
		}
	})
	m.kerberos(rest)
}

// kdcProxy masks a KDC-PROXY-MESSAGE and what is in it.
func (m *masker) kdcProxy(b []byte) {
	rest := b
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	var message []byte
	m.members(e, func(n int, v element) {
		switch {
		case n == 0 && v.tag == der.OctetString:
			message = v.body
		case n == 1:
			m.text(v, Domain)
		case n == 2:
			m.value(v)
		}
	})
	if len(message) == 0 {
		return
	}
	if !tokens.IsKerberosTag(message[0]) && untaggedMsgType(message) == 0 {
		if len(message) < 4 || message[0] != 0 || message[1] != 0 && len(message) < maxNTLM {
			m.junk(message)
			return
		}
		m.keep(message[:4]) // the length, as in TCP
		message = message[4:]
	}
	if isKpasswd(message) {
		m.kpasswd(message)
		return
	}
	m.kerberos(message)
}

const kpasswdHead = 6 // bytes before the AP-REQ or AP-REP

func isKpasswd(b []byte) bool {
	if len(b) < kpasswdHead {
		return false
	}
	version := binary.BigEndian.Uint16(b[2:])
	return (version == 1 || version == 0xff80) && int(binary.BigEndian.Uint16(b[4:])) <= len(b)-kpasswdHead
}

// kpasswd masks a message that changes a password (RFC 3244 section 2).
func (m *masker) kpasswd(b []byte) {
	if len(b) < kpasswdHead {
		return
	}
	m.keep(b[:kpasswdHead])
	ap := int(binary.BigEndian.Uint16(b[4:]))
	b = b[kpasswdHead:]
	ap = min(ap, len(b))
	m.kerberos(b[:ap])
	rest := b[ap:]
	if len(rest) == 0 || rest[0] != 0x75 {
		m.kerberos(rest)
		return
	}
	if e, ok := m.element(&rest); ok {
		m.tagged(e, 0x75, func(seq element) { // KRB-PRIV (RFC 4120 section 5.7.1)
			m.members(seq, func(n int, v element) {
				if n == 3 {
					m.encrypted(v)
				} else {
					m.value(v)
				}
			})
		})
	}
}
