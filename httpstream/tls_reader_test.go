package httpstream

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// A flight is what one side sent at one time.
type flight struct {
	from Side
	b    []byte
}

// A wiretap notes all that goes over a pair of connections, in order.
type wiretap struct {
	mu      sync.Mutex
	flights []flight
}

type tappedConn struct {
	net.Conn
	tap  *wiretap
	from Side
}

func (c tappedConn) Write(b []byte) (int, error) {
	c.tap.mu.Lock()
	c.tap.flights = append(c.tap.flights, flight{c.from, bytes.Clone(b)})
	c.tap.mu.Unlock()
	return c.Conn.Write(b)
}

// A bufferedConn is one end of a pipe that takes what is written without waiting for
// a reader.
type bufferedConn struct {
	net.Conn // for what TLS does not call
	in, out  *pipeBuffer
}

type pipeBuffer struct {
	sync.Mutex
	sync.Cond
	b      bytes.Buffer
	closed bool
}

func bufferedPipe() (a, b bufferedConn) {
	var p [2]*pipeBuffer
	for i := range p {
		p[i] = &pipeBuffer{}
		p[i].L = &p[i].Mutex
	}
	return bufferedConn{in: p[0], out: p[1]}, bufferedConn{in: p[1], out: p[0]}
}

func (c bufferedConn) Write(b []byte) (int, error) {
	c.out.Lock()
	defer c.out.Unlock()
	defer c.out.Broadcast()
	return c.out.b.Write(b)
}

func (c bufferedConn) Read(b []byte) (int, error) {
	c.in.Lock()
	defer c.in.Unlock()
	for c.in.b.Len() == 0 && !c.in.closed {
		c.in.Wait()
	}
	return c.in.b.Read(b)
}

func (c bufferedConn) Close() error {
	for _, p := range []*pipeBuffer{c.in, c.out} {
		p.Lock()
		p.closed = true
		p.Broadcast()
		p.Unlock()
	}
	return nil
}

var testKeys = sync.OnceValue(func() [2]tls.Certificate {
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	rs, _ := rsa.GenerateKey(rand.Reader, 2048)
	make := func(public, private any) tls.Certificate {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "web.lab.test"},
			NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0), DNSNames: []string{"web.lab.test"},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
		if err != nil {
			panic(err)
		}
		return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
	}
	return [2]tls.Certificate{make(&ec.PublicKey, ec), make(&rs.PublicKey, rs)}
})

// A session is one recorded TLS connection.
type session struct {
	flights []flight
	keylog  []byte
	sent    [2][]byte
}

// recordTLS runs a TLS connection on which each side sends what sent says, in turn.
func recordTLS(t testing.TB, client, server *tls.Config, turns []flight) session {
	t.Helper()
	var log bytes.Buffer
	tap := &wiretap{}
	a, b := bufferedPipe()
	client.KeyLogWriter = &log
	client.InsecureSkipVerify = true
	client.ServerName = "web.lab.test"
	keys := testKeys()
	server.Certificates = keys[:]
	c := tls.Client(tappedConn{a, tap, Client}, client)
	s := tls.Server(tappedConn{b, tap, Server}, server)
	sides := [2]*tls.Conn{c, s}
	failed := make(chan error, 1)
	go func() {
		for _, turn := range turns {
			var err error
			if turn.from == Server {
				_, err = s.Write(turn.b)
			} else {
				_, err = io.ReadFull(s, make([]byte, len(turn.b)))
			}
			if err != nil {
				failed <- err
				return
			}
		}
		failed <- nil
	}()
	var out session
	for _, turn := range turns {
		var err error
		if turn.from == Client {
			_, err = sides[Client].Write(turn.b)
		} else {
			_, err = io.ReadFull(c, make([]byte, len(turn.b)))
		}
		if err != nil {
			t.Fatal(err)
		}
		out.sent[turn.from] = append(out.sent[turn.from], turn.b...)
	}
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	a.Close()
	b.Close()
	out.flights, out.keylog = tap.flights, log.Bytes()
	return out
}

// A plainReader notes what came out of TLS.
type plainReader struct {
	got   [2][]byte
	gaps  [2]int64
	ended [2]int
}

func (p *plainReader) data(from Side, _ *Pos, b []byte) { p.got[from] = append(p.got[from], b...) }
func (p *plainReader) gap(from Side, _ *Pos, n int64)   { p.gaps[from] += n }
func (p *plainReader) end(from Side, _ *Pos)            { p.ended[from]++ }
func (p *plainReader) skippable(Side) int64             { return 0 }
func secretsOf(keylog []byte) *Secrets                  { s := &Secrets{}; s.Read(bytes.NewReader(keylog)); return s }
func newCounters() *Counters                            { return &Counters{} }
func testConn() *Conn                                   { return &Conn{SYN: true, Ending: FIN} }
func (s session) open(secrets *Secrets) (*Conn, *plainReader) {
	return s.openFlights(secrets, s.flights)
}

// openFlights reads flights with an inner reader that is there from the start.
func (s session) openFlights(secrets *Secrets, flights []flight) (*Conn, *plainReader) {
	sh := &shared{secrets: secrets, counters: newCounters()}
	c := testConn()
	r := sh.tls(c).(*tlsReader)
	inner := &plainReader{}
	r.inner = inner
	at := Pos{}
	for _, f := range flights {
		at.Frame++
		if f.b == nil {
			continue
		}
		r.data(f.from, &at, f.b)
	}
	r.end(Client, &at)
	r.end(Server, &at)
	return c, inner
}

// suiteConfigs lists a configuration for each version and kind of suite.
func suiteConfigs() map[string]*tls.Config {
	one := func(id uint16) *tls.Config {
		return &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{id}}
	}
	all := map[string]*tls.Config{"1.3": {MinVersion: tls.VersionTLS13}}
	for _, id := range []uint16{
		tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	} {
		all[tls.CipherSuiteName(id)] = one(id)
	}
	for _, old := range []struct {
		name    string
		version uint16
		id      uint16
	}{
		{"1.0", tls.VersionTLS10, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA},
		{"1.0", tls.VersionTLS10, tls.TLS_RSA_WITH_RC4_128_SHA},
		{"1.1", tls.VersionTLS11, tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	} {
		all[old.name+" "+tls.CipherSuiteName(old.id)] = &tls.Config{
			MinVersion: old.version, MaxVersion: old.version, CipherSuites: []uint16{old.id},
		}
	}
	return all
}

// talk returns some requests and answers, one of which takes several records.
func talk() []flight { return talkOf(48_000) }

// talkOf returns two requests and their responses, the first with a body of n bytes.
func talkOf(n int) []flight {
	return []flight{
		{Client, []byte("GET / HTTP/1.1\r\nHost: web.lab.test\r\n\r\n")},
		{Server, bytes.Repeat([]byte("0123456789abcdef"), n/16)},
		{Client, []byte("POST / HTTP/1.1\r\n\r\n")},
		{Server, []byte("HTTP/1.1 401 Unauthorized\r\n\r\n")},
	}
}

func TestTLSOpens(t *testing.T) {
	for name, config := range suiteConfigs() {
		t.Run(name, func(t *testing.T) {
			s := recordTLS(t, config.Clone(), config, talk())
			check := func(how string, flights []flight) {
				t.Helper()
				conn, inner := s.openFlights(secretsOf(s.keylog), flights)
				for _, side := range []Side{Client, Server} {
					if !bytes.Equal(inner.got[side], s.sent[side]) {
						t.Errorf("%s: %s: got %d bytes, want %d", how, side, len(inner.got[side]), len(s.sent[side]))
					}
				}
				if got := conn.TLS; !got.Opened || got.Obstacle != "" || got.SNI != "web.lab.test" || len(got.Certificate) == 0 {
					t.Errorf("%s: got %+v", how, got)
				}
				if inner.ended != [2]int{1, 1} {
					t.Errorf("%s: got %v ends, want one a side", how, inner.ended)
				}
			}
			check("as sent", s.flights)
			var bytewise []flight
			for _, f := range s.flights {
				for i := range f.b {
					bytewise = append(bytewise, flight{f.from, f.b[i : i+1]})
				}
			}
			check("byte by byte", bytewise)
		})
	}
}
