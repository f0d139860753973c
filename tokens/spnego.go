package tokens

// A SPNEGO is a NegTokenInit, NegTokenInit2 or NegTokenResp (RFC 4178 section 4.2,
// MS-SPNG 2.2.1).
type SPNEGO struct {
	Init *NegTokenInit `json:"init,omitempty"`
	Resp *NegTokenResp `json:"resp,omitempty"`
}

// A NegTokenInit is the first token of a negotiation.
type NegTokenInit struct {
	MechTypes   []OID  `json:"mech_types"` // in the sender's order of preference
	ReqFlags    string `json:"req_flags,omitempty"`
	MechToken   int    `json:"mech_token"`              // its length, 0 if absent
	Hints       string `json:"hints,omitempty"`         // hintName of a NegTokenInit2
	MechListMIC int    `json:"mech_list_mic,omitempty"` // its length
}

// A NegState is the state a NegTokenResp reports (RFC 4178 section 4.2.2).
type NegState int

// The states; NegStateAbsent where the optional field is left out.
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
	// MICIsCopy tells that mechListMIC repeats responseToken, as Windows 2000 and
	// Java do: it is then no MIC.
	MICIsCopy bool `json:"mic_is_copy,omitempty"`
}
