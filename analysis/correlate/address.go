package correlate

import (
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

func addr(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// locate fills in the start, addresses, host and URL of a handshake. The host of a proxy, which answers a CONNECT with
// 401 too, is the one to which the tunnel leads in which it is asked, or the DNS name of its address, if the capture
// shows one.
func locate(h *analysis.Handshake, dns *analysis.DNS) {
	first := h.First()
	h.Start = first.Exchange.Pos()
	h.Client, h.Server = addr(first.Conn.Client), addr(first.Conn.Server)
	h.Translated = first.Conn.Translated
	for _, l := range h.Legs {
		r := l.Request
		if r == nil {
			continue
		}
		h.URL = requestURL(l.Conn, r)
		h.Host = analysis.HostOnly(r.Host)
		if u := analysis.TargetAuthority(r.Target); u != "" && h.Host == "" {
			h.Host = analysis.HostOnly(u)
		}
		break
	}
	c := h.Conn()
	switch behind := tunnelledTo(c); {
	case (h.Target == analysis.ToProxy || h.AsksTunnel()) && behind != "":
		h.Host = behind
	case h.Target == analysis.ToProxy || h.Host == "" || h.AsksTunnel():
		h.Host = addr(c.Server)
		if c.Server.IsValid() {
			h.Host = c.Server.Addr().String()
		}
		if names := dns.NamesOf(c.Server.Addr()); len(names) > 0 {
			h.Host = names[0]
		} else if c.TLS != nil && c.TLS.SNI != "" && c.Tunnel == nil {
			h.Host = c.TLS.SNI
		}
	}
}

// tunnelledTo returns the host to which the CONNECT leads in whose tunnel a connection is, "" if it is in none.
func tunnelledTo(c *httpstream.Conn) string {
	if c.Tunnel == nil || c.Tunnel.Request == nil || !c.Tunnel.Request.AsksTunnel() {
		return ""
	}
	return analysis.HostOnly(c.Tunnel.Request.Target)
}

// nameByVia gives a proxy of which only the address is known the name for which the KDC refused a ticket, if it calls
// itself so (RFC 9110 section 7.6.3). A ticket that was issued says by itself for whom it is.
func nameByVia(h *analysis.Handshake, k *analysis.KDCExchange) {
	s := k.Service()
	if h.Target != analysis.ToProxy || k.Reply == nil || k.Reply.Error == nil || s == nil || !s.HTTP() || !analysis.IsIPAddress(h.Host) {
		return
	}
	for _, l := range h.Legs {
		if l.Response == nil || !l.Asks {
			continue
		}
		via := strings.Fields(l.Response.Header.Value("Via"))
		if len(via) < 2 || strings.Contains(l.Response.Header.Value("Via"), ",") { // several may have asked
			continue
		}
		name, host := strings.ToLower(analysis.HostOnly(via[1])), strings.ToLower(s.Host())
		if short, _, _ := strings.Cut(host, "."); name == host || name == short {
			h.Host = host
		}
	}
}

func requestURL(c *httpstream.Conn, r *httpstream.Request) string {
	target := r.Target
	if analysis.TargetAuthority(target) != "" || r.AsksTunnel() || r.Host == "" {
		return target
	}
	s := "http:"
	switch {
	case c.Encrypted():
		s = "https:"
	case c.TLSUnknown:
		s = ""
	}
	return s + "//" + r.Host + target
}
