package correlate_test

import (
	"net/netip"
	"slices"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestLookups holds what a Pass looks up against a search of all that it holds.
func TestLookups(t *testing.T) {
	looked := 0
	search := &analysis.Check{Name: "search", Run: func(p *analysis.Pass) {
		for _, h := range p.Context {
			looked++
			attempts := slices.DeleteFunc(slices.Clone(p.Context), func(o *analysis.Handshake) bool {
				return o.ClientAddr() != h.ClientAddr() || o.Target != h.Target || o.Host != h.Host
			})
			if got := p.Attempts(h); !slices.Equal(got, attempts) {
				t.Errorf("handshake %d: %d attempts, want %d", h.ID, len(got), len(attempts))
			}
			unseen := slices.ContainsFunc(p.Conns, func(c *httpstream.Conn) bool {
				return c.Client.Addr() == h.ClientAddr() && c.Server.Addr() == h.ServerAddr() && !c.Complete()
			})
			if got := p.PartlyUnseen(h); got != unseen {
				t.Errorf("handshake %d: unseen %v, want %v", h.ID, got, unseen)
			}
			asked := slices.DeleteFunc(slices.Clone(p.KDC), func(k *analysis.KDCExchange) bool { return k.Client.Addr() != h.ClientAddr() })
			if got := p.KDCOf(h.ClientAddr()); !slices.Equal(got, asked) {
				t.Errorf("handshake %d: %d exchanges with a KDC, want %d", h.ID, len(got), len(asked))
			}
		}
		for i, k := range p.KDC {
			var first *analysis.Handshake
			if j := slices.IndexFunc(p.Context, func(h *analysis.Handshake) bool { return slices.Contains(h.KDC, k) }); j >= 0 {
				first = p.Context[j]
			}
			if got := p.HandshakeOf(k); got != first {
				t.Errorf("exchange %d with a KDC: concerns %v, want %v", i, got, first)
			}
		}
	}}
	c := newFeeder()
	c.trace = correlate.NewTrace(correlate.Options{Checks: []*analysis.Check{search}})
	kdc := netip.MustParseAddrPort("192.0.2.88:88")
	for i := range 12 {
		conn := c.conn()
		conn.Client = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i % 3)}), uint16(50000+i))
		conn.SYN = i != 4
		c.trace.Kerberos(c.next(), conn.Client, kdc, nil, &tokens.Kerberos{MsgType: 12, KDCReq: &tokens.KDCReq{
			Nonce: i, Server: tokens.Principal{Name: []string{"HTTP", "web.test"}},
		}})
		c.exchange(conn, 401, "", "Negotiate")
		if i%2 == 0 {
			c.exchange(conn, 200, "Basic YTpi", "")
		}
		c.trace.Conn(conn)
	}
	c.trace.Report(&httpstream.Counters{})
	if looked < 12 {
		t.Errorf("%d handshakes were looked at, want 12", looked)
	}
}
