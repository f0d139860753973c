package capturetest

import (
	"net/netip"
	"slices"
)

// A Variant is another way in which the same could have been captured.
type Variant func(*Case)

// With returns the case with all of the variants applied.
func (c *Case) With(variants ...Variant) *Case {
	out := *c
	for _, v := range variants {
		v(&out)
	}
	return &out
}

// oneByteMost is how many bytes in a row one side sends byte by byte. The longest heads are shorter,
// so the rest is a body.
const oneByteMost = 16 << 10

// tokenEnd is how many bytes of a token in Base64 are sent byte by byte, at its beginning and at its
// end. Between these all places to cut are alike.
const tokenEnd = 64

// OneByte sends every byte of TCP payload in a segment of its own. It does not change connections
// whose beginning is missing, because one byte does not show where a message begins. Of long
// bodies only the beginning is cut that way, and of long tokens the beginning and the end.
func OneByte(c *Case) {
	type side struct{ from, to netip.AddrPort }
	sent, base64 := map[side]int{}, map[side]int{}
	c.packets = cut(c.packets, func(p packet) int {
		if p.midway {
			return len(p.payload)
		}
		from, to := side{p.src, p.dst}, side{p.dst, p.src}
		delete(sent, to)
		if sent[from] > oneByteMost {
			return 100
		}
		n := 1
		if !isBase64(p.payload[0]) {
			base64[from] = 0
		} else if base64[from] >= tokenEnd {
			next := p.payload[:min(len(p.payload), 100+tokenEnd)]
			if end := slices.IndexFunc(next, func(c byte) bool { return !isBase64(c) }); end >= 0 {
				next = next[:end]
			}
			n = max(1, len(next)-tokenEnd)
		}
		sent[from] += n
		base64[from] += n
		return n
	})
}

func isBase64(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
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

// Snap keeps only the first n bytes of each frame, as a snap length does.
func Snap(n int) Variant { return func(c *Case) { c.snap = n } }

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

// cut divides TCP payloads into pieces of at most as many bytes as size gives, which is
// asked for each of them.
func cut(packets []packet, size func(packet) int) []packet {
	var out []packet
	for _, p := range packets {
		if p.udp || len(p.payload) == 0 {
			out = append(out, p)
			continue
		}
		for n := size(p); len(p.payload) > n; n = size(p) {
			p.frame = nil // it has the whole payload
			piece := p
			piece.payload = p.payload[:n]
			piece.flags &^= fin | psh
			out = append(out, piece)
			p.payload, p.seq = p.payload[n:], p.seq+uint32(n)
		}
		out = append(out, p)
	}
	return out
}
