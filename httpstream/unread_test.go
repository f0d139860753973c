package httpstream

import (
	"crypto/tls"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnreadConnections holds that what nobody looked into is counted, inside of tunnels too.
func TestUnreadConnections(t *testing.T) {
	connect := func(target string) []string {
		return []string{"> CONNECT " + target + " HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 OK\r\n\r\n"}
	}
	upgrade := func(to string) []string {
		return []string{"> GET / HTTP/1.1\r\nUpgrade: " + to + "\r\n\r\n", "< HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + to + "\r\n\r\n"}
	}
	garbage := []string{"> \x81\x85abcdefghi", "< \x81\x05hello"}
	for name, tt := range map[string]struct {
		say  []string
		want map[string]int
	}{
		"neither":             {garbage, map[string]int{"port 80": 1}},
		"HTTP":                {[]string{"> " + get1, "< " + ok5}, nil},
		"WebSocket":           {append(upgrade("WebSocket"), garbage...), map[string]int{"WebSocket": 1}},
		"another upgrade":     {append(upgrade("x/1"), garbage...), map[string]int{"what followed an upgrade of HTTP": 1}},
		"nothing follows":     {upgrade("x/1"), nil},
		"SSH by CONNECT":      {append(connect("a.test:22"), garbage...), map[string]int{"SSH on port 22 by CONNECT": 1}},
		"HTTP by CONNECT":     {append(connect("a.test:80"), "> "+get1, "< "+ok5), nil},
		"CONNECT to anywhere": {append(connect("a.test"), garbage...), map[string]int{"what followed CONNECT": 1}},
	} {
		w := newWire()
		w.play(tt.say, 1<<16)
		w.a.Close()
		if d := cmp.Diff(tt.want, w.counters.UnreadTCP); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestMultipath holds that a connection that is a further path of another one is said to be, whatever it has.
func TestMultipath(t *testing.T) {
	t.Parallel()
	const capable, join = "\x1e\x0c\x01\x8112345678", "\x1e\x0c\x10\x0112345678"
	for option, want := range map[string]int{"": 0, capable: 0, "\x01\x01" + join + "\x00\x00": 1, join[:2]: 0} {
		w := newWire()
		w.before = func(s *Segment) {
			if s.Flags&FlagSYN != 0 {
				s.Header = append(make([]byte, 20), option...)
			}
		}
		w.play([]string{"> " + get1, "< " + ok5}, 1<<16)
		w.a.Close()
		if len(w.counters.UnreadTCP) != want || len(w.exchanges) != 1 {
			t.Errorf("%q: unread %v, exchanges %s", option, w.counters.UnreadTCP, outline(w.exchanges))
		}
	}
}

// TestUnreadInTLS holds that what nobody looked into is counted where TLS was opened around it.
func TestUnreadInTLS(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		say  []flight
		want map[string]int
	}{
		"LDAP":          {[]flight{{Client, []byte("0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\x00\x80\x00")}, {Server, []byte("0\x0c\x02\x01\x01a\x07")}}, map[string]int{"LDAP on port 636 inside of TLS": 1}},
		"TLS again":     {[]flight{{Client, madeRecord(22, madeClientHello())}, {Server, madeRecord(22, make([]byte, 40))}}, map[string]int{"TLS inside of TLS": 1}},
		"HTTP":          {[]flight{{Client, []byte(get1)}, {Server, []byte(ok5)}}, nil},
		"nothing in it": {nil, nil},
	} {
		s := recordTLS(t, &tls.Config{}, &tls.Config{}, tt.say)
		w := newWire()
		w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:636")
		w.a.shared.secrets = secretsOf(s.keylog)
		w.handshake()
		for _, f := range s.flights {
			w.send(f.from, string(f.b))
		}
		w.close()
		w.a.Close()
		if d := cmp.Diff(tt.want, w.counters.UnreadTCP); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// At the port of DNS there may be something else.
func TestPortOfDNS(t *testing.T) {
	const query = "\x00\x11\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01"
	const long = "\x05\x01\x00" // as a greeting of SOCKS
	for _, size := range []int{1 << 16, 1} {
		w := newWire()
		w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:53")
		w.play([]string{"> " + get1, "< " + ok5}, size)
		w.expect(t, "GET /1 +0 > 200 +5")
		w = newWire()
		w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:53")
		w.play([]string{"> " + query + query, "< " + query, "> " + long}, size)
		w.a.Close()
		if len(w.records) != 3 {
			t.Errorf("segments of %d bytes: messages %q", size, w.records)
		}
	}
}
