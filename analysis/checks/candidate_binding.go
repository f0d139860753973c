package checks

import (
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// explainBinding says whether Extended Protection explains a refusal: the server compares
// the TLS connection with the one that the credentials are bound to.
func explainBinding(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	last := h.Last()
	_, n3 := h.NTLM(3)
	_, ap := h.APReq()
	switch {
	case ap == nil && n3 == nil:
		return analysis.Explanation{}
	case otherServer(last):
		return explainOtherBinding(p, h)
	case last.Conn.TLSUnknown:
		return notVisible("whether TLS was spoken is not in this file: event 4625, Sub Status 0xC000035B")
	case !strings.HasPrefix(h.URL, "https://") && n3 != nil && isBound(n3):
		return possible(3, positionsOf(last), "the NTLM answer is bound to a TLS connection, and there is none here: TLS ends before this server")
	case !strings.HasPrefix(h.URL, "https://") && between(h):
		return notVisible("the client may have spoken TLS to the proxy before this server: event 4625, Sub Status 0xC000035B")
	case !strings.HasPrefix(h.URL, "https://"):
		return ruledOut(nil, "there is no TLS to which credentials could be bound")
	case !readBinding(h) && protectedPath(last) != "" && !takenAlike(p, h):
		if takenElsewhere(p, h) {
			return notVisible("another machine of the host took such credentials; this one may have another setting: event 4625, Sub Status 0xC000035B")
		}
		return possible(1, positionsOf(last), "the path %s is usually protected; the binding is encrypted in the ticket's authenticator (--keytab opens it)", protectedPath(last))
	case !readBinding(h):
		return notVisible("the binding is encrypted in the ticket's authenticator (--keytab opens it): event 4625, Sub Status 0xC000035B")
	}
	return explainBoundTo(p, h)
}

// explainOtherBinding does the same as explainBinding for a server with a keytab. Few of them
// compare bindings: those that name themselves as a web server do not. MIT's library says GENERIC
// (60) if a binding does not fit, and for faults without a code of their own.
func explainOtherBinding(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	l, e := h.KRBError()
	_, ap := h.APReq()
	if ap == nil || !strings.HasPrefix(h.URL, "https://") || e != nil && e.Code != tokens.KRBErrGeneric || comparesNoBindings(h.Last().Response) {
		return analysis.Explanation{}
	}
	switch {
	case ap.Opened == nil && e == nil:
		return notVisible("few acceptors with a keytab compare bindings; that of the ticket is encrypted in its authenticator (--keytab opens it)")
	case ap.Opened == nil:
		return possible(0, positionsOf(l), "the acceptor's error is %s, which MIT's library gives for a binding that does not fit, and for what has no code of its own; the binding is encrypted in the authenticator (--keytab opens it)", e.Code)
	}
	found := explainBoundTo(p, h)
	if _, bound := bindingOf(h); e != nil && bound && found.Status == analysis.Possible {
		found.Signs, found.At = 2, positionsOf(l)
		found.Because += fmt.Sprintf("; the acceptor's error is %s, which MIT's library gives for a binding that does not fit", e.Code)
	}
	return found
}

// comparesNoBindings reports whether a response names a web server whose own modules give the
// acceptor nothing to compare with.
func comparesNoBindings(r *httpstream.Response) bool {
	for _, name := range []string{"Apache", "nginx", "openresty", "lighttpd", "CUPS"} {
		if strings.HasPrefix(r.Header.Value("Server"), name) {
			return true
		}
	}
	return false
}

// explainBoundTo does the same as explainBinding if the binding could be read. A binding that fits the
// certificate of the connection fits the acceptor's only if TLS ends there.
func explainBoundTo(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	what := "the NTLM answer"
	if h.Mechanism == analysis.Kerberos {
		what = "the ticket"
	}
	value, bound := bindingOf(h)
	c := h.Conn()
	o := letInBoundAlike(p, h)
	switch {
	case o != nil && !bound:
		return ruledOut(positionsOf(o.Last()), "the acceptor took credentials that are bound to nothing either, in handshake %d", o.ID)
	case o != nil:
		return ruledOut(positionsOf(o.Last()), "the acceptor took credentials that are bound to the same certificate, in handshake %d", o.ID)
	case !bound:
		return possible(2, positionsOf(h.Last()), "%s is not bound to the TLS connection", what)
	case c.TLS == nil || len(c.TLS.Certificate) == 0:
		return possible(0, nil, "%s is bound to a certificate that the capture does not show", what)
	case bindsTo(value, c.TLS.Certificate) && h.Mechanism == analysis.NTLM && !between(h) && balancerCookie(h) == "":
		return notVisible("%s is bound to the certificate of this connection: only where TLS ends before the server, at a balancer, can it be wrong", what)
	case bindsTo(value, c.TLS.Certificate) && protectedPath(h.Last()) != "":
		return possible(2, positionsOf(h.Last()), "%s is bound to the certificate of this connection, and the path %s is usually protected: it is wrong where TLS ends before the server, at a balancer with another certificate", what, protectedPath(h.Last()))
	case bindsTo(value, c.TLS.Certificate):
		return possible(0, nil, "%s is bound to the certificate of this connection: only where TLS ends before the server, at a balancer, can it be wrong", what)
	}
	return possible(3, positionsOf(h.Last()), "%s is bound to another certificate than that of this connection", what)
}

// letInBoundAlike returns a handshake in which the same machine is proven to have accepted
// credentials with the same binding at about the same time, for the same application: each
// application may have a setting of its own.
func letInBoundAlike(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	value, bound := bindingOf(h)
	for _, o := range p.LetInAtServer(h) {
		there, boundThere := bindingOf(o)
		if o.Mechanism == h.Mechanism && readBinding(o) && bound == boundThere && (value == there || !bound) &&
			isProven(o) && !differs(o, h) && sameApplication(o, h) && near(o, h) {
			return o
		}
	}
	return nil
}

// readBinding reports whether the binding of a handshake's credentials could be read.
func readBinding(h *analysis.Handshake) bool {
	_, ap := h.APReq()
	_, n3 := h.NTLM(3)
	return n3 != nil || ap != nil && ap.Opened != nil
}

// bindingOf returns the binding of a handshake's credentials, and whether it binds to anything.
func bindingOf(h *analysis.Handshake) (value [16]byte, bound bool) {
	if _, n3 := h.NTLM(3); n3 != nil {
		return binding(n3)
	}
	if _, ap := h.APReq(); ap != nil && ap.Opened != nil {
		return valueOf(ap.Opened.ChannelBindings)
	}
	return value, false
}

// sameApplication reports whether two requests are for paths with the same first segment.
func sameApplication(a, b *analysis.Handshake) bool {
	return application(a) == application(b)
}

func application(h *analysis.Handshake) string {
	r := h.Last().Request
	if r == nil {
		return ""
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(analysis.PathOf(r.Target), "/"), "?")
	first, _, _ := strings.Cut(path, "/")
	return strings.ToLower(first)
}

func isBound(n3 *tokens.NTLM) bool {
	_, bound := binding(n3)
	return bound
}
