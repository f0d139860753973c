package tokens

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// An NTLM is one NTLMSSP message (MS-NLMP 2.2.1): type 1, 2 or 3, of which one is set.
type NTLM struct {
	Flags        NTLMFlags         `json:"flags"`
	Version      *NTLMVersion      `json:"version,omitempty"`      // VERSION of the operating system, if the message has it
	Negotiate    *NTLMNegotiate    `json:"negotiate,omitempty"`    // type 1
	Challenge    *NTLMChallenge    `json:"challenge,omitempty"`    // type 2
	Authenticate *NTLMAuthenticate `json:"authenticate,omitempty"` // type 3
}

// Type returns the MessageType: 1, 2 or 3, 0 for none of them. It is safe on nil.
func (n *NTLM) Type() int {
	switch {
	case n == nil:
		return 0
	case n.Negotiate != nil:
		return 1
	case n.Challenge != nil:
		return 2
	case n.Authenticate != nil:
		return 3
	}
	return 0
}

// An NTLMNegotiate is a NEGOTIATE_MESSAGE: the client begins (MS-NLMP 2.2.1.1).
type NTLMNegotiate struct {
	Domain      string `json:"domain,omitempty"`      // DomainName of the client, often empty
	Workstation string `json:"workstation,omitempty"` // Workstation name of the client, often empty
}

// An NTLMChallenge is a CHALLENGE_MESSAGE: the server asks for proof (MS-NLMP 2.2.1.2).
type NTLMChallenge struct {
	TargetName string `json:"target_name,omitempty"` // of the server or its domain
	// ServerChallenge is not secret by itself; it distinguishes two challenges.
	ServerChallenge [8]byte      `json:"-"`
	TargetInfo      *NTLMAVPairs `json:"target_info,omitempty"` // the AV pairs
}

var ntlmSignature = []byte("NTLMSSP\x00")

// An ntlmMessage is an NTLM with the structures that its pointers may point to, in one allocation.
// The AUTHENTICATE_MESSAGE is not among them, because it is larger than the others.
type ntlmMessage struct {
	NTLM
	version   NTLMVersion
	negotiate NTLMNegotiate
	challenge NTLMChallenge
}

// ntlm reads any of the three messages (MS-NLMP 2.2.1).
func (p *parser) ntlm(b []byte) {
	m := &ntlmMessage{}
	if p.token.NTLM == nil {
		p.token.NTLM = &m.NTLM
	}
	p.group("NTLMSSP", b, func() {
		if len(b) < 12 {
			p.fail(b[8:], "MessageType", "%v where 4 belong", byteCount(len(b)-8))
			return
		}
		kind := le32(b[8:])
		p.number("MessageType", b[8:12], int64(kind))
		switch kind {
		case 1:
			m.Negotiate = &m.negotiate
			p.ntlmNegotiate(b, m)
		case 2:
			m.Challenge = &m.challenge
			p.ntlmChallenge(b, m)
		case 3:
			m.Authenticate = &NTLMAuthenticate{}
			p.ntlmAuthenticate(b, m)
		default:
			p.fail(b[8:], "MessageType", "%d is none of 1, 2 and 3", kind)
		}
	})
}

func le16(b []byte) int { return int(binary.LittleEndian.Uint16(b)) }

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// A payload is the field of a message that the eight bytes of Len, MaxLen and BufferOffset
// describe.
type payload struct {
	header []byte // the eight bytes
	start  int    // BufferOffset
	len    int    // Len
	bytes  []byte // nil if the message does not have them
}

// payload reads the eight bytes at offset at of the message m, and what they describe.
func (p *parser) payload(m []byte, at int, name string) payload {
	if len(m) < at+8 {
		p.fail(m[min(at, len(m)):], name+"Fields", "the message ends at %v", byteCount(len(m)))
		return payload{}
	}
	f := payload{header: m[at : at+8], len: le16(m[at:])}
	start := le32(m[at+4:])
	f.start = int(min(start, 1<<30))
	if f.len == 0 {
		return f
	}
	if f.start > len(m) || f.len > len(m)-f.start {
		p.fail(f.header, name+"Fields", "%v at %d, the message ends at %d", byteCount(f.len), start, len(m))
		return f
	}
	f.bytes = m[f.start : f.start+f.len]
	return f
}

// first returns the offset at which the payload begins: the smallest of a field that is not empty.
// If all are empty, it is the smallest that is not below least, the least size of the header.
func first(m []byte, least int, fields ...payload) int {
	full, empty := len(m)+1, len(m)+1
	for _, f := range fields {
		switch {
		case f.len > 0:
			full = min(full, f.start)
		case f.start >= least:
			empty = min(empty, f.start)
		}
	}
	if full <= len(m) {
		return full
	}
	return min(empty, len(m))
}

func (p *parser) ntlmFlags(b []byte, m *NTLM) {
	m.Flags = NTLMFlags(le32(b))
	if p.tree != nil {
		p.field("NegotiateFlags", b[:4], m.Flags.String())
	}
	p.ntlmFlagsOdd(b, m)
}

// ntlmNegotiate reads a NEGOTIATE_MESSAGE. Win9x sends its first 16 bytes only, others
// leave out the version (MS-NLMP 2.2.1.1).
func (p *parser) ntlmNegotiate(b []byte, m *ntlmMessage) {
	if len(b) < 16 {
		p.fail(b[12:], "NegotiateFlags", "the message ends at %v", byteCount(len(b)))
		return
	}
	p.ntlmFlags(b[12:], &m.NTLM)
	if len(b) < 32 {
		switch {
		case len(b) == 16:
			p.odd(b, "16-byte NEGOTIATE_MESSAGE without fields, as Windows 9x sent it")
		default:
			p.fail(b[16:], "DomainNameFields", "the message ends at %v", byteCount(len(b)))
		}
		return
	}
	domain, station := p.payload(b, 16, "DomainName"), p.payload(b, 24, "Workstation")
	if m.Flags&NTLMHasVersion != 0 && first(b, 32, domain, station) >= 40 {
		p.ntlmVersion(b[32:40], m)
	}
	m.Negotiate.Domain = p.oem("DomainName", domain)
	m.Negotiate.Workstation = p.oem("Workstation", station)
	if domain.len > 0 && m.Flags&NTLMOEMDomain == 0 {
		p.wrong(domain.header, "a domain name without the flag NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED")
	}
	if station.len > 0 && m.Flags&NTLMOEMWorkstation == 0 {
		p.wrong(station.header, "a workstation name without the flag NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED")
	}
}

// ntlmChallenge reads a CHALLENGE_MESSAGE. The target information is missing in the
// oldest ones (MS-NLMP 2.2.1.2).
func (p *parser) ntlmChallenge(b []byte, m *ntlmMessage) {
	if len(b) < 32 {
		p.fail(b[12:], "TargetNameFields", "the message ends at %v", byteCount(len(b)))
		return
	}
	target := p.payload(b, 12, "TargetName")
	p.ntlmFlags(b[20:], &m.NTLM)
	copy(m.Challenge.ServerChallenge[:], b[24:32])
	p.hex("ServerChallenge", b[24:32], b[24:32])
	name := b[12:20]
	if target.bytes != nil {
		unicode, _ := wideNames(m.Flags, target.bytes)
		m.Challenge.TargetName = decodeName(target.bytes, unicode)
		name = target.bytes
	}
	p.field("TargetName", name, m.Challenge.TargetName)
	var info payload
	if len(b) >= 48 && first(b, 32, target) >= 48 {
		info = p.payload(b, 40, "TargetInfo")
	}
	if m.Flags&NTLMHasVersion != 0 && len(b) >= 56 && first(b, 48, target, info) >= 56 {
		p.ntlmVersion(b[48:56], m)
	}
	if info.bytes != nil {
		m.Challenge.TargetInfo = p.avPairs("TargetInfo", info.bytes)
	}
	switch flagged := m.Flags&NTLMTargetInfo != 0; {
	case flagged && info.len == 0:
		p.wrong(b[20:], "flag NTLMSSP_NEGOTIATE_TARGET_INFO without target information")
	case !flagged && info.len > 0:
		p.wrong(b[20:], "target information without the flag NTLMSSP_NEGOTIATE_TARGET_INFO")
	}
}

// oem reads a name in the character set of the sender.
func (p *parser) oem(name string, f payload) string {
	if f.bytes == nil {
		return ""
	}
	s := decodeName(f.bytes, false)
	p.field(name, f.bytes, s)
	return s
}

// decodeName reads a name as UTF-16LE or in the character set of the sender. Only ASCII is certain
// in that: other bytes are read as Latin-1. Some senders include a terminating zero.
func decodeName(b []byte, unicode bool) string {
	if unicode {
		return strings.TrimRight(utf16String(b), "\x00")
	}
	return strings.TrimRight(latin(string(b)), "\x00")
}

// utf16String reads UTF-16LE. It ignores a single byte at the end.
func utf16String(b []byte) string {
	var ascii [64]byte // long enough for nearly every name
	n, i := len(b)/2, 0
	for i < min(n, len(ascii)) && b[2*i] < utf8.RuneSelf && b[2*i+1] == 0 {
		ascii[i] = b[2*i]
		i++
	}
	if i == n {
		return string(ascii[:n])
	}
	units := make([]uint16, n)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// wideNames reports whether names are UTF-16. The flags decide, unless the bytes refute them: a
// name with a zero byte is not in an OEM character set, and one of odd length is not UTF-16. If
// the flags say nothing, zero bytes decide. guessed is set if the flags did not decide.
func wideNames(flags NTLMFlags, names ...[]byte) (unicode, guessed bool) {
	var zero, odd, long bool
	for _, n := range names {
		zero = zero || slices.Contains(n, 0)
		odd = odd || len(n)%2 == 1
		long = long || len(n) > 0
	}
	switch {
	case flags&NTLMUnicode != 0:
		return !odd, odd
	case flags&NTLMOEM != 0:
		return zero && !odd, zero && !odd
	}
	return zero && !odd, long
}
