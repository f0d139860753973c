package capturetest

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// An h2Link is the HTTP/2 state of a connection.
type h2Link struct {
	out     [2]*bytes.Buffer // frames not yet sent, by side
	framers [2]*http2.Framer
	heads   [2]*bytes.Buffer // header blocks not yet framed
	coders  [2]*hpack.Encoder
	next    uint32   // stream of the next request
	open    []uint32 // streams that await a response
}

func newH2() *h2Link {
	l := &h2Link{next: 1}
	for side := range l.out {
		l.out[side], l.heads[side] = &bytes.Buffer{}, &bytes.Buffer{}
		l.framers[side] = http2.NewFramer(l.out[side], nil)
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

// startH2 exchanges the prefaces.
func (c *conn) startH2() error {
	if c.h2 == nil {
		return nil
	}
	c.h2.out[client].WriteString(http2.ClientPreface)
	for side, f := range c.h2.framers {
		if err := f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20}); err != nil {
			return err
		}
		if err := c.flushH2(side); err != nil {
			return err
		}
	}
	for side, f := range c.h2.framers {
		if err := f.WriteSettingsAck(); err != nil {
			return err
		}
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
	first := block[:min(len(block), 16000)]
	rest := block[len(first):]
	err = l.framers[side].WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: first,
		EndStream: final && h.body == "", EndHeaders: len(rest) == 0})
	for err == nil && len(rest) > 0 {
		n := min(len(rest), 16000)
		err = l.framers[side].WriteContinuation(stream, n == len(rest), rest[:n])
		rest = rest[n:]
	}
	for body := []byte(h.body); err == nil && len(body) > 0; {
		n := min(len(body), 16000)
		err = l.framers[side].WriteData(stream, n == len(body), body[:n])
		body = body[n:]
	}
	if err != nil {
		return err
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
	for code := http2.ErrCode(0); code < 14; code++ {
		if len(words) == 1 && code.String() == words[0] {
			stream := l.open[len(l.open)-1]
			l.open = l.open[:len(l.open)-1]
			if err := l.framers[side].WriteRSTStream(stream, code); err != nil {
				return err
			}
			return s.current.flushH2(side)
		}
	}
	return fmt.Errorf("HTTP/2 error code %q", words)
}
