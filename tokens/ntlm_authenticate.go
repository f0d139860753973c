package tokens

import (
	"bytes"
	"encoding/binary"
	"time"
)

// An NTLMResponseKind is a kind of client response.
type NTLMResponseKind string

// The kinds of response in an AUTHENTICATE_MESSAGE.
const (
	ResponseNTLMv2    NTLMResponseKind = "NTLMv2"
	ResponseNTLMv1    NTLMResponseKind = "NTLMv1"
	ResponseESS       NTLMResponseKind = "NTLMv1 with extended session security"
	ResponseLM        NTLMResponseKind = "LM only"
	ResponseLMv2      NTLMResponseKind = "LMv2 only"
	ResponseAnonymous NTLMResponseKind = "anonymous"
	ResponseLocal     NTLMResponseKind = "local call"
	ResponseUnknown   NTLMResponseKind = "unknown"
)

// An NTLMAuthenticate is an AUTHENTICATE_MESSAGE, by which the client proves who it is (MS-NLMP
// 2.2.1.3), without its responses and key.
type NTLMAuthenticate struct {
	User        string           `json:"user"`        // UserName; empty for an anonymous logon
	Domain      string           `json:"domain"`      // of the user
	Workstation string           `json:"workstation"` // of the client, as it calls itself
	Kind        NTLMResponseKind `json:"kind"`
	LMLen       int              `json:"lm_len"` // bytes of LmChallengeResponse
	NTLen       int              `json:"nt_len"` // bytes of NtChallengeResponse
	// LM says what the LmChallengeResponse is: "absent", "zero", "client challenge",
	// "copy of NT", "LM", "LMv2".
	LM            string `json:"lm"`
	SessionKeyLen int    `json:"session_key_len"` // bytes of EncryptedRandomSessionKey
	// HeaderLen is the fixed part: 52 and 60 (ancient), 64, 72 (version), 80, 88 (MIC).
	HeaderLen int `json:"header_len"`
	// HasMIC is what MsvAvFlags says; MICRoom is set if the header has room for it.
	HasMIC  bool `json:"has_mic"`
	MICRoom bool `json:"mic_room"`
	// Time is the client's TimeStamp in an NTLMv2 response.
	Time time.Time `json:"time,omitzero"`
	// Pairs are the AV pairs inside an NTLMv2 response: the server's, and what the
	// client added.
	Pairs *NTLMAVPairs `json:"pairs,omitempty"`
	// Unicode is set if the names were read as UTF-16; UnicodeGuessed if the flags did not say so
	// but the bytes did.
	Unicode        bool `json:"unicode"`
	UnicodeGuessed bool `json:"guessed,omitempty"`

	micZero bool // the MIC field holds zeros only
}

// ntlmAuthenticate reads an AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3). The beginning of the payload
// shows how long the header is: versions of Windows and other senders leave out the MIC, the
// version, the flags, or the session key.
func (p *parser) ntlmAuthenticate(b []byte, m *ntlmMessage) {
	a := m.Authenticate
	lm, nt := p.payload(b, 12, "LmChallengeResponse"), p.payload(b, 20, "NtChallengeResponse")
	domain, user := p.payload(b, 28, "DomainName"), p.payload(b, 36, "UserName")
	station := p.payload(b, 44, "Workstation")
	if len(b) < 52 {
		return
	}
	a.HeaderLen = first(b, 52, lm, nt, domain, user, station)
	var key payload
	if a.HeaderLen >= 60 {
		key = p.payload(b, 52, "EncryptedRandomSessionKey")
		a.HeaderLen = first(b, 52, lm, nt, domain, user, station, key)
	}
	a.LMLen, a.NTLen, a.SessionKeyLen = lm.len, nt.len, key.len
	switch {
	case a.HeaderLen >= 64:
		p.ntlmFlags(b[60:], &m.NTLM)
	case a.HeaderLen == 52 || a.HeaderLen == 60:
		p.odd(b, "%d-byte header without flags, as the oldest senders have it", a.HeaderLen)
	default:
		p.wrong(b, "payload begins at %d, inside the header", a.HeaderLen)
	}
	a.Unicode, a.UnicodeGuessed = wideNames(m.Flags, domain.bytes, user.bytes, station.bytes)
	a.Domain = p.name("DomainName", domain, a.Unicode)
	a.User = p.name("UserName", user, a.Unicode)
	a.Workstation = p.name("Workstation", station, a.Unicode)
	if a.UnicodeGuessed && m.Flags&(NTLMUnicode|NTLMOEM) != 0 {
		p.wrong(user.header, "the character set of the names is not the one the flags say")
	}
	p.ntlmHeaderEnd(b, m)
	p.lmResponse(lm, nt, &m.NTLM)
	p.ntResponse(nt, a)
	a.Kind = responseKind(&m.NTLM, lm, nt)
	if key.len > 0 {
		p.secret("EncryptedRandomSessionKey", key.header, key.bytes)
	}
	if a.HeaderLen >= 64 {
		p.authenticateOdd(b, &m.NTLM)
	}
}

// name reads a name of an AUTHENTICATE_MESSAGE.
func (p *parser) name(name string, f payload, unicode bool) string {
	if f.bytes == nil {
		p.field(name, f.header, "")
		return ""
	}
	s := decodeName(f.bytes, unicode)
	p.field(name, f.bytes, s)
	return p.shortName(f.bytes, name, s)
}

// ntlmHeaderEnd reads what may follow the flags: the version at 64, and the MIC at 72, or at 64 in
// the header of 80 bytes that some senders write without the version.
func (p *parser) ntlmHeaderEnd(b []byte, m *ntlmMessage) {
	a := m.Authenticate
	versioned := m.Flags&NTLMHasVersion != 0 && a.HeaderLen >= 72
	if versioned {
		p.ntlmVersion(b[64:72], m)
	}
	switch {
	case a.HeaderLen >= 88:
		p.mic(b[72:88], a)
	case a.HeaderLen >= 80 && !versioned:
		p.mic(b[64:80], a)
	}
}

func (p *parser) mic(b []byte, a *NTLMAuthenticate) {
	a.MICRoom, a.micZero = true, zeros(b)
	p.secret("MIC", b, b)
}

// zeros reports whether all bytes of b are zero.
func zeros(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// lmResponse returns the kind of the LmChallengeResponse.
func (p *parser) lmResponse(lm, nt payload, m *NTLM) {
	a, b := m.Authenticate, lm.bytes
	switch {
	case lm.len == 0:
		a.LM = "absent"
	case b == nil:
		a.LM = "cut"
	case zeros(b):
		a.LM = "zero"
	case len(b) == 24 && bytes.Equal(b, nt.bytes):
		a.LM = "copy of NT"
	case len(b) == 24 && zeros(b[8:]):
		a.LM = "client challenge"
	case nt.len > 24 || nt.len == 0 && m.Flags&NTLMExtendedSession != 0:
		a.LM = "LMv2"
	default:
		a.LM = "LM"
	}
	if lm.len > 24 || lm.len > 1 && lm.len < 24 {
		p.wrong(lm.header, "LmChallengeResponse of %v", byteCount(lm.len))
	}
	if b != nil {
		p.secret("LmChallengeResponse", b, b)
		p.field("LmChallengeResponse kind", b, a.LM)
	}
}

// ntResponse reads the clear part of an NTLMv2 response (MS-NLMP 2.2.2.8).
func (p *parser) ntResponse(nt payload, a *NTLMAuthenticate) {
	b := nt.bytes
	if b == nil {
		return
	}
	p.group("NtChallengeResponse", b, func() {
		if len(b) < 44 || b[16] != 1 || b[17] != 1 {
			if len(b) != 24 {
				p.wrong(nt.header, "NtChallengeResponse of %v is neither NTLMv1 nor NTLMv2", byteCount(len(b)))
			}
			p.secret("Response", b, b)
			return
		}
		p.secret("NTProofStr", b[:16], b[:16])
		p.number("RespType", b[16:17], int64(b[16]))
		p.number("HiRespType", b[17:18], int64(b[17]))
		a.Time = filetime(binary.LittleEndian.Uint64(b[24:]))
		if p.tree != nil {
			p.field("TimeStamp", b[24:32], a.Time.Format(time.RFC3339Nano))
		}
		p.secret("ChallengeFromClient", b[32:40], b[32:40])
		a.Pairs = p.avPairs("AvPairs", b[44:])
		a.HasMIC = a.Pairs.Flags != nil && *a.Pairs.Flags&AVMIC != 0
	})
}

// responseKind distinguishes the kinds by their lengths, by the flag for extended session
// security, and in the LM field by content.
func responseKind(m *NTLM, lm, nt payload) NTLMResponseKind {
	a := m.Authenticate
	switch {
	case nt.len == 0 && lm.len <= 1:
		switch {
		case m.Flags&NTLMAnonymous != 0:
			return ResponseAnonymous
		case m.Flags&NTLMLocalCall != 0 && a.User == "":
			return ResponseLocal
		case a.User == "":
			return ResponseAnonymous
		}
	case nt.len == 24 && a.LM == "client challenge" && m.Flags&NTLMExtendedSession != 0:
		return ResponseESS
	case nt.len == 24:
		return ResponseNTLMv1
	case a.Pairs != nil, nt.bytes == nil && nt.len >= 44:
		return ResponseNTLMv2
	case nt.len == 0 && a.LM == "LMv2":
		return ResponseLMv2
	case nt.len == 0 && a.LM == "LM":
		return ResponseLM
	}
	return ResponseUnknown
}
