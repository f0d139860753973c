package main

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// A session is a conversation in TLS 1.2 or 1.3. Its secrets come from the seed. A library would take
// random ones from the system, and no two captures would be the same.
type session struct {
	suite  *suite
	host   string
	inner  conversation
	limit  int // bytes of content in a record
	random [2][]byte
	secret map[string][]byte // by its label in the key log
	guard  [2]*guard
	turns  []turn // of what is inside
	begun  bool
}

// overTLS puts conversations into TLS.
func overTLS(kind func(*generator) conversation) func(*generator) conversation {
	return func(g *generator) conversation {
		s := &session{suite: &suites[g.rnd.IntN(len(suites))], inner: kind(g), limit: 1 << 14}
		s.host = fmt.Sprintf("web%02d.corp.test", s.inner.server-10)
		if g.rnd.IntN(4) == 0 { // some servers send short records
			s.limit = 300 + g.rnd.IntN(1100)
		}
		return conversation{port: 443, server: s.inner.server, next: s.next}
	}
}

// next returns the handshake, and then what is inside, a burst at a time.
func (s *session) next(g *generator, c *tcp) []turn {
	if !s.begun {
		s.begun = true
		s.logSecrets(g)
		if s.suite.tls13 {
			return s.handshake13(g)
		}
		return s.handshake12(g)
	}
	if len(s.turns) == 0 {
		s.turns = s.inner.next(g, c)
	}
	var sealed []turn
	for budget := 64 << 10; budget > 0 && len(s.turns) > 0; {
		t := &s.turns[0]
		content := g.take(t, s.limit)
		budget -= len(content)
		if n := len(sealed); n == 0 || sealed[n-1].from != t.from {
			sealed = append(sealed, turn{from: t.from})
		}
		to := &sealed[len(sealed)-1]
		to.text = s.guard[t.from].seal(g, to.text, 23, content)
		if t.done() {
			s.turns = s.turns[1:]
		}
	}
	return sealed
}

// logSecrets makes the secrets and writes them into the key log.
func (s *session) logSecrets(g *generator) {
	s.random = [2][]byte{g.random(32), g.random(32)}
	labels, size := []string{"CLIENT_RANDOM"}, 48
	if s.suite.tls13 {
		labels = []string{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"}
		size = s.suite.hash().Size()
	}
	s.secret = map[string][]byte{}
	for _, l := range labels {
		s.secret[l] = g.random(size)
		fmt.Fprintf(g.keyLog, "%s %x %x\n", l, s.random[client], s.secret[l])
	}
}

// handshake13 returns a handshake of RFC 8446 section 2 with only what is needed to decrypt the
// records.
func (s *session) handshake13(g *generator) []turn {
	finished := message(20, g.random(s.suite.hash().Size()))
	guards := func(client, server string) [2]*guard {
		return [2]*guard{newGuard13(g, s.suite, s.secret[client]), newGuard13(g, s.suite, s.secret[server])}
	}
	before := guards("CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET")
	answer := record(22, message(2, s.hello(server)))
	answer = before[server].seal(g, answer, 22, message(8, []byte{0, 0})) // EncryptedExtensions
	answer = before[server].seal(g, answer, 22, finished)
	s.guard = guards("CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0")
	return []turn{
		{from: client, text: record(22, message(1, s.hello(client)))},
		{from: server, text: answer},
		{from: client, text: before[client].seal(g, nil, 22, finished)},
	}
}

// handshake12 returns a handshake of RFC 5246 section 7.3 in the same way.
func (s *session) handshake12(g *generator) []turn {
	s.guard = newGuards12(g, s.suite, s.secret["CLIENT_RANDOM"], s.random)
	finished := message(20, g.random(12))
	changed := record(20, []byte{1})
	exchanged := append(record(22, message(16, g.random(66))), changed...)
	return []turn{
		{from: client, text: record(22, message(1, s.hello(client)))},
		{from: server, text: record(22, append(message(2, s.hello(server)), message(14, nil)...))},
		{from: client, text: s.guard[client].seal(g, exchanged, 22, finished)},
		{from: server, text: s.guard[server].seal(g, changed, 22, finished)},
	}
}

// hello returns the body of a ClientHello or ServerHello.
func (s *session) hello(from side) []byte {
	var b cryptobyte.Builder
	b.AddUint16(0x0303)
	b.AddBytes(s.random[from])
	b.AddUint8(0) // no session
	if from == server {
		b.AddUint16(s.suite.id)
		b.AddUint8(0) // no compression
	} else {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddUint16(s.suite.id) })
		b.AddBytes([]byte{1, 0})
	}
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		if from == client {
			b.AddUint16(0) // server_name
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
				b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
					b.AddUint8(0)
					b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(s.host)) })
				})
			})
		}
		switch {
		case s.suite.tls13 && from == client:
			b.AddBytes([]byte{0, 43, 0, 3, 2, 3, 4}) // supported_versions
		case s.suite.tls13:
			b.AddBytes([]byte{0, 43, 0, 2, 3, 4})
		}
	})
	return b.BytesOrPanic() // of parts that are short
}

// message returns a handshake message.
func message(kind byte, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(kind)<<24|uint32(len(body)))
	return append(b, body...)
}

// record returns a record that is not encrypted.
func record(kind byte, content []byte) []byte {
	return append(recordHeader(kind, len(content)), content...)
}

func recordHeader(kind byte, n int) []byte {
	return []byte{kind, 3, 3, byte(n >> 8), byte(n)}
}

// A guard encrypts the records of one direction with one key.
type guard struct {
	suite *suite
	id    uint32 // number of the key in the file of sealed records
	aead  cipher.AEAD
	iv    []byte
	seq   uint64
}

// seal appends a record to b, and writes it into the file of sealed records.
func (u *guard) seal(g *generator, b []byte, kind byte, content []byte) []byte {
	be := binary.BigEndian
	nonce := make([]byte, 12)
	copy(nonce, u.iv)
	if len(u.iv) < len(nonce) { // RFC 5288 section 3
		be.PutUint64(nonce[4:], u.seq)
	} else {
		be.PutUint64(nonce[4:], be.Uint64(nonce[4:])^u.seq)
	}
	var with []byte // what is authenticated besides
	if u.suite.tls13 {
		content = append(content[:len(content):len(content)], kind)
		b = append(b, recordHeader(23, len(content)+u.aead.Overhead())...)
		with = b[len(b)-5:]
	} else {
		with = append(be.AppendUint64(nil, u.seq), recordHeader(kind, len(content))...)
		explicit := nonce[len(u.iv):]
		b = append(b, recordHeader(kind, len(explicit)+len(content)+u.aead.Overhead())...)
		b = append(b, explicit...)
	}
	u.seq++
	start := len(b)
	b = u.aead.Seal(b, nonce, content, with)
	g.sealed.record(u.id, nonce, with, b[start:])
	return b
}
