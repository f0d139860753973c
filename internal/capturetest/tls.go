package capturetest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// A tlsLink is a TLS connection whose two ends talk through memory; what they write
// becomes the packets of the case.
type tlsLink struct {
	ends  [2]*tls.Conn
	pipes [2]*pipe
	wire  *transcript
}

// A transcript is what both ends wrote, in order.
type transcript struct {
	sync.Mutex
	sides  []int
	chunks [][]byte
}

// startTLS carries out a tls line. Keys and nonces are Go's own, so the bytes of the
// case differ from run to run; all else is the same.
func (s *script) startTLS(c *conn, words []string) error {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, KeyLogWriter: keyLog{s.out},
		ServerName: "web.contoso.com", SessionTicketsDisabled: true, Time: func() time.Time { return s.now }}
	h2 := false
	for _, w := range words {
		name, isName := strings.CutPrefix(w, "sni=")
		switch {
		case isName:
			config.ServerName = name
		case w == "tls12" || w == "1.2":
			config.MaxVersion = tls.VersionTLS12
		case w == "h2":
			config.NextProtos, h2 = []string{"h2"}, true
		case w != "tls":
			return fmt.Errorf("unknown option %q of tls", w)
		}
	}
	cert, err := certificate(config.ServerName)
	if err != nil {
		return err
	}
	c.x.cert = cert.Certificate[0]
	serving := config.Clone()
	serving.Certificates, serving.KeyLogWriter = []tls.Certificate{cert}, nil
	a, b := newPipes()
	link := &tlsLink{pipes: [2]*pipe{a, b}, wire: a.wire}
	link.ends = [2]*tls.Conn{tls.Client(a, config), tls.Server(b, serving)}
	done := make(chan error, 1)
	go func() { done <- link.ends[server].Handshake() }()
	if err := link.ends[client].Handshake(); err != nil {
		return err
	}
	if err := <-done; err != nil {
		return err
	}
	link.flush(c)
	c.tls = link
	if h2 {
		c.h2 = newH2()
		return c.startH2()
	}
	return nil
}

func (l *tlsLink) write(c *conn, side int, b []byte) error {
	_, err := l.ends[side].Write(b)
	l.flush(c)
	return err
}

func (l *tlsLink) closeWrite(c *conn, side int) error {
	err := l.ends[side].CloseWrite()
	l.flush(c)
	return err
}

// flush sends what the two ends wrote since the last time.
func (l *tlsLink) flush(c *conn) {
	l.wire.Lock()
	defer l.wire.Unlock()
	for i, b := range l.wire.chunks {
		c.send(l.wire.sides[i], b)
	}
	l.wire.sides, l.wire.chunks = nil, nil
}

// A keyLog adds to the secrets of a case.
type keyLog struct{ out *Case }

func (k keyLog) Write(b []byte) (int, error) {
	k.out.KeyLog = append(k.out.KeyLog, b...)
	return len(b), nil
}

// A pipe is one end of a connection in memory that holds any amount of bytes.
type pipe struct {
	net.Conn // nil: only Read and Write are called
	side     int
	wire     *transcript
	ready    *sync.Cond
	inbox    *bytes.Buffer
	peer     *pipe
}

func newPipes() (a, b *pipe) {
	wire, lock := &transcript{}, &sync.Mutex{}
	a = &pipe{side: client, wire: wire, ready: sync.NewCond(lock), inbox: &bytes.Buffer{}}
	b = &pipe{side: server, wire: wire, ready: sync.NewCond(lock), inbox: &bytes.Buffer{}}
	a.peer, b.peer = b, a
	return a, b
}

func (p *pipe) Write(b []byte) (int, error) {
	p.wire.Lock()
	p.wire.sides = append(p.wire.sides, p.side)
	p.wire.chunks = append(p.wire.chunks, bytes.Clone(b))
	p.wire.Unlock()
	p.peer.ready.L.Lock()
	defer p.peer.ready.L.Unlock()
	p.peer.inbox.Write(b)
	p.peer.ready.Signal()
	return len(b), nil
}

func (p *pipe) Read(b []byte) (int, error) {
	p.ready.L.Lock()
	defer p.ready.L.Unlock()
	for p.inbox.Len() == 0 {
		p.ready.Wait()
	}
	n, err := p.inbox.Read(b)
	if err == io.EOF {
		err = nil
	}
	return n, err
}

func (p *pipe) Close() error                     { return nil }
func (p *pipe) SetDeadline(time.Time) error      { return nil }
func (p *pipe) SetReadDeadline(time.Time) error  { return nil }
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }

// certificate makes a certificate for a host, signed by itself.
func certificate(host string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: start().AddDate(-1, 0, 0), NotAfter: start().AddDate(10, 0, 0), SignatureAlgorithm: x509.ECDSAWithSHA256,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{cert}, PrivateKey: key}, err
}
