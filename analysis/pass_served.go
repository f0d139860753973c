package analysis

import (
	"net/netip"

	"negotrace/httpstream"
)

// A request is what a client asks a host for.
type request struct {
	client       netip.Addr
	host, target string
}

// ServedUnasked reports whether a server served a request that had no credentials. A proxy that opens a
// tunnel has served nothing.
func ServedUnasked(x *httpstream.Exchange) bool {
	q := x.Request
	return q != nil && x.Response.IsSuccess() && !q.AsksTunnel() && !q.Header.Has("Authorization")
}

// ServedAfter returns the exchange in which the same program asked a server for the same as in the last leg of h, again
// without credentials, and got it; nil if there is none. One on a connection that began before the capture does not count:
// it may be authenticated.
func (p *Pass) ServedAfter(h *Handshake) *httpstream.Exchange {
	last := h.Last()
	if last.Request == nil || last.Response == nil || h.Target != ToServer || last.Request.AsksTunnel() {
		return nil
	}
	if p.lookups.served == nil {
		p.lookups.served = map[request][]*httpstream.Exchange{}
		for _, x := range p.Exchanges {
			if q := x.Request; ServedUnasked(x) && (x.Conn.SYN || !x.Conn.Start.InPackets()) {
				k := request{x.Conn.Client.Addr(), q.Host, q.Target}
				p.lookups.served[k] = append(p.lookups.served[k], x)
			}
		}
	}
	for _, x := range p.lookups.served[request{h.ClientAddr(), last.Request.Host, last.Request.Target}] {
		program := x.Request.Header.Value("User-Agent")
		if x.Request.Method == last.Request.Method && x.Request.Pos.Compare(last.Response.Pos) > 0 && (program == "" || h.Program == "" || program == h.Program) {
			return x
		}
	}
	return nil
}
