package httpstream

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/testcost"
)

const (
	proxy4     = proxySignature + "\x21\x11\x00\x0c" + "\xcb\x00\x71\x09" + "\xc0\x00\x02\x14" + "\xd9\x03\x01\xbb"
	proxy6     = proxySignature + "\x21\x21\x00\x27" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" + "\xd9\x03\x01\xbb" + "\x04\x00\x00" // and a TLV
	proxyLocal = proxySignature + "\x20\x00\x00\x00"
	debug1     = "DEBUG /a.aspx HTTP/1.1\r\nHost: a.test\r\n\r\n"
	lower1     = "mkcalendar /cal HTTP/1.1\r\nHost: a.test\r\n\r\n"
)

// sniffed are conversations that begin with something else than a usual request: a header
// of the PROXY protocol, a SOCKS handshake, a method or a status line that are rare.
var sniffing = []struct {
	name   string
	say    []string
	want   []string
	client string // of the connection, where that is not who opened it
}{
	{"PROXY 1", []string{"> PROXY TCP4 203.0.113.9 192.0.2.20 55555 443\r\n" + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, "203.0.113.9:55555"},
	{"PROXY 1 over IPv6", []string{"> PROXY TCP6 2001:db8::9 2001:db8::1 55555 443\r\n" + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, "[2001:db8::9]:55555"},
	{"PROXY 1 of nobody", []string{"> PROXY UNKNOWN\r\n" + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"PROXY 2", []string{"> " + proxy4 + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, "203.0.113.9:55555"},
	{"PROXY 2 over IPv6", []string{"> " + proxy6 + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, "[2001:db8::9]:55555"},
	{"PROXY 2 of a health check", []string{"> " + proxyLocal + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"a method that begins like PROXY 1", []string{"> PROXY / HTTP/1.1\r\n\r\n", "< " + ok5}, []string{"PROXY / +0 > 200 +5"}, ""},
	{"PROXY 1 with a bad address", []string{"> PROXY TCP4 a b c d\r\n" + get1}, []string{"GET /1 +0 > -"}, ""},
	{"PROXY 1 without addresses", []string{"> PROXY TCP4\r\n" + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"PROXY of two balancers", []string{"> " + proxy6 + "PROXY TCP4 203.0.113.9 192.0.2.20 55555 443\r\n" + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, "203.0.113.9:55555"},
	{"PROXY of two balancers, each by itself", []string{"> " + proxy6, "> PROXY TCP4 203.0.113.9 192.0.2.20 55555 443\r\n", "> " + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, "203.0.113.9:55555"},
	{"empty lines that begin like PROXY 2", []string{"> \r\n\r\n" + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"SOCKS 4", []string{"> \x04\x01\x00\x50\xc0\x00\x02\x14user\x00", "< \x00\x5a\x00\x50\xc0\x00\x02\x14", "> " + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"SOCKS 4a", []string{"> \x04\x01\x00\x50\x00\x00\x00\x01user\x00a.test\x00", "< \x00\x5a\x00\x50\xc0\x00\x02\x14", "> " + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"SOCKS 4 refused", []string{"> \x04\x01\x00\x50\xc0\x00\x02\x14\x00", "< \x00\x5b\x00\x50\xc0\x00\x02\x14"}, nil, ""},
	{"SOCKS 5", []string{"> \x05\x02\x00\x01", "< \x05\x00", "> \x05\x01\x00\x03\x06a.test\x00\x50", "< \x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50", "> " + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"SOCKS 5 with a password", []string{"> \x05\x01\x02", "< \x05\x02", "> \x01\x01u\x01p", "< \x01\x00", "> \x05\x01\x00\x01\xc0\x00\x02\x14\x00\x50", "< \x05\x00\x00\x04" + strings.Repeat("\x00", 18), "> " + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"SOCKS 5 with Kerberos", []string{"> \x05\x02\x00\x01", "< \x05\x01", "> \x01\x01\x00\x05\x60oken", "< \x01\x01\x00\x05token", "> \x01\x02\x00\x01l", "< \x01\x02\x00\x01l", "> \x05\x01\x00\x01\xc0\x00\x02\x14\x00\x50", "< \x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50", "> " + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, ""},
	{"SOCKS 5 with Kerberos that protects", []string{"> \x05\x01\x01", "< \x05\x01", "> \x01\x01\x00\x05\x60oken", "< \x01\x01\x00\x05token", "> \x01\x03\x00\x05wraps", "< \x01\x03\x00\x05wraps"}, nil, ""},
	{"SOCKS 5 refused", []string{"> \x05\x01\x00", "< \x05\xff"}, nil, ""},
	{"SOCKS 5, all at once", []string{"> \x05\x01\x00\x05\x01\x00\x03\x06a.test\x00\x50" + get1, "< \x05\x00\x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50" + denied, "> " + get2, "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"SOCKS 5, all at once, and each reply by itself", []string{"> \x05\x01\x00\x05\x01\x00\x03\x06a.test\x00\x50", "> " + get1, "< \x05\x00", "< \x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50", "< " + denied, "> " + get2, "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"SOCKS 5 with a password, all at once", []string{"> \x05\x01\x02\x01\x05alice\x06secret\x05\x01\x00\x01\xc0\x00\x02\x14\x00\x50" + get1, "< \x05\x02\x01\x00\x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50" + denied, "> " + get2, "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"SOCKS 4a, all at once", []string{"> \x04\x01\x00\x50\x00\x00\x00\x01user\x00a.test\x00" + get1, "< \x00\x5a\x00\x50\xc0\x00\x02\x14" + denied, "> " + get2, "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"SOCKS 5, all at once, without a reply", []string{"> \x05\x01\x00\x05\x01\x00\x03\x06a.test\x00\x50" + get1}, []string{"GET /1 +0 > -"}, ""},
	{"PROXY 1, then SOCKS 5", []string{"> PROXY TCP4 203.0.113.9 192.0.2.20 55555 443\r\n\x05\x01\x00", "< \x05\x00", "> \x05\x01\x00\x03\x06a.test\x00\x50", "< \x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50", "> " + get1, "< " + ok5}, []string{"GET /1 +0 > 200 +5"}, "203.0.113.9:55555"},
	{"a method of Visual Studio", []string{"> " + debug1, "< " + denied, "> " + get1, "< " + ok5}, []string{"DEBUG /a.aspx +0 > 401 +0", "GET /1 +0 > 200 +5"}, ""},
	{"a method in small letters", []string{"> " + lower1, "< " + ok5}, []string{"mkcalendar /cal +0 > 200 +5"}, ""},
	{"a method that nobody knows, with a long target", []string{"> FOO /" + strings.Repeat("x", 3000) + " HTTP/1.1\r\n\r\n", "< " + ok5}, []string{"FOO /" + strings.Repeat("x", 3000) + " +0 > 200 +5"}, ""},
	{"no request before the first response", []string{"> \x99\x98\x97", "< " + denied}, []string{"- > 401 +0"}, ""},
	{"TLS to a port with plain HTTP", []string{"> \x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x13\x01\x01\x00", "< HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"}, []string{"- > 400 +0"}, ""},
	{"a malformed ClientHello to a port with plain HTTP", []string{"> \x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "< HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"}, []string{"- > 400 +0"}, ""},
	{"status lines that browsers take", []string{"> " + get1, "< http/1.1 401 unauthorized\r\nContent-Length: 0\r\n\r\n", "> " + get2, "< HTTP/2.0  200\r\nContent-Length: 5\r\n\r\nhello"}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"versions with more digits, and with fewer", []string{"> " + strings.Replace(get1, "1.1", "1.10", 1), "< " + denied, "> " + strings.Replace(get2, "1.1", "1", 1), "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"a control character in the target", []string{"> GET /\x7f HTTP/1.1\r\n\r\n", "< " + denied}, []string{"GET /\x7f +0 > 401 +0"}, ""},
	{"a line before HTTP", []string{"> HELLO a\r\n" + get1, "< " + denied, "> " + get2, "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"a line before HTTP, and its answer", []string{"> {\"user\": 1}\n", "< {\"ok\": 1}\n", "> " + get1, "< " + denied, "> " + get2, "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"greetings before HTTP", []string{"< 220 ready\r\n", "> HELO a\r\n", "< 250 yes\r\n", "> " + get1, "< " + denied, "> " + get2, "< " + ok5}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, ""},
	{"a few bytes before HTTP", []string{"> \x00\x01\xff", "> " + get1, "< " + denied}, []string{"GET /1 +0 > 401 +0"}, ""},
	{"a request that SMTP refuses", []string{"< 220 mail.test ESMTP\r\n", "> EHLO a\r\n", "< 250 mail.test\r\n", "> " + get1, "< 500 what?\r\n", "> " + get2, "< 500 what?\r\n"}, nil, ""},
	{"SMTP", []string{"< 220 mail.test ESMTP\r\n", "> EHLO a\r\n", "< 250 HTTP/1.1 200 OK\r\n"}, nil, ""},
	{"RTSP", []string{"> OPTIONS rtsp://a.test/ RTSP/1.0\r\n\r\n", "< RTSP/1.0 200 OK\r\n\r\n"}, nil, ""},
}

func TestSniffing(t *testing.T) {
	for _, tt := range sniffing {
		for _, size := range []int{1 << 16, 7, 1} {
			w := newWire()
			w.play(tt.say, size)
			w.a.Close()
			var got []string
			for _, x := range w.exchanges {
				got = append(got, summary(x))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s, %d bytes a segment (-want +got):\n%s", tt.name, size, d)
			}
			if len(tt.want) > 0 {
				checkClient(t, tt.name, w.conns[0], tt.client)
			}
			if w.a.shared.held != 0 {
				t.Errorf("%s: %d bytes are still counted as held", tt.name, w.a.shared.held)
			}
		}
	}
}

func checkClient(t *testing.T, name string, c *Conn, want string) {
	t.Helper()
	client := clientAddr
	if want != "" {
		client = netip.MustParseAddrPort(want)
	}
	if c.Client != client || (c.Balancer != nil) != (want != "") || c.Balancer != nil && *c.Balancer != clientAddr {
		t.Errorf("%s: client %v by way of %v, want %v", name, c.Client, c.Balancer, client)
	}
}

func TestFindRequest(t *testing.T) {
	for text, want := range map[string]int{
		"HELLO\r\n" + get1:                              7,
		"\x00\x01" + get1:                               2,
		"a GET / HTTP/1.1\r\nHost: a\r\n\r\n":           2,
		"GET / HTTP/1.1\r\n\r\n":                        0,
		"HELLO\nGET / HTTP/1.1\n":                       6,
		"HELLO\nGET / HTTP/1.1\nabc\n":                  -1,
		"HELLO\nGET / HTTP/1.1\nabc d\n":                -1,
		"GET / HTTP/1.1 is a request line\r\nHost: a\n": -1,
		"idGET / HTTP/1.1\r\n\r\n":                      -1,
		" HTTP/1.1\r\n\r\n":                             -1,
	} {
		if got := findRequest([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestSniffingCut cuts each conversation everywhere: what is found does not change, it
// only ends earlier.
func TestSniffingCut(t *testing.T) {
	for _, tt := range sniffing {
		for i, s := range tt.say {
			for n := 2; n <= len(s); n += testcost.Step(3) + len(s)/200 {
				w := newWire()
				w.play(append(append([]string{}, tt.say[:i]...), s[:n]), 1<<16)
				w.a.Close()
				if len(w.exchanges) > len(tt.want) {
					t.Fatalf("%s, cut after %d bytes of message %d: %d exchanges", tt.name, n-2, i, len(w.exchanges))
				}
			}
		}
	}
}

// TestKerberosBehindProxy reads messages of Kerberos for which a proxy was asked to connect to its
// port, and says where they go to.
func TestKerberosBehindProxy(t *testing.T) {
	t.Parallel()
	const request, reply = "\x00\x00\x00\x05\x6aabcd", "\x00\x00\x00\x05\x7eabcd"
	socks5 := func(to, port string) []string {
		return []string{"> \x05\x01\x00", "< \x05\x00", "> \x05\x01\x00" + to + port, "< \x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50"}
	}
	connect := func(to string) []string {
		return []string{"> CONNECT " + to + " HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 OK\r\n\r\n"}
	}
	for _, test := range []struct {
		name   string
		before []string
		want   *Destination // of what is read; nil if nothing is
		unread string
	}{
		{"SOCKS 4", []string{"> \x04\x01\x00\x58\xc0\x00\x02\x58user\x00", "< \x00\x5a" + strings.Repeat("\x00", 6)}, &Destination{"SOCKS proxy", "192.0.2.88", 88}, ""},
		{"SOCKS 4a", []string{"> \x04\x01\x00\x58\x00\x00\x00\x01user\x00dc1.test\x00", "< \x00\x5a" + strings.Repeat("\x00", 6)}, &Destination{"SOCKS proxy", "dc1.test", 88}, ""},
		{"SOCKS 5 by name", socks5("\x03\x08dc1.test", "\x00\x58"), &Destination{"SOCKS proxy", "dc1.test", 88}, ""},
		{"SOCKS 5 by what is no name", socks5("\x03\x08dc1\x1b[2J ", "\x00\x58"), &Destination{"SOCKS proxy", "", 88}, ""},
		{"SOCKS 5 by address", socks5("\x04\x20\x01\x0d\xb8"+strings.Repeat("\x00", 11)+"\x58", "\x01\xd0"), &Destination{"SOCKS proxy", "2001:db8::58", 464}, ""},
		{"SOCKS 5 to another port", socks5("\x03\x08dc1.test", "\x01\x85"), nil, "LDAP on port 389 by SOCKS"},
		{"CONNECT", connect("dc1.test:88"), &Destination{"HTTP proxy", "dc1.test", 88}, ""},
		{"CONNECT by address", connect("[2001:db8::58]:88"), &Destination{"HTTP proxy", "2001:db8::58", 88}, ""},
		{"CONNECT to another port", connect("dc1.test:389"), nil, "LDAP on port 389 by CONNECT"},
	} {
		w := newWire()
		var got *Destination
		w.a.shared.sink.Message = func(c *Conn, from Side, _ Pos, record []byte) {
			got = c.Destination()
			w.records = append(w.records, from.String()+string(record))
		}
		w.play(append(test.before, "> "+request, "< "+reply), 1000)
		w.a.Close()
		switch {
		case test.want == nil:
			if len(w.records) > 0 || w.counters.UnreadTCP[test.unread] != 1 {
				t.Errorf("%s: read %q, unread %v", test.name, w.records, w.counters.UnreadTCP)
			}
		case len(w.records) != 2 || got == nil || *got != *test.want || len(w.counters.UnreadTCP) > 0:
			t.Errorf("%s: %v, read %q, unread %v", test.name, got, w.records, w.counters.UnreadTCP)
		}
	}
}

// TestHeaderBehindServer holds that a PROXY header is read where the capture shows the server first, by which
// HTTP or TLS is known.
func TestHeaderBehindServer(t *testing.T) {
	t.Parallel()
	const header = "PROXY TCP4 203.0.113.9 192.0.2.20 55555 443\r\n"
	encrypted := recordTLS(t, &tls.Config{}, &tls.Config{}, []flight{{Client, []byte(get1)}, {Server, []byte(ok5)}})
	for name, flights := range map[string][]flight{
		"HTTP": {{Client, []byte(get1)}, {Server, []byte(ok5)}},
		"TLS":  encrypted.flights,
	} {
		for _, front := range []string{header, proxy6 + header} {
			w := newWire()
			w.a.shared.secrets = secretsOf(encrypted.keylog)
			w.handshake()
			begin := front + string(flights[0].b)
			w.sent[Client] = len(begin)
			w.send(Server, string(flights[1].b))
			w.segment(Client, FlagACK, 0, begin)
			for _, f := range flights[2:] {
				w.send(f.from, string(f.b))
			}
			w.expect(t, "GET /1 +0 > 200 +5")
			if got := w.exchanges[0].Conn.Client.String(); got != "203.0.113.9:55555" || w.counters.UnreadBytes > 0 {
				t.Errorf("%s: client %s, %d bytes unread", name, got, w.counters.UnreadBytes)
			}
		}
	}
}
