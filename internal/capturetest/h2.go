package capturetest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// An h2Link is the HTTP/2 state of a connection.
type h2Link struct {
	out    [2]*bytes.Buffer // frames not yet sent, by side
	heads  [2]*bytes.Buffer // header blocks not yet framed
	coders [2]*hpack.Encoder
	next   uint32   // stream of the next request
	open   []uint32 // streams that await a response
}

// The kinds of frames (RFC 9113 section 6), and their flags.
const (
	h2Data         = 0
	h2Headers      = 1
	h2RSTStream    = 3
	h2Settings     = 4
	h2Continuation = 9

	h2Ack        = 0x1 // of SETTINGS
	h2EndStream  = 0x1
	h2EndHeaders = 0x4
)

func newH2() *h2Link {
	l := &h2Link{next: 1}
	for side := range l.out {
		l.out[side], l.heads[side] = &bytes.Buffer{}, &bytes.Buffer{}
		l.coders[side] = hpack.NewEncoder(l.heads[side])
	}
	return l
}

// goOnInH2 goes on in HTTP/2: a request that asked for it is answered on stream 1 (RFC 7540 section
// 3.2).
func (c *conn) goOnInH2(asked bool) error {
	if c.h2 = newH2(); asked {
		c.h2.next, c.h2.open = 3, []uint32{1}
	}
	return c.startH2()
}

// frame writes a frame (RFC 9113 section 4.1).
func (l *h2Link) frame(side int, kind, flags byte, stream uint32, payload []byte) {
	n := len(payload)
	head := []byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}
	l.out[side].Write(binary.BigEndian.AppendUint32(head, stream))
	l.out[side].Write(payload)
}

// sentH2 is the longest payload of a frame that is sent. HTTP/2 allows 16,384 bytes.
const sentH2 = 16000

// startH2 exchanges the prefaces.
func (c *conn) startH2() error {
	if c.h2 == nil {
		return nil
	}
	c.h2.out[client].WriteString("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	initialWindow := []byte{0, 4, 0, 16, 0, 0} // of 1 MiB
	for side := range c.h2.out {
		c.h2.frame(side, h2Settings, 0, 0, initialWindow)
		if err := c.flushH2(side); err != nil {
			return err
		}
	}
	for side := range c.h2.out {
		c.h2.frame(side, h2Settings, h2Ack, 0, nil)
		if err := c.flushH2(side); err != nil {
			return err
		}
	}
	return nil
}

// writeH2 sends a message as HEADERS, CONTINUATION and DATA frames. A request opens
// the next stream, a response answers the oldest one that has none.
func (c *conn) writeH2(side int, h *head) error {
	l := c.h2
	stream, final, err := l.begin(side, h)
	if err != nil {
		return err
	}
	for _, f := range h.fields {
		name := strings.ToLower(f[0])
		if name == "host" || name == "connection" || name == "transfer-encoding" {
			continue
		}
		if err := l.coders[side].WriteField(hpack.HeaderField{Name: name, Value: f[1]}); err != nil {
			return err
		}
	}
	block := bytes.Clone(l.heads[side].Bytes())
	l.heads[side].Reset()
	flag := func(f byte, is bool) byte {
		if is {
			return f
		}
		return 0
	}
	n := min(len(block), sentH2)
	l.frame(side, h2Headers, flag(h2EndStream, final && h.body == "")|flag(h2EndHeaders, n == len(block)), stream, block[:n])
	for block = block[n:]; len(block) > 0; block = block[n:] {
		n = min(len(block), sentH2)
		l.frame(side, h2Continuation, flag(h2EndHeaders, n == len(block)), stream, block[:n])
	}
	for body := []byte(h.body); len(body) > 0; body = body[n:] {
		n = min(len(body), sentH2)
		l.frame(side, h2Data, flag(h2EndStream, n == len(body)), stream, body[:n])
	}
	return c.flushH2(side)
}

// begin writes the pseudo-header fields and returns the stream of the message, and
// whether it is a final one.
func (l *h2Link) begin(side int, h *head) (stream uint32, final bool, err error) {
	pseudo := func(name, value string) {
		if err == nil {
			err = l.coders[side].WriteField(hpack.HeaderField{Name: name, Value: value})
		}
	}
	word := strings.Fields(h.first)
	if len(word) < 2 {
		return 0, false, fmt.Errorf("first line %q", h.first)
	}
	if side == client {
		stream, l.next = l.next, l.next+2
		l.open = append(l.open, stream)
		host, _ := h.value("Host")
		pseudo(":method", word[0])
		pseudo(":scheme", "https")
		pseudo(":authority", host)
		pseudo(":path", word[1])
		return stream, true, err
	}
	if len(l.open) == 0 {
		return 0, false, fmt.Errorf("response without a request")
	}
	stream = l.open[0]
	pseudo(":status", word[1])
	if final = word[1][0] != '1'; final {
		l.open = l.open[1:]
	}
	return stream, final, err
}

func (c *conn) flushH2(side int) error {
	b := bytes.Clone(c.h2.out[side].Bytes())
	c.h2.out[side].Reset()
	return c.write(side, b)
}

// reset carries out a reset line on the newest stream.
func (s *script) reset(words []string) error {
	l := s.current.h2
	if l == nil || len(l.open) == 0 {
		return fmt.Errorf("reset needs an HTTP/2 request that is not answered")
	}
	side := server
	if len(words) == 2 {
		side, words = sideOf(words[0]), words[1:]
	}
	if len(words) != 1 || words[0] != "HTTP_1_1_REQUIRED" {
		return fmt.Errorf("HTTP/2 error code %q", words)
	}
	stream := l.open[len(l.open)-1]
	l.open = l.open[:len(l.open)-1]
	l.frame(side, h2RSTStream, 0, stream, []byte{0, 0, 0, 13})
	return s.current.flushH2(side)
}
