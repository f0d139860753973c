package capturetest

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// An entry is a request and its response, as a browser would export them.
type entry struct {
	number int
	conn   string
	server netip.AddrPort
	secure bool
	proto  string // as exports name it
	sent   time.Time
	done   time.Time
	req    *head
	resp   *head
	failed string // why there is no response
}

// A head is the head of an HTTP message and the length of its body.
type head struct {
	first  string
	fields [][2]string
	body   string
	chunk  bool
}

func (h *head) value(name string) (string, bool) {
	for _, f := range h.fields {
		if strings.EqualFold(f[0], name) {
			return f[1], true
		}
	}
	return "", false
}

// flush sends the message that the last lines made up. Where it returns an error, number
// is the line to blame.
func (s *script) flush() error {
	if len(s.block) == 0 {
		return nil
	}
	lines, at := s.block, s.number
	s.block, s.number = nil, s.began
	if s.current == nil {
		return fmt.Errorf("message before the first conn")
	}
	h, err := s.head(lines)
	if err != nil {
		return err
	}
	c := s.current
	s.record(c, h)
	if c.h2 != nil {
		err = c.writeH2(s.side, h)
	} else {
		err = c.write(s.side, h.bytes())
	}
	if err != nil {
		return err
	}
	s.number = at
	return nil
}

// head reads the lines of a message, with its macros replaced.
func (s *script) head(lines []string) (*head, error) {
	c := s.current
	c.x.now = s.now
	for i, line := range lines {
		s.number = s.began + i
		var err error
		if lines[i], err = c.x.text(line); err != nil {
			return nil, err
		}
	}
	h := &head{first: lines[0]}
	for i, line := range lines[1:] {
		if line == "" {
			h.body = strings.Join(lines[i+2:], "\r\n")
			break
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			s.number = s.began + 1 + i
			return nil, fmt.Errorf("header line %q", line)
		}
		h.fields = append(h.fields, [2]string{name, strings.TrimSpace(value)})
	}
	h.length(s.side)
	return h, nil
}

// length adds the right Content-Length if the script has none.
func (h *head) length(side int) {
	coding, _ := h.value("Transfer-Encoding")
	h.chunk = strings.EqualFold(coding, "chunked")
	if v, given := h.value("Content-Length"); given {
		if v == "none" {
			h.drop("Content-Length")
		}
		return
	}
	_, rest, _ := strings.Cut(h.first, " ")
	bodyless := strings.HasPrefix(rest, "1") || strings.HasPrefix(rest, "204") || strings.HasPrefix(rest, "304")
	switch {
	case h.chunk, side == client && h.body == "", side == server && bodyless:
		return
	}
	h.fields = append(h.fields, [2]string{"Content-Length", strconv.Itoa(len(h.body))})
}

func (h *head) drop(name string) {
	var kept [][2]string
	for _, f := range h.fields {
		if !strings.EqualFold(f[0], name) {
			kept = append(kept, f)
		}
	}
	h.fields = kept
}

// bytes returns the message as HTTP/1 sends it.
func (h *head) bytes() []byte {
	var b strings.Builder
	b.WriteString(h.first + "\r\n")
	for _, f := range h.fields {
		b.WriteString(f[0] + ": " + f[1] + "\r\n")
	}
	b.WriteString("\r\n")
	switch {
	case h.chunk && h.body != "":
		fmt.Fprintf(&b, "%x\r\n%s\r\n0\r\n\r\n", len(h.body), h.body)
	case h.chunk:
		b.WriteString("0\r\n\r\n")
	default:
		b.WriteString(h.body)
	}
	return []byte(b.String())
}

// record keeps the message for exports: a request begins an entry, a final response
// ends the connection's oldest one that has none.
func (s *script) record(c *conn, h *head) {
	if s.side == client {
		s.last = &entry{number: len(s.out.entries), conn: c.name, server: c.ends[server], secure: c.tls != nil, proto: "HTTP/1.1", sent: s.now, req: h}
		if c.h2 != nil {
			s.last.proto = "HTTP/2"
		}
		s.out.entries = append(s.out.entries, s.last)
		return
	}
	_, rest, _ := strings.Cut(h.first, " ")
	if strings.HasPrefix(rest, "1") {
		return
	}
	for _, e := range s.out.entries {
		if e.conn == c.name && e.resp == nil {
			e.resp, e.done = h, s.now
			return
		}
	}
}
