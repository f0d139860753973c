package plain

import (
	"bytes"
	"net/netip"

	"negotrace/httpstream"
)

// preface is what HTTP/2 begins with (RFC 9113 section 3.4).
var preface = []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

// headEnd is what a head of HTTP/1.1 ends with.
var headEnd = []byte("\r\n\r\n")

// BeginsHTTP2 reports whether HTTP/2 without TLS may begin in a packet: by its preface, or by an
// Upgrade (RFC 7540 section 3.2). Where a capture begins later it is not seen.
func BeginsHTTP2(data []byte) bool {
	if bytes.Contains(data, preface) {
		return true
	}
	head, _, isWhole := bytes.Cut(data, headEnd)
	return isWhole && (bytes.Contains(head, []byte("HTTP/1.1 101 ")) || bytes.Contains(head, []byte("HTTP2-Settings"))) &&
		bytes.Contains(bytes.ToLower(head), []byte("h2c"))
}

// A Cleartext says where connections hold HTTP/2 without TLS, by their streams.
type Cleartext map[int]*beginnings

// A beginnings says where HTTP/2 begins on a connection: for each end at a sequence number, behind
// what it sent as HTTP/1.1.
type beginnings struct {
	isHTTP2  bool
	isBehind bool // an Upgrade, or a CONNECT
	ends     [2]beginning
}

type beginning struct {
	of  netip.AddrPort
	seq uint32
}

// note notes the heads of HTTP/1.1 behind which HTTP/2 may begin.
func (o *Opener) note(s *httpstream.Segment) {
	b := o.Cleartext[s.At.Stream]
	at := bytes.Index(s.Payload, preface)
	if at < 0 {
		line, _, _ := bytes.Cut(s.Payload, []byte("\r\n"))
		head, _, isWhole := bytes.Cut(s.Payload, headEnd)
		at = len(head) + len(headEnd)
		switch {
		case !isWhole || b != nil && b.isHTTP2 && b.isKnown(s.Src) || !bytes.Contains(line, []byte("HTTP/1.")):
			return
		case bytes.HasPrefix(line, []byte("CONNECT ")), bytes.HasPrefix(line, []byte("HTTP/1.")) && bytes.Contains(line, []byte(" 101 ")):
		case bytes.HasPrefix(line, []byte("HTTP/1.")) && at == len(s.Payload) && bytes.Contains(line, []byte(" 2")):
		case bytes.Contains(bytes.ToLower(head), []byte("h2c")):
		default:
			return
		}
	}
	if b == nil {
		if len(o.Cleartext) >= maxConnections {
			return
		}
		b = &beginnings{}
		o.Cleartext[s.At.Stream] = b
	}
	seq := s.Seq + uint32(at)
	if s.Flags&httpstream.FlagSYN != 0 {
		seq++
	}
	for i := range b.ends {
		if e := &b.ends[i]; e.of == s.Src || !e.of.IsValid() {
			*e = beginning{s.Src, seq}
			return
		}
	}
}

// isKnown reports whether it is known where HTTP/2 may begin at an end.
func (b *beginnings) isKnown(end netip.AddrPort) bool {
	return b.ends[0].of == end || b.ends[1].of == end
}

// noteHTTP2 notes that a connection holds HTTP/2 without TLS.
func (o *Opener) noteHTTP2(c *httpstream.Conn) {
	b := o.Cleartext[c.Stream]
	if b == nil {
		if len(o.Cleartext) >= maxConnections {
			return
		}
		b = &beginnings{}
		o.Cleartext[c.Stream] = b
	}
	b.isHTTP2, b.isBehind = true, c.Tunnel != nil
}

// hide clears what a segment holds of HTTP/2.
func (all Cleartext) hide(s *httpstream.Segment) {
	b := all[s.At.Stream]
	if b == nil || !b.isHTTP2 || len(s.Payload) == 0 {
		return
	}
	from := 0
	for _, e := range b.ends {
		if b.isBehind && e.of == s.Src {
			from = max(0, int(int32(e.seq-s.Seq)))
		}
	}
	clearPayload(s, min(from, len(s.Payload)))
}

// clearPayload sets the payload of a segment to zeros from a place on, and updates the TCP checksum.
func clearPayload(s *httpstream.Segment, from int) {
	if len(s.Header) < 18 {
		return
	}
	sum := uint32(0)
	for i, c := range s.Payload[from:] {
		sum += uint32(c) << (8 * uint(1-(from+i)&1))
		sum = sum&0xffff + sum>>16
	}
	clear(s.Payload[from:])
	field := s.Header[16:18]
	rest := uint32(^be.Uint16(field)) + (sum ^ 0xffff)
	rest = rest&0xffff + rest>>16
	be.PutUint16(field, ^uint16(rest&0xffff+rest>>16))
}
