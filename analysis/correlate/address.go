package correlate

import (
	"net/netip"

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
// 401 too, is the DNS name of its address, if the capture shows one.
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
	if h.Target == analysis.ToProxy || h.Host == "" || h.AsksTunnel() {
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
