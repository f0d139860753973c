package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// explainBinding says whether Extended Protection explains a refusal: the server compares
// the TLS connection with the one that the credentials are bound to.
func explainBinding(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	last := h.Last()
	_, n3 := h.NTLM(3)
	_, ap := h.APReq()
	switch {
	case ap == nil && n3 == nil:
		return analysis.Explanation{}
	case otherServer(last):
		return explainOtherBinding(h)
	case !strings.HasPrefix(h.URL, "https://") && n3 != nil && isBound(n3):
		return possible(3, frames(last), "the NTLM answer is bound to a TLS connection, and there is none here: TLS ends before this server")
	case !strings.HasPrefix(h.URL, "https://") && between(last):
		return notVisible("the client may have spoken TLS to the proxy before this server: event 4625, Sub Status 0xC000035B")
	case !strings.HasPrefix(h.URL, "https://"):
		return ruledOut(nil, "there is no TLS to which credentials could be bound")
	case n3 != nil:
		return explainNTLMBinding(h)
	case ap.Opened == nil:
		return notVisible("the binding is encrypted in the ticket's authenticator (--keytab opens it): event 4625, Sub Status 0xC000035B")
	case ap.Opened.ChannelBindings == nil || *ap.Opened.ChannelBindings == [16]byte{}:
		return possible(2, frames(last), "the ticket is not bound to the TLS connection")
	}
	return possible(0, nil, "the ticket is bound to a TLS connection: the server must see the same certificate")
}

// explainOtherBinding is explainBinding for a server with a keytab. Few of them compare
// bindings; MIT's library says GENERIC (60) where one does not fit.
func explainOtherBinding(h *analysis.Handshake) analysis.Explanation {
	_, ap := h.APReq()
	if ap == nil || !strings.HasPrefix(h.URL, "https://") {
		return analysis.Explanation{}
	}
	if l, e := h.KRBError(); e != nil && e.Code == tokens.KRBErrGeneric {
		return possible(2, frames(l), "the acceptor's error is %s, which MIT's library gives for a binding that does not fit", e.Code)
	}
	if ap.Opened != nil && (ap.Opened.ChannelBindings == nil || *ap.Opened.ChannelBindings == [16]byte{}) {
		return possible(1, frames(h.Last()), "the ticket is not bound to the TLS connection: an acceptor that requires it refuses")
	}
	return analysis.Explanation{}
}

func explainNTLMBinding(h *analysis.Handshake) analysis.Explanation {
	_, n3 := h.NTLM(3)
	value, bound := binding(n3)
	c := h.Conn()
	switch {
	case !bound:
		return possible(2, frames(h.Last()), "the NTLM answer is not bound to the TLS connection")
	case c.TLS == nil || len(c.TLS.Certificate) == 0:
		return possible(0, nil, "the NTLM answer is bound to a certificate that the capture does not show")
	case bindsTo(value, c.TLS.Certificate):
		return possible(0, nil, "the NTLM answer is bound to the certificate of this connection: only where TLS ends before the server can it be wrong")
	}
	return possible(3, frames(h.Last()), "the NTLM answer is bound to another certificate than that of this connection")
}

func isBound(n3 *tokens.NTLM) bool {
	_, bound := binding(n3)
	return bound
}
