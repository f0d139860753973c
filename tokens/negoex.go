package tokens

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// A NegoEx is one message of SPNEGO Extended Negotiation (MS-NEGOEX 2.2.6).
type NegoEx struct {
	Type         string   `json:"type"`              // INITIATOR_NEGO ...
	Sequence     uint32   `json:"sequence"`          // SequenceNum: number of the message in the conversation
	Conversation string   `json:"conversation"`      // ConversationId, a GUID
	Schemes      []string `json:"schemes,omitempty"` // AuthScheme GUIDs, by name if known
	// ErrorCode is the NTSTATUS of an ALERT.
	ErrorCode NTStatus `json:"error_code,omitempty"`
}

var negoExSignature = []byte("NEGOEXTS")

const (
	negoExHeader = 40
	maxNegoEx    = 64 // messages in one token, and schemes in one message
)

// negoEx reads the messages of one token, which follow one another.
func (p *parser) negoEx(b []byte) {
	for rest := b; len(rest) > 0; {
		if !bytes.HasPrefix(rest, negoExSignature) {
			p.fail(rest, "NEGOEX MESSAGE_HEADER", "does not begin with NEGOEXTS")
			return
		}
		if len(rest) < negoExHeader {
			p.fail(rest, "NEGOEX MESSAGE_HEADER", "%v where %d belong", byteCount(len(rest)), negoExHeader)
			return
		}
		if len(p.token.NegoEx) == maxNegoEx {
			p.fail(rest, "NEGOEX", "more than %d messages", maxNegoEx)
			return
		}
		n := int(min(le32(rest[20:]), 1<<30))
		cut := n > len(rest)
		if n < negoExHeader || cut {
			p.fail(rest[20:], "NEGOEX cbMessageLength", "%d, %s there", n, byteCount(len(rest)).verb("is", "are"))
			n = len(rest)
		}
		p.negoExMessage(rest[:n:cap(rest)])
		rest = rest[n:]
	}
}

func (p *parser) negoExMessage(b []byte) {
	m := NegoEx{Sequence: le32(b[12:]), Conversation: guid(b[24:40])}
	kind := le32(b[8:])
	m.Type = fmt.Sprintf("message type %d", kind)
	if kind < uint32(len(negoExTypes)) {
		m.Type = negoExTypes[kind]
	}
	p.group("NEGOEX "+m.Type, b, func() {
		p.number("MessageType", b[8:12], int64(kind))
		p.number("SequenceNum", b[12:16], int64(m.Sequence))
		p.number("cbHeaderLength", b[16:20], int64(le32(b[16:])))
		p.number("cbMessageLength", b[20:24], int64(le32(b[20:])))
		p.field("ConversationId", b[24:40], m.Conversation)
		switch kind {
		case 0, 1:
			p.negoExSchemes(b, &m)
		case 2, 3, 4, 5, 6, 7:
			p.negoExScheme(b, &m, kind)
		default:
			p.odd(b[8:], "NEGOEX message type %d is not defined", kind)
		}
	})
	p.token.NegoEx = append(p.token.NegoEx, m)
}

var negoExTypes = []string{"INITIATOR_NEGO", "ACCEPTOR_NEGO", "INITIATOR_META_DATA",
	"ACCEPTOR_META_DATA", "CHALLENGE", "AP_REQUEST", "VERIFY", "ALERT"}

// negoExSchemes reads a NEGO_MESSAGE (MS-NEGOEX 2.2.6.3).
func (p *parser) negoExSchemes(b []byte, m *NegoEx) {
	if len(b) < 88 {
		p.fail(b, "AuthSchemes", "the message ends at %v", byteCount(len(b)))
		return
	}
	p.hex("Random", b[40:72], b[40:72])
	p.fieldf("ProtocolVersion", b[72:80], "%d", binary.LittleEndian.Uint64(b[72:]))
	start, count := int(min(le32(b[80:]), 1<<30)), le16(b[84:])
	if start > len(b) || count > (len(b)-start)/16 {
		p.fail(b[80:], "AuthSchemes", "%d of 16 bytes at %d, the message ends at %d", count, start, len(b))
		return
	}
	for i := range min(count, maxNegoEx) {
		g := b[start+16*i : start+16*i+16]
		m.Schemes = append(m.Schemes, authScheme(g))
		p.field("AuthScheme", g, authScheme(g))
	}
}

// negoExScheme reads what the other messages have in common: the scheme, then a vector of bytes
// with a token of that scheme (MS-NEGOEX 2.2.6.4 to 2.2.6.6).
func (p *parser) negoExScheme(b []byte, m *NegoEx, kind uint32) {
	if len(b) < 60 {
		p.fail(b, "AuthScheme", "the message ends at %v", byteCount(len(b)))
		return
	}
	m.Schemes = []string{authScheme(b[40:56])}
	p.field("AuthScheme", b[40:56], m.Schemes[0])
	switch kind {
	case 6:
		p.fieldf("Checksum", b[56:], "%v", byteCount(len(b)-56))
		return
	case 7:
		m.ErrorCode = NTStatus(le32(b[56:]))
		p.fieldf("ErrorCode", b[56:60], "%v", m.ErrorCode)
		return
	}
	if len(b) < 64 {
		p.fail(b, "Exchange", "the message ends at %v", byteCount(len(b)))
		return
	}
	start, n := int(min(le32(b[56:]), 1<<30)), int(min(le32(b[60:]), 1<<30))
	if start > len(b) || n > len(b)-start {
		p.fail(b[56:], "Exchange", "%v at %d, the message ends at %d", byteCount(n), start, len(b))
		return
	}
	token := b[start : start+n]
	if kind < 4 || n == 0 {
		p.fieldf("Exchange", token, "%v", byteCount(n))
		return
	}
	p.group("Exchange", token, func() { p.any(token) })
}

// authScheme names the scheme of a GUID. PKU2U has one in MS-NEGOEX, and another one in what
// Windows sends.
func authScheme(b []byte) string {
	switch g := guid(b); g {
	case "235f69ad-73fb-4dbc-8203-0629e739339b", "0d53335c-f9ea-4d0d-b2ec-4ae3786ec308":
		return "PKU2U"
	default:
		return g
	}
}

// guid writes a GUID in its usual form (MS-DTYP 2.3.4.2).
func guid(b []byte) string {
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x", le32(b), le16(b[4:]), le16(b[6:]), b[8:10], b[10:16])
}
