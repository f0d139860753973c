package capturetest

import (
	"fmt"
	"net/netip"
	"time"
)

const mss = 1460

// TCP flags.
const (
	fin = 1 << iota
	syn
	rst
	psh
	ack
)

// A conn is a TCP connection of a script.
type conn struct {
	script *script
	name   string
	ends   [2]netip.AddrPort
	seq    [2]uint32 // next of each side
	syn    bool      // the capture holds its beginning
	closed bool
	tls    *tlsLink
	h2     *h2Link
	x      expander
}

// A packet is one packet of a capture before it is put into frames.
type packet struct {
	at       time.Time
	src, dst netip.AddrPort
	udp      bool
	seq, ack uint32
	flags    uint8
	payload  []byte
	midway   bool   // of a connection whose beginning is missing
	frame    []byte // its Ethernet frame; nil until it is made
}

// tick returns the time of the next packet.
func (s *script) tick() time.Time {
	s.now = s.now.Add(time.Millisecond)
	return s.now
}

// segment sends one segment.
func (c *conn) segment(side int, flags uint8, payload []byte) {
	p := packet{at: c.script.tick(), src: c.ends[side], dst: c.ends[1-side], seq: c.seq[side], flags: flags, payload: payload, midway: !c.syn}
	if flags&ack != 0 {
		p.ack = c.seq[1-side]
	}
	c.seq[side] += uint32(len(payload))
	if flags&(syn|fin) != 0 {
		c.seq[side]++
	}
	c.script.out.packets = append(c.script.out.packets, p)
}

// establish opens the connection. Sequence numbers begin just below the wrap, so that
// every case crosses it.
func (c *conn) establish() {
	c.seq = [2]uint32{0xffffff00, 0x7ffffff0}
	if !c.syn {
		return
	}
	c.segment(client, syn, nil)
	c.segment(server, syn|ack, nil)
	c.segment(client, ack, nil)
}

// refused tries to open the connection, which is answered with RST.
func (c *conn) refused() {
	c.segment(client, syn, nil)
	c.segment(server, rst|ack, nil)
}

// unanswered tries to open the connection, with a SYN that is sent once or three times.
func (c *conn) unanswered(once bool) {
	for range 3 {
		c.segment(client, syn, nil)
		if once {
			return
		}
		c.seq[client]-- // the same SYN again
		c.script.now = c.script.now.Add(time.Second)
	}
}

// write sends bytes of the application, through HTTP/2 and TLS if there are any.
func (c *conn) write(side int, b []byte) error {
	if c.closed {
		return fmt.Errorf("conn %s is closed", c.name)
	}
	if c.tls != nil {
		return c.tls.write(c, side, b)
	}
	c.send(side, b)
	return nil
}

// send cuts bytes into segments, which the other side acknowledges.
func (c *conn) send(side int, b []byte) {
	for len(b) > 0 {
		n := min(mss, len(b))
		flags := uint8(ack)
		if n == len(b) {
			flags |= psh
		}
		c.segment(side, flags, b[:n])
		b = b[n:]
	}
	c.segment(1-side, ack, nil)
}

// close ends the connection from one side.
func (c *conn) close(side int, reset bool) error {
	if c.closed {
		return fmt.Errorf("conn %s is closed already", c.name)
	}
	c.closed = true
	if reset {
		c.segment(side, rst|ack, nil)
		return nil
	}
	if c.tls != nil {
		if err := c.tls.closeWrite(c, side); err != nil {
			return err
		}
	}
	c.segment(side, fin|ack, nil)
	c.segment(1-side, fin|ack, nil)
	c.segment(side, ack, nil)
	return nil
}

// datagram sends one UDP packet.
func (s *script) datagram(src, dst netip.AddrPort, payload []byte) {
	s.out.packets = append(s.out.packets, packet{at: s.tick(), src: src, dst: dst, udp: true, payload: payload})
}
