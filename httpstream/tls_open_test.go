package httpstream

import (
	"bytes"
	"crypto/tls"
	"net/netip"
	"slices"
	"testing"
)

// TestTLSResumed takes up a session: no certificate is sent, and the one of the first
// connection stands.
func TestTLSResumed(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client := &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(4), MaxVersion: version}
		server := &tls.Config{}
		server.SetSessionTicketKeys([][32]byte{{1}})
		first := recordTLS(t, client, server, talk())
		second := recordTLS(t, client, server, talk())
		secrets := secretsOf(append(first.keylog, second.keylog...))

		sh := &shared{secrets: secrets, counters: newCounters()}
		var conns [2]*Conn
		for i, s := range []session{first, second} {
			conns[i] = testConn()
			r := sh.tls(conns[i]).(*tlsReader)
			r.inner = &plainReader{}
			for _, f := range s.flights {
				r.data(f.from, &Pos{}, f.b)
			}
			if got := r.inner.(*plainReader).got[Server]; !bytes.Equal(got, s.sent[Server]) {
				t.Errorf("%x: connection %d: got %d bytes, want %d", version, i, len(got), len(s.sent[Server]))
			}
		}
		if a, b := conns[0].TLS, conns[1].TLS; a.Resumed || !b.Resumed || len(b.Certificate) == 0 || !bytes.Equal(a.Certificate, b.Certificate) {
			t.Errorf("%x: got resumed %v and %v, certificates of %d and %d bytes", version, a.Resumed, b.Resumed, len(a.Certificate), len(b.Certificate))
		}
	}
}

func TestTLSHelloRetryRequest(t *testing.T) {
	s := recordTLS(t, &tls.Config{CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP384}},
		&tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP384}}, talk())
	c, inner := s.open(secretsOf(s.keylog))
	if !bytes.Equal(inner.got[Client], s.sent[Client]) || c.TLS.Obstacle != "" {
		t.Errorf("got %q, %+v", inner.got[Client], c.TLS)
	}
}

// TestTLSSecretsLate has the secrets come when all handshake records are behind.
func TestTLSSecretsLate(t *testing.T) {
	for name, config := range suiteConfigs() {
		s := recordTLS(t, config.Clone(), config, talk()[2:])
		for when := range s.flights {
			secrets := &Secrets{}
			sh := &shared{secrets: secrets, counters: newCounters()}
			r := sh.tls(testConn()).(*tlsReader)
			inner := &plainReader{}
			r.inner = inner
			for i, f := range s.flights {
				if i == when {
					secrets.Read(bytes.NewReader(s.keylog))
				}
				r.data(f.from, &Pos{}, f.b)
			}
			r.end(Client, &Pos{})
			r.end(Server, &Pos{})
			for side := range s.sent {
				if !bytes.Equal(inner.got[side], s.sent[side]) {
					t.Errorf("%s: secrets at %d: got %q of %s", name, when, inner.got[side], Side(side))
				}
			}
			if sh.held != 0 || sh.tlsShared.waiting != 0 {
				t.Errorf("%s: %d bytes held and %d waiting at the end", name, sh.held, sh.tlsShared.waiting)
			}
		}
	}
}

// TestTLSClientAfterServer has the client's first flight after the server's: a capture
// of several queues of a network card is out of order.
func TestTLSClientAfterServer(t *testing.T) {
	resuming := &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(4), MaxVersion: tls.VersionTLS12}
	tickets := &tls.Config{}
	tickets.SetSessionTicketKeys([][32]byte{{1}})
	for _, test := range []struct {
		name   string
		before session
		s      session
	}{
		{"1.2", session{}, recordTLS(t, &tls.Config{MaxVersion: tls.VersionTLS12}, &tls.Config{}, talk())},
		{"1.2 resumed", recordTLS(t, resuming, tickets, talk()), recordTLS(t, resuming, tickets, talk())},
		{"1.3", session{}, recordTLS(t, &tls.Config{}, &tls.Config{}, talk())},
	} {
		s := test.s
		second := 1 + slices.IndexFunc(s.flights[1:], func(f flight) bool { return f.from == Client })
		server, rest := s.flights[1:second], s.flights[second:]
		late := slices.Concat(server, s.flights[:1], rest)
		secrets := secretsOf(append(test.before.keylog, s.keylog...))
		for _, how := range []struct {
			name    string
			secrets *Secrets
			flights []flight
			want    string // the obstacle
			host    string // that could not be opened
		}{
			{"late", secrets, late, "", ""},
			{"late without secrets", nil, late, "no key log was given", "web.lab.test"},
			{"lost", secrets, slices.Concat(server, rest), obstacleMidStream, "192.0.2.1:443"},
		} {
			sh := &shared{secrets: how.secrets, counters: newCounters()}
			read := func(flights []flight) (*Conn, *plainReader) {
				c, inner := testConn(), &plainReader{}
				c.Server = netip.MustParseAddrPort("192.0.2.1:443")
				r := sh.tls(c).(*tlsReader)
				r.inner = inner
				for _, f := range flights {
					r.data(f.from, &Pos{}, f.b)
				}
				r.end(Client, &Pos{})
				r.end(Server, &Pos{})
				return c, inner
			}
			if how.secrets != nil {
				read(test.before.flights)
			}
			c, inner := read(how.flights)
			name := test.name + ", " + how.name
			if got := c.TLS; got.Obstacle != how.want || got.Opened != (how.want == "") {
				t.Errorf("%s: got opened %v, obstacle %q, want %q", name, got.Opened, got.Obstacle, how.want)
			}
			if got := sh.counters.TLSNotOpened; how.host == "" && len(got) > 0 || how.host != "" && got[how.host] != 1 {
				t.Errorf("%s: got closed %v, want %q", name, got, how.host)
			}
			for side := range s.sent {
				if got, want := inner.got[side], s.sent[side]; c.TLS.Opened && !bytes.Equal(got, want) {
					t.Errorf("%s: got %d bytes of %s, want %d", name, len(got), Side(side), len(want))
				}
			}
			if sh.held != 0 || sh.tlsShared.waiting != 0 {
				t.Errorf("%s: %d bytes held and %d waiting at the end", name, sh.held, sh.tlsShared.waiting)
			}
		}
	}
}

// TestTLSOneSide has much of what one side sent: the hello of the other one is not waited for without end,
// and that is said.
func TestTLSOneSide(t *testing.T) {
	s := recordTLS(t, &tls.Config{}, &tls.Config{}, talk())
	for side := range Side(2) {
		sh := &shared{secrets: secretsOf(s.keylog), counters: newCounters()}
		c := testConn()
		r := sh.tls(c).(*tlsReader)
		send := func(b []byte) {
			if r.data(side, &Pos{}, b); sh.tlsShared.waiting > maxAheadOfHello {
				t.Errorf("%s: %d bytes wait", side, sh.tlsShared.waiting)
			}
		}
		var last []byte
		for _, f := range s.flights {
			if f.from == side && len(f.b) > 0 {
				last = f.b
				send(last)
			}
		}
		for n := 0; n <= maxAheadOfHello; n += len(last) {
			send(last)
		}
		if c.TLS.Obstacle != obstacleLate || r.skippable(side) == 0 || len(sh.counters.TLSObstacles) != 1 {
			t.Errorf("%s: got %q, blind for %d bytes, said %v", side, c.TLS.Obstacle, r.skippable(side), sh.counters.TLSObstacles)
		}
	}
}

// TestTLSObstacle holds that the report says why a connection is not opened.
func TestTLSObstacle(t *testing.T) {
	s := recordTLS(t, &tls.Config{}, &tls.Config{}, talk())
	other := recordTLS(t, &tls.Config{}, &tls.Config{}, talk())
	camellia := []flight{
		{Client, madeRecord(22, madeClientHello())},
		{Server, madeRecord(22, madeServerHello(madeRandom[Server], 0x0041))},
		{Server, madeRecord(20, []byte{1})},
		{Server, madeRecord(22, make([]byte, 100))},
	}
	old := slices.Clone(camellia)
	old[1].b = bytes.Clone(old[1].b)
	old[1].b[recordHeaderLen+4+1] = 0 // SSL 3.0 in the ServerHello
	refused := []flight{{Client, madeRecord(22, madeClientHello())}, {Server, madeRecord(21, []byte{2, 40})}}
	for _, test := range []struct {
		name    string
		secrets *Secrets
		flights []flight
		want    string
		hidden  int
	}{
		{"no key log", nil, s.flights, "no key log was given", 1},
		{"empty key log", &Secrets{}, s.flights, "no key log was given", 1},
		{"key log of another", secretsOf(other.keylog), s.flights, "the key log has no secrets for this connection", 1},
		{"SSL 3.0", secretsOf(madeKeyLog(32)), old, obstacleVersion, 1},
		{"Camellia", secretsOf(madeKeyLog(32)), camellia, obstacleSuite, 1},
		{"middle", secretsOf(s.keylog), s.flights[5:], obstacleMidStream, 1},
		{"no client hello", secretsOf(s.keylog), s.flights[1:], obstacleMidStream, 1},
		{"refused", nil, refused, "the server ended the handshake with alert 40, handshake failure", 0},
		{"hello only", nil, s.flights[:1], "the connection ended within the handshake", 0},
		{"no TLS", nil, []flight{{Client, []byte("GET / HTTP/1.1\r\n")}}, "the client sends bytes that are no TLS (frame 1)", 0},
	} {
		sh := &shared{secrets: test.secrets, counters: newCounters()}
		c := testConn()
		r := sh.tls(c)
		var at Pos
		for _, f := range test.flights {
			at.Frame++
			r.data(f.from, &at, f.b)
		}
		r.end(Client, &at)
		r.end(Server, &at)
		closed := 0
		for _, n := range sh.counters.TLSNotOpened {
			closed += n
		}
		if c.TLS.Obstacle != test.want || closed != test.hidden || c.TLS.Opened {
			t.Errorf("%s: got %q (%d closed), want %q (%d)", test.name, c.TLS.Obstacle, closed, test.want, test.hidden)
		}
		if sh.held != 0 || sh.tlsShared.waiting != 0 {
			t.Errorf("%s: %d bytes held and %d waiting at the end", test.name, sh.held, sh.tlsShared.waiting)
		}
	}
}

// TestTLSClosedIsBlind says that nothing is looked at without secrets, so that no
// bytes wait for lost ones.
func TestTLSClosedIsBlind(t *testing.T) {
	s := recordTLS(t, &tls.Config{}, &tls.Config{}, talk())
	sh := &shared{counters: newCounters()}
	r := sh.tls(testConn())
	for _, f := range s.flights {
		r.data(f.from, &Pos{}, f.b)
	}
	if got := r.skippable(Server); got < 1<<60 {
		t.Errorf("got %d blind bytes, want endless", got)
	}
	if got, want := sh.counters.TLSNotOpened["web.lab.test"], 1; got != want {
		t.Errorf("got %d closed, want %d", got, want)
	}
}

// TestTLSOfServerAlone holds that it is said where a server begins TLS, and its client sends something else.
func TestTLSOfServerAlone(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := recordTLS(t, &tls.Config{MaxVersion: version}, &tls.Config{}, talk())
		sh := &shared{secrets: secretsOf(s.keylog), counters: newCounters()}
		c := testConn()
		c.Ending = FIN
		r := sh.tls(c)
		r.data(Server, &Pos{}, s.flights[1].b)
		r.data(Client, &Pos{}, []byte("hello, world"))
		r.end(Client, &Pos{})
		r.end(Server, &Pos{})
		if len(sh.counters.TLSObstacles) != 1 || sh.held != 0 {
			t.Errorf("TLS %#x: said %v, %d bytes held", version, sh.counters.TLSObstacles, sh.held)
		}
	}
}
