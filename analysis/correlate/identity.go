package correlate

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/logs"
	"negotrace/tokens"
)

// describe fills in the scheme, mechanism, user and SPN of a handshake, by its tokens and the replies of
// KDCs. Its outcome and KDC exchanges must be set.
func describe(h *analysis.Handshake, known *knowledge) {
	h.Offered = offered(h)
	h.Scheme = scheme(h)
	h.Mechanism = mechanism(h)
	h.ListFrames()
	h.Program, h.ClientHello = program(h), analysis.ClientHelloOf(h.Conn())
	h.SPN = spn(h)
	h.User, h.UserFrom, h.UserEvidence = user(h, known)
}

// offered lists the schemes of the challenge that the client answered.
func offered(h *analysis.Handshake) []string {
	l := h.ChallengeLeg()
	if l == nil {
		return []string{}
	}
	schemes := make([]string, len(l.Got))
	for i := range l.Got {
		schemes[i] = l.Got[i].Scheme
	}
	return schemes
}

// scheme returns the scheme of the credentials, or of the challenge if there are none or the
// export left them out. If an export removed the whole value, only the browser's log shows the
// scheme: a page may have set the header.
func scheme(h *analysis.Handshake) string {
	if o := h.OpeningLeg(); o != nil && o.Sent.Scheme != "" {
		return o.Sent.Scheme
	}
	if s := schemeFromLog(h); s != "" {
		return s
	}
	if o := h.OpeningLeg(); o != nil && o.Sent.Stripped {
		if len(o.Got) == 1 {
			return o.Got[0].Scheme // asked for again in answer to them
		}
		return ""
	}
	for _, l := range h.Legs {
		if a := l.Answer(); a != nil {
			return a.Scheme
		}
	}
	if len(h.Offered) > 0 {
		return h.Offered[0]
	}
	return ""
}

// schemeFromLog returns the scheme by the browser's log, where the header itself was removed: the
// last one for which the browser made a handler. It is empty if the browser generated no token:
// then a page or a program set the header.
func schemeFromLog(h *analysis.Handshake) string {
	opening := h.OpeningLeg()
	if opening == nil {
		return ""
	}
	names := map[string]string{"negotiate": "Negotiate", "ntlm": "NTLM", "basic": "Basic", "digest": "Digest"}
	scheme, generated := "", false
	for _, l := range h.Legs[:len(h.AnonymousLegs())+1] {
		for _, e := range l.Events {
			scheme = cmp.Or(names[strings.ToLower(e.Scheme)], scheme)
			generated = generated || e.Name == "AUTH_GENERATE_TOKEN"
		}
	}
	if !generated {
		return ""
	}
	return scheme
}

// program returns the first User-Agent of the handshake.
func program(h *analysis.Handshake) string {
	for _, l := range h.Legs {
		if l.Request == nil {
			continue
		}
		if name := l.Request.Header.Value("User-Agent"); name != "" {
			return name
		}
	}
	return ""
}

// spn returns the service principal name that the client used, or asked for.
func spn(h *analysis.Handshake) string {
	if _, ap := h.APReq(); ap != nil {
		return ap.Ticket.Service.String()
	}
	if _, n3 := h.NTLM(3); n3 != nil {
		if p := n3.Authenticate.Pairs; p != nil && p.TargetName != nil && *p.TargetName != "" {
			return *p.TargetName
		}
	}
	for _, k := range h.KDC {
		if s := k.Service(); s != nil && s.HTTP() {
			return s.String()
		}
	}
	for _, l := range h.Legs {
		for _, e := range l.Events {
			if e.SPN != "" {
				return e.SPN
			}
		}
	}
	return ""
}

// user returns who authenticated, where that was read if not in the handshake, and the evidence.
func user(h *analysis.Handshake, known *knowledge) (user, from string, e analysis.Evidence) {
	if _, n3 := h.NTLM(3); n3 != nil {
		return proven(analysis.NTLMAccount(n3.Authenticate), "")
	}
	_, ap := h.APReq()
	if ap != nil && ap.Ticket.Opened != nil {
		return proven(ap.Ticket.Opened.Client.String(), "the ticket, opened with the keytab")
	}
	if o := h.OpeningLeg(); o != nil && o.Sent.User != "" {
		return proven(o.Sent.User, "")
	}
	if k := soleIssuer(h, ap); k != nil {
		return proven(k.Rep().Client.String(), fmt.Sprintf("the KDC's reply with this ticket, %s", k.ReplyPos))
	}
	for _, l := range h.Legs {
		for _, e := range l.Events {
			if e.User != "" {
				return proven(e.User, "the browser's log")
			}
		}
	}
	if q := logs.LastNamedUser(h); q != nil {
		return proven(q.User, fmt.Sprintf("the server's log, %s", q.Pos))
	}
	if h.Mechanism != analysis.Kerberos {
		return "", "", ""
	}
	realm := ""
	if ap != nil {
		realm = ap.Ticket.Service.Realm
	}
	if user, from = known.soleTicketHolder(h.ClientAddr(), realm); user != "" {
		e = analysis.Inferred
	}
	return user, from, e
}

// proven returns a user that a message names.
func proven(user, from string) (string, string, analysis.Evidence) {
	if user == "" {
		return "", "", ""
	}
	return user, from, analysis.Proven
}

// soleIssuer returns the exchange in which a KDC issued the ticket of ap and named its client.
// The capture must hold the request. It is nil if there is none, or if two exchanges name
// different clients.
func soleIssuer(h *analysis.Handshake, ap *tokens.APReq) *analysis.KDCExchange {
	var issuer *analysis.KDCExchange
	for _, k := range h.KDC {
		if k.Request == nil || !k.Issued(ap) || !visibleName(k.Rep().Client) {
			continue
		}
		if issuer != nil && issuer.Rep().Client.String() != k.Rep().Client.String() {
			return nil
		}
		issuer = k
	}
	return issuer
}
