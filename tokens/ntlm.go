package tokens

import "time"

// An NTLM is one NTLMSSP message (MS-NLMP 2.2.1). Exactly one of the pointers is set.
type NTLM struct {
	Flags        NTLMFlags         `json:"flags"`
	Version      *NTLMVersion      `json:"version,omitempty"`
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

// An NTLMVersion is the VERSION structure (MS-NLMP 2.2.2.10). It is advisory.
type NTLMVersion struct {
	Major    uint8  `json:"major"`
	Minor    uint8  `json:"minor"`
	Build    uint16 `json:"build"`
	Revision uint8  `json:"revision"`
	Product  string `json:"product,omitempty"` // what is known to send it: "Windows Server 2022", "Samba"
}

// An NTLMNegotiate is a NEGOTIATE_MESSAGE.
type NTLMNegotiate struct {
	Domain      string `json:"domain,omitempty"`
	Workstation string `json:"workstation,omitempty"`
}

// An NTLMChallenge is a CHALLENGE_MESSAGE.
type NTLMChallenge struct {
	TargetName string `json:"target_name,omitempty"`
	// ServerChallenge is not secret by itself; it tells two challenges apart.
	ServerChallenge [8]byte      `json:"-"`
	TargetInfo      *NTLMAVPairs `json:"target_info,omitempty"`
}

// An NTLMResponseKind tells the kinds of client response apart.
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

// An NTLMAuthenticate is an AUTHENTICATE_MESSAGE, without its responses and key.
type NTLMAuthenticate struct {
	User        string           `json:"user"`
	Domain      string           `json:"domain"`
	Workstation string           `json:"workstation"`
	Kind        NTLMResponseKind `json:"kind"`
	LMLen       int              `json:"lm_len"`
	NTLen       int              `json:"nt_len"`
	// LM says what the LmChallengeResponse is: "absent", "zero", "client challenge",
	// "copy of NT", "LM", "LMv2".
	LM            string `json:"lm"`
	SessionKeyLen int    `json:"session_key_len"`
	// HeaderLen is the fixed part: 52 and 60 (ancient), 64, 72 (version), 80, 88 (MIC).
	HeaderLen int `json:"header_len"`
	// HasMIC is what MsvAvFlags says; MICRoom tells that the header has room for it.
	HasMIC  bool `json:"has_mic"`
	MICRoom bool `json:"mic_room"`
	// Time is the client's TimeStamp in an NTLMv2 response.
	Time time.Time `json:"time,omitzero"`
	// Pairs are the AV pairs inside an NTLMv2 response: the server's, and what the
	// client added.
	Pairs *NTLMAVPairs `json:"pairs,omitempty"`
	// Unicode tells how the names were read; Guessed that the flags did not say so
	// but the bytes did.
	Unicode bool `json:"unicode"`
	Guessed bool `json:"guessed,omitempty"`
}

// NTLMAVPairs is a sequence of AV_PAIR (MS-NLMP 2.2.2.1). A nil pointer is an
// absent pair.
type NTLMAVPairs struct {
	ComputerName    *string    `json:"nb_computer_name,omitempty"`  // MsvAvNbComputerName
	DomainName      *string    `json:"nb_domain_name,omitempty"`    // MsvAvNbDomainName
	DNSComputerName *string    `json:"dns_computer_name,omitempty"` // MsvAvDnsComputerName
	DNSDomainName   *string    `json:"dns_domain_name,omitempty"`   // MsvAvDnsDomainName
	DNSTreeName     *string    `json:"dns_tree_name,omitempty"`     // MsvAvDnsTreeName
	Flags           *uint32    `json:"flags,omitempty"`             // MsvAvFlags
	Timestamp       *time.Time `json:"timestamp,omitempty"`         // MsvAvTimestamp
	SingleHost      int        `json:"single_host_len,omitempty"`   // MsvAvSingleHost: its length
	TargetName      *string    `json:"target_name,omitempty"`       // MsvAvTargetName
	// ChannelBindings is MsvAvChannelBindings: an MD5 hash, zeros for none.
	ChannelBindings *[16]byte `json:"-"`
	// Order lists the AvIds as they came, MsvAvEOL left out.
	Order []uint16 `json:"order"`
}
