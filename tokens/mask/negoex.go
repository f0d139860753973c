package mask

import (
	"bytes"
	"encoding/binary"
)

var negoExSignature = []byte("NEGOEXTS")

const negoExHeader = 40

func le16(b []byte) int    { return int(binary.LittleEndian.Uint16(b)) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// negoEx masks the messages of SPNEGO Extended Negotiation in one token (MS-NEGOEX 2.2.6). The
// identifier of the conversation and the random numbers become noise.
func (m *masker) negoEx(b []byte) {
	for rest := b; bytes.HasPrefix(rest, negoExSignature); {
		if len(rest) < negoExHeader {
			m.keep(rest[:8])
			m.junk(rest[8:])
			return
		}
		n := int(min(le32(rest[20:]), 1<<30))
		if n < negoExHeader || n > len(rest) {
			n = len(rest)
		}
		m.negoExMessage(rest[:n])
		rest = rest[n:]
	}
}

func (m *masker) negoExMessage(b []byte) {
	if le32(b[8:]) > 7 || le32(b[16:]) > maxNTLM || le32(b[20:]) > maxNTLM {
		m.keep(b[:8])
		m.junk(b[8:])
		return
	}
	m.keep(b[:24])
	m.secret(b[24:40])
	switch le32(b[8:]) {
	case 0, 1:
		m.negoMessage(b)
	case 2, 3:
		m.exchangeMessage(b, m.secret)
	case 4, 5:
		m.exchangeMessage(b, m.any)
	case 6: // VERIFY_MESSAGE
		if len(b) >= 60 {
			m.guid(b[40:56])
			m.secret(b[56:])
		}
	case 7: // ALERT_MESSAGE
		if len(b) >= 60 {
			m.guid(b[40:56])
			m.keep(b[56:60])
		}
	}
}

// negoMessage masks a NEGO_MESSAGE (MS-NEGOEX 2.2.6.3), which lists mechanisms.
func (m *masker) negoMessage(b []byte) {
	if len(b) < 88 {
		return
	}
	m.secret(b[40:72])
	m.secret(b[72:80])
	m.keep(b[80:88])
	start, count := int(min(le32(b[80:]), 1<<30)), le16(b[84:])
	if start <= len(b) && count <= (len(b)-start)/16 {
		for i := range count {
			m.guid(b[start+16*i : start+16*i+16]) // AuthScheme: which mechanism
		}
	}
}

// exchangeMessage masks an EXCHANGE_MESSAGE (MS-NEGOEX 2.2.6.4), which carries what another mechanism says.
func (m *masker) exchangeMessage(b []byte, content func([]byte)) {
	if len(b) < 64 {
		if len(b) >= 60 {
			m.guid(b[40:56])
			m.keep(b[56:60])
		}
		return
	}
	m.guid(b[40:56])
	if le32(b[56:]) > maxNTLM || le32(b[60:]) > maxNTLM {
		return
	}
	m.keep(b[56:64])
	start, n := int(min(le32(b[56:]), 1<<30)), int(min(le32(b[60:]), 1<<30))
	if start <= len(b) && n <= len(b)-start {
		content(b[start : start+n])
	}
}

// guid keeps a GUID if it has the variant of RFC 4122 section 4.1.1, as those of mechanisms have.
func (m *masker) guid(b []byte) {
	if b[8]&0xc0 != 0x80 {
		m.junk(b)
		return
	}
	m.keep(b)
}
