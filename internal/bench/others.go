package main

import (
	"encoding/binary"

	"golang.org/x/net/dns/dnsmessage"
)

// tlsLike returns records of application data after something like two hellos.
func tlsLike(g *generator) conversation {
	rounds := 2 + g.rnd.IntN(40)
	begun := false
	return conversation{port: 443, server: 100, next: func(g *generator, _ *tcp) []turn {
		if rounds--; rounds < 0 {
			return nil
		}
		if !begun {
			begun = true
			hello := append([]byte{22, 3, 1, 0, 84, 1, 0, 0, 80, 3, 3}, g.random(32)...)
			hello = append(hello, 0, 0, 2, 0x13, 0x01, 1, 0)
			hello = append(hello, 0, 39, 0, 21, 0, 35)
			hello = append(hello, make([]byte, 89-len(hello))...)
			return []turn{{from: client, text: hello}, {from: server, text: recordHeader(22, 1200), body: 1200}}
		}
		n := 100 + g.rnd.IntN(16_000)
		return []turn{{from: client, text: recordHeader(23, 300), body: 300}, {from: server, text: recordHeader(23, n), body: n}}
	}}
}

// smbLike returns messages of a protocol that is not HTTP.
func smbLike(g *generator) conversation {
	rounds := 5 + g.rnd.IntN(40)
	return conversation{port: 445, server: 101, next: func(g *generator, _ *tcp) []turn {
		if rounds--; rounds < 0 {
			return nil
		}
		n := 100 + g.rnd.IntN(60_000)
		head := func(n int) []byte { return append([]byte{0, 0, byte(n >> 8), byte(n)}, "\xfeSMB@\x00"...) }
		return []turn{{from: client, text: head(130), body: 124}, {from: server, text: head(n), body: n - 6}}
	}}
}

// kerberosTCP returns a request to a KDC over TCP that is answered with a ticket, and one over UDP that
// is refused.
func kerberosTCP(g *generator) conversation {
	user := &g.words.user[g.rnd.IntN(users)]
	done := false
	framed := func(b []byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }
	return conversation{port: 88, server: 2, next: func(g *generator, c *tcp) []turn {
		if done {
			return nil
		}
		done = true
		g.datagram(&c.endpoints, client, user.asReq)
		g.datagram(&c.endpoints, server, user.asError)
		return []turn{{from: client, text: framed(user.tgsReq)}, {from: server, text: framed(user.tgsRep)}}
	}}
}

// nameLookup returns a DNS query and its answer, then a page.
func nameLookup(g *generator) conversation {
	talk := shortHTTP(g)
	inner, asked := talk.next, false
	talk.next = func(g *generator, c *tcp) []turn {
		if !asked {
			asked = true
			d := c.endpoints
			d.addr[server], d.port[server] = 192<<24|168<<16|3, 53
			question, answer := g.lookup(c)
			g.datagram(&d, client, question)
			g.datagram(&d, server, answer)
		}
		return inner(g, c)
	}
	return talk
}

func (g *generator) lookup(c *tcp) (question, answer []byte) {
	name := dnsmessage.MustNewName("web" + string(rune('0'+c.talk.server%10)) + ".corp.test.")
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: uint16(g.rnd.Uint32()), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
	}
	question, _ = m.Pack() // of a name that is well-formed
	m.Response = true
	m.Answers = []dnsmessage.Resource{{
		Header: dnsmessage.ResourceHeader{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 300},
		Body:   &dnsmessage.AResource{A: [4]byte{192, 168, 0, byte(c.talk.server)}},
	}}
	answer, _ = m.Pack()
	return question, answer
}
