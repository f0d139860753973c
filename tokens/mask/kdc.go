package mask

import (
	"net/netip"
	"slices"
	"strings"

	"negotrace/tokens/der"
)

func (m *masker) kdcReq(n int, v element) {
	switch n {
	case 1, 2:
		m.value(v)
	case 3:
		m.paDatas(v, false)
	case 4:
		m.members(v, m.kdcReqBody)
	}
}

// kdcReqBody keeps the nonce. MIT's KDC sends it back as a time, and nobody can use it without the
// encrypted reply.
func (m *masker) kdcReqBody(n int, v element) {
	switch n {
	case 0, 4, 5, 6, 7:
		m.value(v)
	case 1, 3:
		m.principal(v)
	case 2:
		m.realmText(v)
	case 8:
		m.items(v, m.value)
	case 9:
		m.items(v, m.hostAddress)
	case 10:
		m.encrypted(v)
	case 11:
		m.items(v, m.ticket)
	}
}

func (m *masker) kdcRep(n int, v element) {
	switch n {
	case 0, 1:
		m.value(v)
	case 2:
		m.paDatas(v, false)
	case 3:
		m.realmText(v)
	case 4:
		m.principal(v)
	case 5:
		m.ticket(v)
	case 6:
		m.encrypted(v)
	}
}

func (m *masker) krbError(n int, v element) {
	switch n {
	case 0, 1, 2, 3, 4, 5, 6:
		m.value(v)
	case 7, 9:
		m.realmText(v)
	case 8, 10:
		m.principal(v)
	case 11:
		if isText(v) && isKnownText(v) {
			m.keep(v.body)
			return
		}
		m.text(v, Text)
	case 12:
		if v.tag == der.OctetString {
			m.errorData(v.body)
		}
	}
}

// realmText masks a realm. The first one of a message is the realm of its client, from which salts
// are made.
func (m *masker) realmText(v element) {
	if isText(v) && m.realm == "" {
		m.realm = string(v.body)
	}
	m.text(v, Domain)
}

// errorData masks the e-data of a KRB-ERROR: a list of PA-DATA, or a KERB-ERROR-DATA
// (MS-KILE 2.2.2).
func (m *masker) errorData(b []byte) {
	if len(b) == 0 || b[0] != der.Sequence {
		m.secret(b)
		return
	}
	rest := b
	e, ok := m.element(&rest)
	if !ok || len(e.body) == 0 {
		return
	}
	if e.body[0] == der.Sequence {
		m.paDatas(e, true)
		return
	}
	m.members(e, func(n int, v element) {
		switch {
		case n == 1:
			m.value(v)
		case n == 2 && v.tag == der.OctetString && len(v.body) >= 12:
			m.extendedError(v.body)
		case n == 2:
			m.octets(v)
		}
	})
}

// extendedError keeps the NTSTATUS and the flags of a KERB-EXT-ERROR (MS-KILE 2.2.1).
func (m *masker) extendedError(b []byte) {
	if severity := b[3]; severity&0x3f != 0 || le32(b[8:]) > 0xff {
		m.junk(b)
		return
	}
	m.keep(b[:4])
	m.secret(b[4:8]) // klininfo
	m.keep(b[8:12])
}

// hostAddress masks a HostAddress (RFC 4120 section 5.2.5).
func (m *masker) hostAddress(item element) {
	const netBIOS = 20
	var kind int32
	m.members(item, func(n int, v element) {
		a, ok := netip.AddrFromSlice(v.body)
		switch {
		case n == 0:
			kind = number(v)
			m.value(v)
		case v.tag != der.OctetString:
		case kind == netBIOS:
			m.name(v.body, Host)
		case ok && m.Address != nil:
			m.put(v.body, m.Address(a).AsSlice())
		default:
			m.octets(v)
		}
	})
}

// finishSalts masks the salts, which are made from the realm and the name of the client (RFC 4120
// section 4). It comes last, because a message may have these after a salt.
func (m *masker) finishSalts() {
	for _, s := range m.salts {
		text, isLatin := latin(s)
		if m.realm == "" || isLatin || !strings.HasPrefix(text, m.realm) {
			m.name(s, Text)
			continue
		}
		rest := text[len(m.realm):]
		kind := User
		if host, ok := strings.CutPrefix(rest, "host"); ok && strings.Contains(host, ".") { // salt of a computer
			rest, kind = host, Host
		}
		by := m.rename(Domain, m.realm) + strings.TrimSuffix(text[len(m.realm):], rest) + m.rename(kind, rest)
		m.put(s, slices.Clip([]byte(by)))
	}
}
