package capturetest

import "net/netip"

// A Variant is another way in which the same could have been captured.
type Variant func(*Case)

// With returns the case in other guises, one upon the other.
func (c *Case) With(variants ...Variant) *Case {
	out := *c
	for _, v := range variants {
		v(&out)
	}
	return &out
}

// oneByteMost is how much one side sends byte by byte, from when it was last the other's
// turn: the longest heads are shorter, and what follows is a body.
const oneByteMost = 16 << 10

// OneByte sends every byte of TCP payload in a segment of its own, but for connections
// seen from their middle: nobody could see from one byte where a message begins. Of long
// bodies only the beginning comes that slowly.
func OneByte(c *Case) {
	type side struct{ from, to netip.AddrPort }
	sent := map[side]int{}
	c.packets = cut(c.packets, func(p packet) int {
		if p.midway {
			return len(p.payload)
		}
		sent[side{p.src, p.dst}] += len(p.payload)
		delete(sent, side{p.dst, p.src})
		if sent[side{p.src, p.dst}] > oneByteMost {
			return 100
		}
		return 1
	})
}

// Reordered sends segments of at most 100 bytes and lets every second one overtake the
// one before it.
func Reordered(c *Case) {
	p := cut(c.packets, func(packet) int { return 100 })
	for i := 1; i < len(p); i++ {
		a, b := &p[i-1], &p[i]
		if len(a.payload) > 0 && len(b.payload) > 0 && !a.udp && !a.midway && a.src == b.src && a.dst == b.dst {
			a.at, b.at = b.at, a.at
			*a, *b = *b, *a
			i++
		}
	}
	c.packets = p
}

// Repeated sends every segment with a payload twice.
func Repeated(c *Case) {
	var out []packet
	for _, p := range c.packets {
		out = append(out, p)
		if !p.udp && len(p.payload) > 0 {
			out = append(out, p)
		}
	}
	c.packets = out
}

// VLAN puts an 802.1Q tag on every frame.
func VLAN(c *Case) { c.vlan = 17 }

// Secrets puts the TLS secrets into a Decryption Secrets Block of the pcapng file.
func Secrets(c *Case) { c.embed = true }

// Drop leaves out segment n of those with a payload, from 0.
func Drop(n int) Variant {
	return func(c *Case) {
		var out []packet
		for _, p := range c.packets {
			if !p.udp && len(p.payload) > 0 {
				if n--; n == -1 {
					continue
				}
			}
			out = append(out, p)
		}
		c.packets = out
	}
}

// Segments counts the TCP segments with a payload.
func (c *Case) Segments() int {
	n := 0
	for _, p := range c.packets {
		if !p.udp && len(p.payload) > 0 {
			n++
		}
	}
	return n
}

// cut divides TCP payloads into pieces of at most as many bytes as size gives.
func cut(packets []packet, size func(packet) int) []packet {
	var out []packet
	for _, p := range packets {
		if p.udp || len(p.payload) == 0 {
			out = append(out, p)
			continue
		}
		for n := size(p); len(p.payload) > n; p.seq += uint32(n) {
			p.frame = nil // it was of all
			piece := p
			piece.payload = p.payload[:n]
			piece.flags &^= fin | psh
			out = append(out, piece)
			p.payload = p.payload[n:]
		}
		out = append(out, p)
	}
	return out
}
