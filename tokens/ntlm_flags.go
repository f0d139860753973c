package tokens

import (
	"fmt"
	"strings"
)

// NTLMFlags are the NegotiateFlags (MS-NLMP 2.2.2.5).
type NTLMFlags uint32

// The flags that checks look at; Names has them all.
const (
	NTLMUnicode         NTLMFlags = 0x00000001
	NTLMOEM             NTLMFlags = 0x00000002
	NTLMSign            NTLMFlags = 0x00000010
	NTLMSeal            NTLMFlags = 0x00000020
	NTLMLMKey           NTLMFlags = 0x00000080
	NTLMAnonymous       NTLMFlags = 0x00000800
	NTLMOEMDomain       NTLMFlags = 0x00001000
	NTLMOEMWorkstation  NTLMFlags = 0x00002000
	NTLMLocalCall       NTLMFlags = 0x00004000 // reserved r7; what Windows does with it
	NTLMTargetDomain    NTLMFlags = 0x00010000
	NTLMTargetServer    NTLMFlags = 0x00020000
	NTLMExtendedSession NTLMFlags = 0x00080000
	NTLMTargetInfo      NTLMFlags = 0x00800000
	NTLMHasVersion      NTLMFlags = 0x02000000
	NTLM128             NTLMFlags = 0x20000000
	NTLMKeyExchange     NTLMFlags = 0x40000000
	NTLM56              NTLMFlags = 0x80000000
)

// ntlmFlagNames are the documented names, by bit from the lowest. Bits that MS-NLMP leaves unused
// have no name.
var ntlmFlagNames = [32]string{
	0:  "NTLMSSP_NEGOTIATE_UNICODE",
	1:  "NTLM_NEGOTIATE_OEM",
	2:  "NTLMSSP_REQUEST_TARGET",
	4:  "NTLMSSP_NEGOTIATE_SIGN",
	5:  "NTLMSSP_NEGOTIATE_SEAL",
	6:  "NTLMSSP_NEGOTIATE_DATAGRAM",
	7:  "NTLMSSP_NEGOTIATE_LM_KEY",
	9:  "NTLMSSP_NEGOTIATE_NTLM",
	11: "NTLMSSP_NEGOTIATE_ANONYMOUS",
	12: "NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED",
	13: "NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED",
	14: "NTLMSSP_NEGOTIATE_LOCAL_CALL",
	15: "NTLMSSP_NEGOTIATE_ALWAYS_SIGN",
	16: "NTLMSSP_TARGET_TYPE_DOMAIN",
	17: "NTLMSSP_TARGET_TYPE_SERVER",
	18: "NTLMSSP_TARGET_TYPE_SHARE",
	19: "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY",
	20: "NTLMSSP_NEGOTIATE_IDENTIFY",
	22: "NTLMSSP_REQUEST_NON_NT_SESSION_KEY",
	23: "NTLMSSP_NEGOTIATE_TARGET_INFO",
	25: "NTLMSSP_NEGOTIATE_VERSION",
	29: "NTLMSSP_NEGOTIATE_128",
	30: "NTLMSSP_NEGOTIATE_KEY_EXCH",
	31: "NTLMSSP_NEGOTIATE_56",
}

// Names returns the documented names of the flags that are set, the lowest bit first. It also
// names LOCAL_CALL and SHARE, which are not documented any more.
func (f NTLMFlags) Names() []string {
	var s []string
	for i, name := range ntlmFlagNames {
		switch {
		case f&(1<<i) == 0:
		case name != "":
			s = append(s, name)
		default:
			s = append(s, fmt.Sprintf("unknown 0x%08x", uint32(1)<<i))
		}
	}
	return s
}

// String returns the number and the names: "0x00000201 (NTLMSSP_NEGOTIATE_UNICODE, ...)".
func (f NTLMFlags) String() string {
	return fmt.Sprintf("0x%08x (%s)", uint32(f), strings.Join(f.Names(), ", "))
}

// ntlmFlagsOdd notes combinations of flags that MS-NLMP 2.2.2.5 rules out. A NEGOTIATE_MESSAGE
// only offers, so both flags of a pair may be set in it.
func (p *parser) ntlmFlagsOdd(at []byte, m *NTLM) {
	f := m.Flags
	if f&NTLMUnicode == 0 && f&NTLMOEM == 0 {
		p.wrong(at, "flags name no character set, neither UNICODE nor OEM")
	}
	if m.Negotiate != nil {
		return
	}
	if f&NTLMUnicode != 0 && f&NTLMOEM != 0 {
		p.odd(at, "flags choose both UNICODE and OEM")
	}
	if f&NTLMLMKey != 0 && f&NTLMExtendedSession != 0 {
		p.wrong(at, "flags choose both LM_KEY and EXTENDED_SESSIONSECURITY")
	}
	if f&NTLMTargetDomain != 0 && f&NTLMTargetServer != 0 {
		p.wrong(at, "flags call the target both a domain and a server")
	}
}

// authenticateOdd notes contradictions in an AUTHENTICATE_MESSAGE.
func (p *parser) authenticateOdd(b []byte, m *NTLM) {
	a, flags := m.Authenticate, b[60:]
	switch {
	case a.HasMIC && !a.MICRoom:
		p.wrong(b, "MsvAvFlags announces a MIC, the %d-byte header has no room for it", a.HeaderLen)
	case a.HasMIC && a.micZero:
		p.wrong(b, "MsvAvFlags announces a MIC, the MIC is zero")
	case !a.HasMIC && a.Pairs != nil && a.Pairs.Timestamp != nil:
		p.odd(b, "no MIC, although the challenge had a timestamp")
	}
	if a.SessionKeyLen > 0 && m.Flags&NTLMKeyExchange == 0 {
		p.odd(flags, "a session key without the flag NTLMSSP_NEGOTIATE_KEY_EXCH")
	}
	if m.Flags&NTLMAnonymous != 0 && a.User != "" {
		p.wrong(flags, "flag NTLMSSP_NEGOTIATE_ANONYMOUS, and a user name")
	}
	switch a.Kind {
	case ResponseNTLMv1, ResponseLM, ResponseESS:
		p.odd(b, "the response is %s: made with DES, which brute force opens", a.Kind)
	}
}
