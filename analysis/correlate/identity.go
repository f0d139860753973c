package correlate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
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

func addr(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// locate fills in when and between whom handshakes were, host and URL. A proxy is
// called by the name that was looked up for its address, if the capture shows that.
func locate(handshakes []*analysis.Handshake, dns *analysis.DNS) {
	for _, h := range handshakes {
		address(h, dns)
	}
}

func address(h *analysis.Handshake, dns *analysis.DNS) {
	first := h.First()
	h.Start = first.Exchange.Pos()
	h.Client, h.Server = addr(first.Conn.Client), addr(first.Conn.Server)
	for _, l := range h.Legs {
		r := l.Request
		if r == nil {
			continue
		}
		h.URL = requestURL(l.Conn, r)
		h.Host = analysis.HostOnly(r.Host)
		if u := absolute(r.Target); u != "" && h.Host == "" {
			h.Host = analysis.HostOnly(u)
		}
		break
	}
	c := h.Conn()
	if h.Target == analysis.ToProxy || h.Host == "" {
		h.Host = addr(c.Server)
		if c.Server.IsValid() {
			h.Host = c.Server.Addr().String()
		}
		if names := dns.Of(c.Server.Addr()); len(names) > 0 {
			h.Host = names[0]
		} else if c.TLS != nil && c.TLS.SNI != "" && c.Tunnel == nil {
			h.Host = c.TLS.SNI
		}
	}
}

// absolute returns the authority of a request target in absolute form, or "".
func absolute(target string) string {
	_, rest, ok := strings.Cut(target, "://")
	if !ok {
		return ""
	}
	authority, _, _ := strings.Cut(rest, "/")
	return authority
}

func requestURL(c *httpstream.Conn, r *httpstream.Request) string {
	target := withoutQuery(r.Target)
	if absolute(target) != "" || r.Method == "CONNECT" {
		return target
	}
	s := "http"
	if c.Encrypted() {
		s = "https"
	}
	return s + "://" + r.Host + target
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

// mechanism is what authenticated: what the last tokens are, not what the scheme
// is called.
func mechanism(h *analysis.Handshake) analysis.Mechanism {
	ntlm, kerberos, sent := false, false, false
	for _, l := range h.Legs {
		sent = sent || l.Sent != nil
		ntlm = ntlm || l.Sent.NTLM() != nil
		if k := l.Sent.Kerberos(); k != nil {
			kerberos = true
		}
		for i := range l.Got {
			ntlm = ntlm || l.Got[i].NTLM() != nil
			kerberos = kerberos || l.Got[i].Kerberos() != nil
			if s := l.Got[i].SPNEGO(); s != nil && s.Resp != nil && l.Sent == nil {
				// The credentials are not in the file; what the server chose is.
				ntlm = ntlm || s.Resp.SupportedMech == tokens.OIDNTLM
				kerberos = kerberos || s.Resp.SupportedMech.Kerberos()
			}
		}
	}
	switch {
	case ntlm:
		return analysis.NTLM
	case kerberos:
		return analysis.Kerberos
	case !sent && h.Last().Answer() == nil:
		return analysis.None
	}
	switch h.Scheme {
	case "NTLM":
		return analysis.NTLM
	case "Kerberos":
		return analysis.Kerberos
	case "Basic":
		return analysis.Basic
	case "Digest":
		return analysis.Digest
	case "Bearer":
		return analysis.Bearer
	}
	return fromCourse(h)
}

// fromCourse returns the mechanism of Negotiate from the course of the handshake where
// an exporter took the tokens out: NTLM cannot finish in one leg, and Kerberos has
// no use for a second.
func fromCourse(h *analysis.Handshake) analysis.Mechanism {
	for _, l := range h.Legs {
		for _, e := range l.Events {
			switch strings.ToLower(e.Package) {
			case "kerberos":
				return analysis.Kerberos
			case "ntlm":
				return analysis.NTLM
			}
		}
	}
	legs := 0
	for _, l := range h.Legs {
		if l.Sent != nil && !l.Sent.Stripped {
			return analysis.Other
		}
		if l.Sent != nil {
			legs++
		}
	}
	switch {
	case h.Outcome == analysis.Succeeded && legs == 1:
		return analysis.Kerberos
	case legs >= 2:
		return analysis.NTLM
	}
	return analysis.Other
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
