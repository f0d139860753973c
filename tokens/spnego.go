package tokens

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// A SPNEGO is a NegTokenInit, NegTokenInit2 or NegTokenResp (RFC 4178 section 4.2,
// MS-SPNG 2.2.1).
type SPNEGO struct {
	Init *NegTokenInit `json:"init,omitempty"` // a NegTokenInit
	Resp *NegTokenResp `json:"resp,omitempty"` // a NegTokenResp
}

// A NegTokenInit is the first token of a negotiation.
type NegTokenInit struct {
	MechTypes   []OID  `json:"mech_types,omitempty"`    // in the sender's order of preference
	ReqFlags    string `json:"req_flags,omitempty"`     // ContextFlags that are asked for, by name
	MechToken   int    `json:"mech_token"`              // its length, 0 if absent
	Hints       string `json:"hints,omitempty"`         // hintName of a NegTokenInit2
	MechListMIC int    `json:"mech_list_mic,omitempty"` // its length
	// Init2 is set if it is a NegTokenInit2, which a server sends first (MS-SPNG 2.2.1).
	Init2 bool `json:"init2,omitempty"`
}

// A NegState is the state a NegTokenResp reports (RFC 4178 section 4.2.2).
type NegState int

// The states. NegStateAbsent means that the optional field is left out.
const (
	NegStateAbsent   NegState = -1
	AcceptCompleted  NegState = 0
	AcceptIncomplete NegState = 1
	Reject           NegState = 2
	RequestMIC       NegState = 3
)

// String returns the name RFC 4178 gives the state.
func (s NegState) String() string {
	switch s {
	case NegStateAbsent:
		return "absent"
	case AcceptCompleted:
		return "accept-completed"
	case AcceptIncomplete:
		return "accept-incomplete"
	case Reject:
		return "reject"
	case RequestMIC:
		return "request-mic"
	}
	return "unknown"
}

// MarshalText writes the state by name.
func (s NegState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A NegTokenResp is every further token of a negotiation. All its fields are optional.
type NegTokenResp struct {
	NegState      NegState `json:"neg_state"`
	SupportedMech OID      `json:"supported_mech,omitempty"`
	ResponseToken int      `json:"response_token,omitempty"` // its length
	MechListMIC   int      `json:"mech_list_mic,omitempty"`  // its length
	// MICIsCopy is set if mechListMIC repeats responseToken, as Windows 2000 and
	// Java do: it is then no MIC.
	MICIsCopy bool `json:"mic_is_copy,omitempty"`
}

// spnego reads a NegotiationToken: [0] NegTokenInit or [1] NegTokenResp.
func (p *parser) spnego(b []byte) {
	rest := b
	e, ok := p.element(&rest, "NegotiationToken")
	if !ok {
		return
	}
	p.trailing(rest, "the NegotiationToken")
	s := &struct { // one allocation with what most have
		SPNEGO
		resp NegTokenResp
	}{}
	if p.token.SPNEGO == nil {
		p.token.SPNEGO = &s.SPNEGO
	}
	inner := e.body
	switch e.tag {
	case 0xa0:
		s.Init = &NegTokenInit{}
		p.group("negTokenInit", e.whole, func() {
			if seq, ok := p.expect(&inner, asn1.SEQUENCE, ""); ok {
				p.negTokenInit(seq, s.Init)
			}
		})
	case 0xa1:
		s.Resp = &s.resp
		s.Resp.NegState = NegStateAbsent
		p.group("negTokenResp", e.whole, func() {
			if seq, ok := p.expect(&inner, asn1.SEQUENCE, ""); ok {
				p.negTokenResp(seq, s.Resp)
			}
		})
	default:
		p.fail(b, "NegotiationToken", "tag %#02x is neither negTokenInit nor negTokenResp", e.tag)
	}
}

func (p *parser) negTokenInit(seq element, m *NegTokenInit) {
	p.members(seq, func(n int, v element) {
		switch {
		case n == 0:
			p.group("mechTypes", v.whole, func() { p.mechTypes(v, m) })
		case n == 1:
			m.ReqFlags = contextFlags(p.bits(v, "reqFlags"))
			p.field("reqFlags", v.whole, m.ReqFlags)
		case n == 2:
			m.MechToken = p.embedded(v, "mechToken")
		case n == 3 && v.tag == byte(asn1.SEQUENCE):
			m.Init2 = true
			p.group("negHints", v.whole, func() { p.negHints(v, m) })
		case n == 3 || n == 4:
			m.MechListMIC = len(p.octets(v, "mechListMIC"))
			p.hex("mechListMIC", v.whole, v.body)
		default:
			p.wrong(v.whole, "member [%d] of a NegTokenInit is not defined", n)
		}
	})
	if len(m.MechTypes) == 0 && p.err == nil {
		p.wrong(seq.whole, "NegTokenInit names no mechanism")
	}
}

func (p *parser) mechTypes(seq element, m *NegTokenInit) {
	var room [8]OID // more than anyone offers
	mechs := room[:0]
	p.items(seq, func(item element) {
		if o := p.oid(item, "mechType"); o != "" {
			mechs = append(mechs, o)
		}
	})
	if n := len(mechs); n > maxMechs {
		p.odd(seq.whole, "%d mechanisms, of which %d are kept", n, maxMechs)
		mechs = mechs[:maxMechs]
	}
	m.MechTypes = append(m.MechTypes, mechs...)
}

// negHints reads what a NegTokenInit2 has instead of a MIC (MS-SPNG 2.2.1).
func (p *parser) negHints(seq element, m *NegTokenInit) {
	p.members(seq, func(n int, v element) {
		switch n {
		case 0:
			m.Hints = p.text(v, "hintName")
		case 1:
			p.hex("hintAddress", v.whole, v.body)
		}
	})
}

func (p *parser) negTokenResp(seq element, m *NegTokenResp) {
	var token, mic []byte
	p.members(seq, func(n int, v element) {
		switch n {
		case 0:
			if v.cut {
				return
			}
			if v.tag != byte(asn1.ENUM) || len(v.body) != 1 {
				p.fail(v.whole, "negState", "not an ENUMERATED of one byte")
				return
			}
			m.NegState = NegState(v.body[0])
			if p.tree != nil {
				p.fieldf("negState", v.whole, "%s (%d)", m.NegState, int(m.NegState))
			}
			if m.NegState > RequestMIC {
				p.wrong(v.whole, "negState %d is not defined", int(m.NegState))
			}
		case 1:
			m.SupportedMech = p.oid(v, "supportedMech")
		case 2:
			token = v.body
			m.ResponseToken = p.embedded(v, "responseToken")
		case 3:
			mic = p.octets(v, "mechListMIC")
			m.MechListMIC = len(mic)
			p.hex("mechListMIC", v.whole, mic)
		default:
			p.wrong(v.whole, "member [%d] of a NegTokenResp is not defined", n)
		}
	})
	if len(mic) > 0 && bytes.Equal(mic, token) {
		m.MICIsCopy = true
		p.odd(mic, "mechListMIC repeats responseToken: it is no MIC (Windows 2000, Java)")
	}
}

// embedded decodes the token inside an OCTET STRING and returns its length.
func (p *parser) embedded(v element, name string) int {
	b := p.octets(v, name)
	if len(b) > 0 {
		p.group(name, v.whole, func() { p.any(b) })
	}
	return len(b)
}

// contextFlags names the ContextFlags of RFC 4178 section 4.2.1.
func contextFlags(v uint32) string {
	return strings.Join(bitNames(v, []string{"delegFlag", "mutualFlag", "replayFlag",
		"sequenceFlag", "anonFlag", "confFlag", "integFlag"}), ", ")
}

// bitNames names the set bits of v, the highest first; bits without a name by number.
func bitNames(v uint32, names []string) []string {
	var s []string
	for i := range 32 {
		switch {
		case v&(1<<(31-i)) == 0:
		case i < len(names) && names[i] != "":
			s = append(s, names[i])
		default:
			s = append(s, fmt.Sprintf("bit %d", i))
		}
	}
	return s
}
