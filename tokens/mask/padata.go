package mask

import (
	"negotrace/tokens"
	"negotrace/tokens/der"
)

// paDatas masks a SEQUENCE OF PA-DATA, of a KRB-ERROR or of another message. The values of types that are not known
// become noise, in which the structure of DER stays.
func (m *masker) paDatas(seq element, ofError bool) {
	m.items(seq, func(item element) {
		var kind int32
		m.members(item, func(_ int, v element) {
			switch v.tag {
			case der.Integer:
				kind = number(v)
				m.value(v)
			case der.OctetString:
				if kind == tokens.PAPWSalt && ofError && len(v.body) == 12 {
					m.extendedError(v.body)
					return
				}
				m.paData(kind, v)
			}
		})
	})
}

// number returns the number in an INTEGER, of which it reads the last four bytes.
func number(v element) (n int32) {
	if len(v.body) > 0 && v.body[0] >= 0x80 {
		n = -1
	}
	for _, c := range v.body {
		n = n<<8 | int32(c)
	}
	return n
}

func (m *masker) paData(kind int32, v element) {
	rest := v.body
	switch kind {
	case tokens.PATGSReq, tokens.PAEncTimestamp, tokens.PAEncryptedChallenge, tokens.PAETypeInfo, tokens.PAETypeInfo2, tokens.PAPACRequest,
		tokens.PAForUser, tokens.PAS4UX509User, tokens.PAFXFast, tokens.PAPACOptions:
	case tokens.PAPWSalt:
		m.salts = append(m.salts, v.body)
		return
	case tokens.PASupportedETypes:
		if len(v.body) == 4 {
			m.keep(v.body)
			return
		}
		fallthrough
	default:
		m.structured(v)
		return
	}
	const apReq, fast = 0x6e, 0xa0
	if len(rest) == 0 || rest[0] != der.Sequence && rest[0] != apReq && rest[0] != fast {
		m.octets(v)
		return
	}
	e, ok := m.element(&rest)
	if !ok {
		return
	}
	switch kind {
	case tokens.PATGSReq:
		m.tagged(e, 0x6e, func(seq element) { m.members(seq, m.apReq) })
	case tokens.PAEncTimestamp, tokens.PAEncryptedChallenge:
		m.encrypted(e)
	case tokens.PAETypeInfo, tokens.PAETypeInfo2:
		m.items(e, func(item element) { m.members(item, m.etypeInfo) })
	case tokens.PAForUser:
		m.members(e, m.forUser)
	case tokens.PAS4UX509User:
		m.members(e, m.s4uX509User)
	case tokens.PAFXFast:
		m.fast(e)
	default:
		m.members(e, func(_ int, v element) { m.value(v) })
	}
}

func (m *masker) etypeInfo(n int, v element) {
	switch {
	case n == 0:
		m.value(v)
	case n == 1 && (isText(v) || v.tag == der.OctetString):
		m.salts = append(m.salts, v.body)
	case n == 2 && len(v.body) == 4: // the iterations of PBKDF2
		m.keep(v.body)
	case n == 2:
		m.octets(v)
	}
}

func (m *masker) forUser(n int, v element) {
	switch {
	case n == 0:
		m.principal(v)
	case n == 1:
		m.text(v, Domain)
	case n == 2:
		m.checksum(v)
	case n == 3 && isText(v) && string(v.body) == "Kerberos":
		m.keep(v.body)
	case n == 3:
		m.text(v, Text)
	}
}

func (m *masker) s4uX509User(n int, id element) {
	if n == 1 {
		m.checksum(id)
	}
	if n != 0 {
		return
	}
	m.members(id, func(n int, v element) {
		switch n {
		case 0, 4:
			m.value(v)
		case 1:
			m.principal(v)
		case 2:
			m.text(v, Domain)
		case 3:
			m.octets(v)
		}
	})
}

// checksum masks a Checksum, an EncryptionKey, or anything else that consists of a number and
// octets.
func (m *masker) checksum(v element) {
	m.members(v, func(n int, v element) {
		if n == 0 {
			m.value(v)
			return
		}
		m.octets(v)
	})
}

// fast masks a PA-FX-FAST-REQUEST or PA-FX-FAST-REPLY (RFC 6113 sections 5.4.2 and 5.4.3).
// The armour of a request is an AP-REQ.
func (m *masker) fast(choice element) {
	inner := choice.body
	e, ok := m.element(&inner)
	if !ok || choice.tag != 0xa0 {
		return
	}
	m.members(e, func(n int, v element) {
		switch n {
		case 0:
			m.armour(v)
		case 1:
			m.checksum(v)
		case 2:
			m.encrypted(v)
		}
	})
}

// armour masks a KrbFastArmor, or the EncryptedData that a reply has instead.
func (m *masker) armour(v element) {
	m.members(v, func(n int, v element) {
		switch rest := v.body; {
		case v.tag == der.Integer:
			m.value(v)
		case n == 1 && v.tag == der.OctetString && len(rest) > 0 && rest[0] == 0x6e:
			m.kerberos(rest)
		default:
			m.octets(v)
		}
	})
}
