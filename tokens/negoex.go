package tokens

// A NegoEx is one message of SPNEGO Extended Negotiation (MS-NEGOEX 2.2.6).
type NegoEx struct {
	Type         string   `json:"type"` // INITIATOR_NEGO ...
	Sequence     uint32   `json:"sequence"`
	Conversation string   `json:"conversation"`
	Schemes      []string `json:"schemes,omitempty"` // AuthScheme GUIDs, by name if known
}

var negoExSignature = []byte("NEGOEXTS")

func (p *parser) negoEx(b []byte) { p.fail(b, "NEGOEX", "not decoded yet") }
