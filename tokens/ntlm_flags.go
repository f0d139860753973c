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

// ntlmFlagNames are the documented names, by bit from the lowest. Those that MS-NLMP
// leaves unused have none.
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

// Names returns the documented names of the flags that are set, the lowest bit first.
// LOCAL_CALL and SHARE are not documented any more, and named all the same.
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
