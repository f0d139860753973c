package analysis

import (
	"strings"

	"negotrace/tokens"
)

// The mechanisms. NTLM inside Negotiate is NTLM.
const (
	Kerberos Mechanism = "kerberos"
	NTLM     Mechanism = "ntlm"
	Basic    Mechanism = "basic"
	Digest   Mechanism = "digest"
	Bearer   Mechanism = "bearer"
	Other    Mechanism = "other" // NegoEx, a scheme unknown to us, a token nobody could read
	None     Mechanism = "none"  // challenged, never answered
)

// MechTypes returns the mechanisms that the client offers in its first SPNEGO token, in its order; nil if
// it has no such list.
func (h *Handshake) MechTypes() []tokens.OID {
	l := h.OpeningLeg()
	if l == nil {
		return nil
	}
	if s := l.Sent.SPNEGO(); s != nil && s.Init != nil {
		return s.Init.MechTypes
	}
	return nil
}

// MechTypeNames returns the names of MechTypes, with commas between them.
func (h *Handshake) MechTypeNames() string {
	var names []string
	for _, m := range h.MechTypes() {
		names = append(names, m.String())
	}
	return strings.Join(names, ", ")
}

// APReq returns the leg and the AP-REQ the client sent last, nil if there is none.
func (h *Handshake) APReq() (*Leg, *tokens.APReq) {
	for i := len(h.Legs) - 1; i >= 0; i-- {
		if k := h.Legs[i].Sent.Kerberos(); k != nil && k.APReq != nil {
			return h.Legs[i], k.APReq
		}
	}
	return nil, nil
}

// APRep returns the leg and the AP-REP of the server, nil if there is none.
func (h *Handshake) APRep() (*Leg, *tokens.APRep) {
	for _, l := range h.Legs {
		for i := range l.Got {
			if k := l.Got[i].Kerberos(); k != nil && k.APRep != nil {
				return l, k.APRep
			}
		}
	}
	return nil, nil
}

// KRBError returns the leg and the KRB-ERROR of the server, nil if there is none.
func (h *Handshake) KRBError() (*Leg, *tokens.KRBError) {
	for _, l := range h.Legs {
		for i := range l.Got {
			if e := l.Got[i].Kerberos().AcceptorError(); e != nil {
				return l, e
			}
		}
	}
	return nil, nil
}
