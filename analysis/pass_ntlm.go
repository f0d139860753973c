package analysis

import "negotrace/tokens"

// An NTLMAnswer is the NTLM message 3 of a handshake.
type NTLMAnswer struct {
	Handshake *Handshake
	Leg       *Leg // that sent it
	Message   *tokens.NTLM
	Challenge *tokens.NTLM // message 2; nil if none was seen
}

// NTLMAnswers returns those of the Handshakes, in order.
func (p *Pass) NTLMAnswers() []NTLMAnswer {
	if p.lookups.answers == nil {
		p.lookups.answers = []NTLMAnswer{}
		for _, h := range p.Handshakes {
			if l, n3 := h.NTLM(3); n3 != nil {
				_, n2 := h.NTLM(2)
				p.lookups.answers = append(p.lookups.answers, NTLMAnswer{h, l, n3, n2})
			}
		}
	}
	return p.lookups.answers
}
