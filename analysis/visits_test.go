package analysis_test

import (
	"net/netip"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestVisitsOpened holds which connections show that a client could open one.
func TestVisitsOpened(t *testing.T) {
	t.Parallel()
	at := func(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
	client, other, six := at("192.0.2.10:50000"), at("192.0.2.11:50000"), at("[2001:db8::10]:50000")
	web, kdc := at("192.0.2.20:443"), at("192.0.2.1:88")
	for name, test := range map[string]struct {
		conn httpstream.Conn
		want bool
	}{
		"TLS without a name, without keys": {httpstream.Conn{Client: client, Server: web, TLS: &httpstream.TLS{}}, true},
		"one that carried nothing":         {httpstream.Conn{Client: client, Server: web}, true},
		"a client of the other family":     {httpstream.Conn{Client: six, Server: at("[2001:db8::20]:443")}, true},
		"another client":                   {httpstream.Conn{Client: other, Server: web}, false},
		"a KDC":                            {httpstream.Conn{Client: client, Server: kdc}, false},
		"a SYN that nobody answers":        {httpstream.Conn{Client: client, Server: web, SYNOnly: true}, false},
	} {
		var v analysis.Visits
		v.Conn(&test.conn)
		if got := v.Opened(client.Addr()); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
