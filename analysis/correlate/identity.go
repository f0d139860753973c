package correlate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// describe fills in what the tokens and the KDC's answers say of handshakes: scheme,
// mechanism, user, SPN. It needs their outcomes, and their exchanges with KDCs.
func describe(handshakes []*analysis.Handshake, known *knowledge) {
	for _, h := range handshakes {
		identify(h, known)
	}
}

func identify(h *analysis.Handshake, known *knowledge) {
	h.Offered = offered(h)
	h.Scheme = scheme(h)
	h.Mechanism = mechanism(h)
	h.Frames = make([]int, 0, 2*len(h.Legs))
	for _, l := range h.Legs {
		if l.Request != nil {
			h.Frames = append(h.Frames, l.Request.Pos.Frame)
		}
		if l.Response != nil {
			h.Frames = append(h.Frames, l.Response.Pos.Frame)
		}
	}
	h.Frames = slices.Compact(h.Frames) // an export has both halves in one entry
	h.SPN = spn(h)
	h.User, h.UserFrom = user(h, known)
}

// offered lists the schemes of the challenge that the client went by.
func offered(h *analysis.Handshake) []string {
	l := h.Challenged()
	if l == nil {
		return []string{}
	}
	schemes := make([]string, len(l.Got))
	for i := range l.Got {
		schemes[i] = l.Got[i].Scheme
	}
	return schemes
}

func scheme(h *analysis.Handshake) string {
	if o := h.Opening(); o != nil && o.Sent.Scheme != "" {
		return o.Sent.Scheme
	}
	if s := chosen(h); s != "" {
		return s
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

// chosen is the scheme that the browser's log says it answered with, where the header
// itself was taken out: the last one that it made a handler for.
func chosen(h *analysis.Handshake) string {
	if h.Opening() == nil {
		return ""
	}
	names := map[string]string{"negotiate": "Negotiate", "ntlm": "NTLM", "basic": "Basic", "digest": "Digest"}
	scheme := ""
	for _, l := range h.Anonymous() {
		for _, e := range l.Events {
			scheme = cmp.Or(names[strings.ToLower(e.Scheme)], scheme)
		}
	}
	return scheme
}

// spn is the service principal name that the client believed it talked to.
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

// user names who authenticated, and where that was read if not in the handshake.
func user(h *analysis.Handshake, known *knowledge) (user, from string) {
	if _, n3 := h.NTLM(3); n3 != nil {
		return accountName(n3.Authenticate), ""
	}
	_, ap := h.APReq()
	if ap != nil && ap.Ticket.Opened != nil {
		return ap.Ticket.Opened.Client.String(), "the ticket, opened with the keytab"
	}
	if o := h.Opening(); o != nil && o.Sent.User != "" {
		return o.Sent.User, ""
	}
	if ap != nil {
		for _, k := range h.KDC {
			if k.Issued(ap) && visibleName(k.Rep().Client) {
				return k.Rep().Client.String(), fmt.Sprintf("the KDC's reply with this ticket, frame %d", k.ReplyPos.Frame)
			}
		}
	}
	for _, l := range h.Legs {
		for _, e := range l.Events {
			if e.User != "" {
				return e.User, "the browser's log"
			}
		}
	}
	if h.Mechanism == analysis.Kerberos {
		return known.soleTicketHolder(h.ClientAddr())
	}
	return "", ""
}

// accountName is DOMAIN\user, or the user alone where the domain is empty: a UPN.
func accountName(a *tokens.NTLMAuthenticate) string {
	if a.Kind == tokens.ResponseAnonymous || a.User == "" {
		return ""
	}
	return a.Account()
}
