package httpstream

import (
	"crypto/tls"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTLSFailed has connections that fail in their handshake, or when the request is sent: why
// is counted, by the word of who ended it.
func TestTLSFailed(t *testing.T) {
	t.Parallel()
	hello := flight{Client, madeRecord(22, madeClientHello())}
	answer := flight{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0x1301, versions13))}
	alert := func(from Side, level, code byte) flight { return flight{from, madeRecord(21, []byte{level, code})} }
	sh, ch := sealer13(serverHandshakeSecret), sealer13(clientHandshakeSecret)
	sa, ca := sealer13(serverTrafficSecret), sealer13(clientTrafficSecret)
	refused := []flight{
		hello, answer,
		{Server, sh.seal(22, madeMessage(encryptedExtensions, []byte{0, 0}), 0)},
		{Server, sh.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Client, ch.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Client, ca.seal(23, []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0)},
		{Server, sa.seal(21, []byte{2, 116}, 0)},
	}
	sa, ch = sealer13(serverTrafficSecret), sealer13(clientHandshakeSecret)
	finishedFirst := []flight{
		{Client, ch.seal(22, madeMessage(finished, make([]byte, 32)), 0)},
		{Server, sa.seal(21, []byte{2, 116}, 0)},
	}
	for _, test := range []struct {
		name    string
		flights []flight
		ending  Ending
		by      Side
		want    string
		opened  bool
		alert   Alert
	}{
		{"no version in common", []flight{hello, alert(Server, 2, 70)}, FIN, Server, "the server ended the handshake with alert 70, protocol version not supported", false, Alert{Server, 70}},
		{"certificate not trusted", []flight{hello, answer, alert(Client, 2, 48)}, FIN, Client, "the client ended the handshake with alert 48, unknown certificate authority", false, Alert{Client, 48}},
		{"alert of nobody", []flight{hello, alert(Server, 2, 200)}, RST, Server, "the server ended the handshake with alert 200, alert(200)", false, Alert{Server, 200}},
		{"reset", []flight{hello}, RST, Server, "the server reset the connection after the ClientHello", false, Alert{}},
		{"closed", []flight{hello, answer}, FIN, Client, "the client closed the connection in the handshake", false, Alert{}},
		{"no certificate of the client", refused, FIN, Server, "the server ended the connection with alert 116, certificate required", true, Alert{Server, 116}},
		{"no certificate of the client, before the request", slices.Concat(refused[:4], finishedFirst), FIN, Server, "the server ended the handshake with alert 116, certificate required", false, Alert{Server, 116}},
		{"open where the capture ends", []flight{hello}, Open, Client, "", false, Alert{}},
		{"nothing of the client", []flight{answer}, FIN, Server, "", false, Alert{}},
	} {
		s := &shared{secrets: secretsOf(madeKeyLog(32)), counters: newCounters()}
		c := testConn()
		c.Server = netip.MustParseAddrPort("192.0.2.1:443")
		c.Ending, c.EndedBy = test.ending, test.by
		r := s.tls(c)
		for _, f := range test.flights {
			r.data(f.from, &Pos{}, f.b)
		}
		r.end(Client, &Pos{})
		r.end(Server, &Pos{})
		var want []TLSObstacle
		if test.want != "" {
			want = []TLSObstacle{{Host: "192.0.2.1:443", Reason: test.want, Opened: test.opened, Connections: 1, Alert: test.alert}}
		}
		if d := cmp.Diff(want, s.counters.TLSFailed, byFrame()); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, d)
		}
	}
}

// TestTLSEndsWithinHello has connections that end within their ClientHello: nothing of them is read.
// What begins before the capture is none of these.
func TestTLSEndsWithinHello(t *testing.T) {
	t.Parallel()
	hello := string(madeRecord(22, madeClientHello()))
	for _, test := range []struct {
		sent  string
		begun bool
		want  string
	}{
		{hello[:40], true, "the client ended the connection within a record"},
		{hello[:3] + "\x00\x04" + hello[5:9], true, "the client closed the connection within the ClientHello"},
		{hello[:40], false, ""},
	} {
		w := newWire()
		w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:443")
		if test.begun {
			w.handshake()
		}
		w.send(Client, test.sent)
		w.close()
		w.a.Close()
		got := ""
		for _, o := range w.counters.TLSFailed {
			got += o.Reason
		}
		if got != test.want {
			t.Errorf("%d bytes: got %q, want %q", len(test.sent), got, test.want)
		}
	}
}

// TestTLSUnfinished has connections whose handshake goes on where the capture ends, or that have no
// answer: that they are not opened is counted, by what is missing.
func TestTLSUnfinished(t *testing.T) {
	t.Parallel()
	hello, answer := madeRecord(22, madeClientHello()), madeRecord(22, madeServerHello(madeRandom[Server], 0xc02f))
	for _, test := range []struct {
		sent [2][]byte
		want string
	}{
		{[2][]byte{hello, nil}, "the capture holds no answer to its ClientHello"},
		{[2][]byte{hello[:30], nil}, "the capture ends within its ClientHello"},
		{[2][]byte{hello, answer[:30]}, "the capture ends within the handshake"},
		{[2][]byte{hello, answer}, "the capture ends within the handshake"},
	} {
		w := newWire()
		w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:443")
		w.handshake()
		for side, b := range test.sent {
			if len(b) > 0 {
				w.send(Side(side), string(b))
			}
		}
		w.a.Close()
		want := []TLSObstacle{{Host: "192.0.2.20:443", Reason: test.want, Connections: 1, First: Pos{Frame: 1}}}
		for i := range w.counters.TLSObstacles {
			w.counters.TLSObstacles[i].Version, w.counters.TLSObstacles[i].Cipher = "", ""
		}
		if d := cmp.Diff(want, w.counters.TLSObstacles, byFrame()); d != "" || w.counters.TLSNotOpened["192.0.2.20:443"] != 1 || len(w.counters.TLSFailed) > 0 {
			t.Errorf("%s: %v, %v (-want +got):\n%s", test.want, w.counters.TLSNotOpened, w.counters.TLSFailed, d)
		}
	}
}

// TestTLSRefusedInTheClear has a server refuse the certificate of a client in TLS 1.2: nobody needs
// secrets to know that it failed.
func TestTLSRefusedInTheClear(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:443")
	w.a.shared.secrets = &Secrets{}
	w.handshake()
	w.send(Client, string(madeRecord(22, madeClientHello())))
	w.send(Server, string(madeRecord(22, madeServerHello(madeRandom[Server], 0xc02f))))
	w.send(Client, string(madeRecord(20, []byte{1}))+string(madeRecord(22, make([]byte, 40))))
	w.send(Server, string(madeRecord(21, []byte{2, 42})))
	w.close()
	w.a.Close()
	want := []TLSObstacle{{Host: "192.0.2.20:443", Reason: "the server ended the handshake with alert 42, bad certificate", Connections: 1, First: Pos{Frame: 1}, Alert: Alert{Server, 42}}}
	if d := cmp.Diff(want, w.counters.TLSFailed, byFrame()); d != "" || len(w.counters.TLSNotOpened) > 0 {
		t.Errorf("not opened: %v; (-want +got):\n%s", w.counters.TLSNotOpened, d)
	}
}

// TestNoRecordInTLS has a server send other bytes where it should send a record: that they were not
// read is counted, and said of the connection.
func TestNoRecordInTLS(t *testing.T) {
	t.Parallel()
	s := recordTLS(t, &tls.Config{}, &tls.Config{}, []flight{{Client, []byte(get1)}})
	w := newWire()
	w.a.shared.secrets = secretsOf(s.keylog)
	w.handshake()
	for _, f := range s.flights {
		w.send(f.from, string(f.b))
	}
	w.send(Server, "these are no records at all")
	w.a.Close()
	if o := w.counters.TLSObstacles; len(o) != 1 || o[0].Reason != "the server sends bytes that are no TLS" || !o[0].Opened {
		t.Errorf("obstacles %v", o)
	}
	if x := w.exchanges; len(x) != 1 || x[0].Conn.Unread != [2]bool{Server: true} {
		t.Errorf("exchanges %v", x)
	}
}

// TestUpgradeToTLS has a request ask for TLS on its connection: it is answered there.
func TestUpgradeToTLS(t *testing.T) {
	t.Parallel()
	s := recordTLS(t, &tls.Config{}, &tls.Config{}, []flight{{Server, []byte(denied)}, {Client, []byte(get2)}, {Server, []byte(ok5)}})
	w := newWire()
	w.a.shared.secrets = secretsOf(s.keylog)
	w.handshake()
	w.send(Client, "OPTIONS * HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2, TLS/1.1\r\n\r\n")
	w.send(Server, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n\r\n")
	for _, f := range s.flights {
		w.send(f.from, string(f.b))
	}
	w.close()
	w.expect(t, "OPTIONS * +0 > 101 +0", "OPTIONS * +0 > 401 +0", "GET /2 +0 > 200 +5")
	if w.counters.Requests != 2 {
		t.Errorf("%d requests, want 2", w.counters.Requests)
	}
}

// TestSSL2Hello opens a connection whose client begins in the form of SSL 2.0.
func TestSSL2Hello(t *testing.T) {
	t.Parallel()
	s := recordTLS(t, &tls.Config{MaxVersion: tls.VersionTLS12}, &tls.Config{MaxVersion: tls.VersionTLS12}, talk())
	random := s.flights[0].b[11:43]
	old := slices.Concat([]byte{0x80, 9 + 6 + 32, 1, 3, 3, 0, 6, 0, 0, 0, 32, 0, 0, 0x2f, 0, 0, 0x35}, random)
	if classify(old, true) != tlsRecord || classify(old, false) == tlsRecord {
		t.Error("it is not known for what it is")
	}
	for n := range old {
		if isSSL2Hello(old[:n]) {
			t.Errorf("known when cut at %d", n)
		}
	}
	flights := slices.Clone(s.flights)
	rest := flights[0].b[recordLen(flights[0].b):]
	flights[0].b = slices.Concat(old, rest)
	c, inner := s.openFlights(secretsOf(s.keylog), flights)
	if !c.TLS.Opened || c.TLS.Obstacle != "" || !strings.HasPrefix(string(inner.got[Client]), string(s.sent[Client][:20])) || len(inner.got[Server]) != len(s.sent[Server]) {
		t.Errorf("opened %v, %q; %d and %d bytes", c.TLS.Opened, c.TLS.Obstacle, len(inner.got[Client]), len(inner.got[Server]))
	}
}

// TestSuiteNames names what is not opened by its cipher, and what is compressed by that.
func TestSuiteNames(t *testing.T) {
	t.Parallel()
	for id, want := range map[uint16]string{
		0xc102: "0xC102 (GOST)", 0xc05c: "0xC05C (ARIA)", 0x0041: "0x0041 (Camellia)", 0xc037: "0xC037 (a pre-shared key)", 0xeeee: "0xEEEE",
		0x1301: "TLS_AES_128_GCM_SHA256", 0x0005: "TLS_RSA_WITH_RC4_128_SHA",
	} {
		if got := SuiteName(id); got != want {
			t.Errorf("%#x: %q, want %q", id, got, want)
		}
	}
	hello := madeServerHello(madeRandom[Server], 0xc02f)
	hello[4+2+32+1+2] = 1
	c, _ := session{}.openFlights(secretsOf(madeKeyLog(32)), []flight{{Client, madeRecord(22, madeClientHello())}, {Server, madeRecord(22, hello)}, {Server, madeRecord(20, []byte{1})}, {Server, madeRecord(22, make([]byte, 40))}})
	if c.TLS.Obstacle != obstacleDeflate {
		t.Errorf("compressed: %q", c.TLS.Obstacle)
	}
}
