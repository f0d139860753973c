package mask

import (
	"bytes"
	"slices"

	"negotrace/tokens"
)

var ntlmSignature = []byte("NTLMSSP\x00")

// A payload is the field of a message that the eight bytes of Len, MaxLen and BufferOffset
// describe (MS-NLMP 2.2.1).
type payload struct {
	start, len int
	bytes      []byte // nil if the message does not have them
}

// maxNTLM is the longest message. Windows makes none longer.
const maxNTLM = 1 << 16

// payload reads the eight bytes at offset at of the message b, and keeps them if they may describe
// a field of a message, which may be cut.
func (m *masker) payload(b []byte, at int) payload {
	if len(b) < at+8 {
		m.junk(b[min(at, len(b)):])
		return payload{}
	}
	f := payload{start: int(min(le32(b[at+4:]), 1<<30)), len: le16(b[at:])}
	if f.start > maxNTLM {
		m.wild(b[at : at+8])
		return f
	}
	m.keep(b[at : at+8])
	if f.len > 0 && f.start <= len(b) && f.len <= len(b)-f.start {
		f.bytes = b[f.start : f.start+f.len]
	}
	return f
}

// wild replaces a description that points nowhere by another one that does.
func (m *masker) wild(b []byte) {
	n := m.noise(b)
	n[0], n[7] = n[0]|1, 0xff
	m.misunderstand(b)
	m.put(b, n)
}

// version keeps the VERSION structure (MS-NLMP 2.2.2.10), except for its reserved bytes.
func (m *masker) version(b []byte) {
	m.keep(b[:4])
	m.secret(b[4:7])
	m.keep(b[7:])
}

// first returns where the payload begins, in the same way as package tokens.
func first(b []byte, least int, fields ...payload) int {
	full, empty := len(b)+1, len(b)+1
	for _, f := range fields {
		switch {
		case f.len > 0:
			full = min(full, f.start)
		case f.start >= least:
			empty = min(empty, f.start)
		}
	}
	if full <= len(b) {
		return full
	}
	return min(empty, len(b))
}

// ntlm masks an NTLMSSP message of any type (MS-NLMP 2.2.1).
func (m *masker) ntlm(b []byte) {
	m.keep(b[:min(12, len(b))])
	if len(b) < 12 {
		return
	}
	switch le32(b[8:]) {
	case 1:
		m.ntlmNegotiate(b)
	case 2:
		m.ntlmChallenge(b)
	case 3:
		m.ntlmAuthenticate(b)
	}
}

func (m *masker) ntlmNegotiate(b []byte) {
	if len(b) < 16 {
		return
	}
	m.keep(b[12:16])
	domain, station := m.payload(b, 16), m.payload(b, 24)
	if tokens.NTLMFlags(le32(b[12:]))&tokens.NTLMHasVersion != 0 && first(b, 32, domain, station) >= 40 {
		m.version(b[32:40])
	}
	m.encoded(domain.bytes, Domain, false)
	m.encoded(station.bytes, Host, false)
}

// ntlmChallenge keeps the challenge: nobody can use it without the response.
func (m *masker) ntlmChallenge(b []byte) {
	if len(b) < 32 {
		m.keep(b[12:min(20, len(b))])
		return
	}
	target := m.payload(b, 12)
	m.keep(b[20:32])
	flags := tokens.NTLMFlags(le32(b[20:]))
	var info payload
	if len(b) >= 48 && first(b, 32, target) >= 48 {
		info = m.payload(b, 40)
		m.secret(b[32:40])
	}
	if flags&tokens.NTLMHasVersion != 0 && len(b) >= 56 && first(b, 48, target, info) >= 56 {
		m.version(b[48:56])
	}
	m.encoded(target.bytes, Domain, wide(flags, target.bytes))
	m.avPairs(info.bytes)
}

func (m *masker) ntlmAuthenticate(b []byte) {
	lm, nt := m.payload(b, 12), m.payload(b, 20)
	domain, user, station := m.payload(b, 28), m.payload(b, 36), m.payload(b, 44)
	if len(b) < 52 {
		return
	}
	header := first(b, 52, lm, nt, domain, user, station)
	var key payload
	if header >= 60 {
		key = m.payload(b, 52)
		header = first(b, 52, lm, nt, domain, user, station, key)
	}
	var flags tokens.NTLMFlags
	if header >= 64 {
		flags = tokens.NTLMFlags(le32(b[60:]))
		m.keep(b[60:64])
	}
	versioned := flags&tokens.NTLMHasVersion != 0 && header >= 72
	if versioned {
		m.version(b[64:72])
	}
	switch {
	case header >= 88:
		m.secret(b[72:88])
	case header >= 80 && !versioned:
		m.secret(b[64:80])
	}
	wide := wide(flags, domain.bytes, user.bytes, station.bytes)
	m.encoded(domain.bytes, Domain, wide)
	m.encoded(user.bytes, User, wide)
	m.encoded(station.bytes, Host, wide)
	m.response(lm.bytes)
	m.response(nt.bytes)
	m.secret(key.bytes)
}

// response masks a response. Its parts keep their kind: 16 bytes of LMv2 and a challenge of the
// client, or that challenge and zeros, or the clear part of NTLMv2.
func (m *masker) response(b []byte) {
	isNTLMv2 := len(b) >= 44 && b[16] == 1 && b[17] == 1
	switch {
	case isNTLMv2:
		m.secret(b[:16])
		m.keep(b[16:18])
		m.secret(b[18:24])
		m.keep(b[24:32]) // TimeStamp
		m.secret(b[32:40])
		m.secret(b[40:44])
		m.avPairs(b[44:])
	case len(b) == 24:
		m.secret(b[:8])
		m.secret(b[8:16])
		m.secret(b[16:])
	case len(b) > 0:
		n := m.noise(b)
		if len(n) > 17 && n[16] == 1 {
			n[16] = 0xff // it must not look like NTLMv2
		}
		m.put(b, n)
	}
}

// noBinding is the MD5 of an empty channel binding structure. Some clients send it if they have no
// bindings.
const noBinding = "\x44\x10\x18\x52\x52\x08\x45\x77\x05\xbf\x09\xa8\xee\x3c\x10\x93"

// maxAVID is the highest AvId that may be defined in future.
const maxAVID = 15

// avPairs masks a sequence of AV_PAIR.
func (m *masker) avPairs(b []byte) {
	for rest := b; len(rest) >= 4; {
		id, n := le16(rest), le16(rest[2:])
		if id > maxAVID {
			m.junk(rest)
			return
		}
		m.keep(rest[:4])
		if n > len(rest)-4 {
			return
		}
		value := rest[4 : 4+n]
		rest = rest[4+n:]
		if id == tokens.MsvAvEOL {
			m.junk(rest)
			return
		}
		m.avValue(id, value)
	}
}

func (m *masker) avValue(id int, value []byte) {
	switch {
	case id == tokens.MsvAvNbComputerName || id == tokens.MsvAvDNSComputerName:
		m.encoded(value, Host, true)
	case id == tokens.MsvAvNbDomainName || id == tokens.MsvAvDNSDomainName || id == tokens.MsvAvDNSTreeName:
		m.encoded(value, Domain, true)
	case id == tokens.MsvAvTargetName:
		m.encoded(value, Host, true)
	case id == tokens.MsvAvFlags && len(value) == 4, id == tokens.MsvAvTimestamp && len(value) == 8:
		m.keep(value)
	case id == tokens.MsvAvSingleHost && len(value) == 48: // Size and Z4; then what is of the machine
		m.keep(value[:4])
		m.secret(value[4:])
	case id == tokens.MsvAvChannelBindings && string(value) == noBinding:
		m.keep(value)
	case id == tokens.MsvAvChannelBindings && len(value) == 16 && !zeros(value) && m.Binding != nil:
		hash := m.Binding([16]byte(value))
		m.put(value, hash[:])
	default:
		m.secret(value)
	}
}

// wide reports whether names are UTF-16, in the same way as package tokens: the flags decide
// unless the bytes refute them.
func wide(flags tokens.NTLMFlags, names ...[]byte) bool {
	var zero, odd bool
	for _, n := range names {
		zero = zero || bytes.IndexByte(n, 0) >= 0
		odd = odd || len(n)%2 == 1
	}
	if flags&tokens.NTLMUnicode != 0 {
		return !odd
	}
	return zero && !odd
}

// encoded replaces a name in UTF-16 or in the character set of a machine.
func (m *masker) encoded(b []byte, kind Kind, wide bool) {
	if !wide {
		m.name(b, kind)
		return
	}
	whole := b[:len(b)&^1]
	m.put(whole, appendUTF16(nil, m.rename(kind, utf16String(whole))))
	m.secret(b[len(whole):])
}

// name replaces a name in UTF-8. If it is not UTF-8, its character set is unknown, and it is read
// as Latin-1.
func (m *masker) name(b []byte, kind Kind) {
	s, isLatin := latin(b)
	by := m.rename(kind, s)
	if !isLatin {
		m.put(b, []byte(by))
		return
	}
	narrow := make([]byte, 0, len(b))
	for _, r := range by {
		if r > 0xff {
			r = 'x'
		}
		narrow = append(narrow, byte(r))
	}
	m.put(b, slices.Clip(narrow))
}
