package httpstream

import (
	"bytes"
	"fmt"
	"strings"
)

// http1 reads a connection that speaks HTTP/1 (RFC 9112).
type http1 struct {
	out   *outlet
	conn  *Conn
	side  [2]messages
	queue []*pairing // exchanges not told yet, in order
	ended [2]bool

	inner  reader // the inside of a tunnel, after CONNECT or Upgrade
	tunnel *Conn
	before [2]int64 // what of conn was lost before the tunnel
}

// notHTTP is why a side is lost that is not where its capture has a hole.
const notHTTP = "not HTTP where a message should begin"

// A state says which part of a message comes next.
type state uint8

const (
	inHead    state = iota
	inBody          // of known length
	inLine          // the size of a chunk
	inChunk         // the data of a chunk
	inCRLF          // the end of a chunk
	inTrailer       // after the last chunk
	toClose         // a body that ends with the connection
	lost            // where the next message begins is not known
	waiting         // after CONNECT: the response decides what the bytes are
)

// messages is what one side sends: one message after the other.
type messages struct {
	state   state
	doubt   bool // the body may not be there: the request, perhaps a HEAD, was not seen
	holed   bool // messages may have been lost since the last head
	held    []byte
	scanned int   // bytes of held known to have no end of the head
	at      Pos   // of the first byte of the head
	left    int64 // bytes left of a body or chunk
	total   int64 // bytes of the body so far
	wanted  int   // bytes of the body still to be kept, being that of an error response
	current *pairing
}

// newHTTP1 returns the reader for HTTP/1. Of a side that is midway the next message
// must be found first.
func newHTTP1(o *outlet, c *Conn, midway [2]bool) *http1 {
	c.HTTP = true
	h := o.spares.http1s.take()
	*h = http1{out: o, conn: c, queue: h.queue[:0]}
	for side, is := range midway {
		if is {
			h.side[side].state, h.side[side].holed = lost, true
		}
	}
	return h
}

// rests tells that h has nothing to remember: it is as newHTTP1 made it.
func (h *http1) rests() bool {
	for i := range h.side {
		if m := &h.side[i]; m.state != inHead || m.holed || m.doubt || len(m.held) > 0 {
			return false
		}
	}
	return len(h.queue) == 0 && h.inner == nil && !h.ended[Client] && !h.ended[Server]
}

func (h *http1) data(from Side, at *Pos, b []byte) {
	m := &h.side[from]
	if m.state == inBody && int64(len(b)) < m.left && m.wanted == 0 && !m.doubt {
		m.left -= int64(len(b))
		m.total += int64(len(b))
		m.current.seen(from, at)
		return
	}
	if m.state == lost && h.inner == nil {
		if !starts(from, b) {
			return
		}
		m.state = inHead
	}
	for len(b) > 0 {
		if h.inner != nil {
			h.tunnel.Bytes[from] += int64(len(b))
			h.tunnel.End = *at
			h.inner.data(from, at, b)
			return
		}
		b = h.step(from, m, at, b)
	}
}

// starts tells whether a segment starts like a message of that side.
func starts(from Side, b []byte) bool {
	if from == Client {
		return classify(b) == httpRequest
	}
	return classify(b) == httpResponse
}

// step takes some bytes and returns the rest.
func (h *http1) step(from Side, m *messages, at *Pos, b []byte) []byte {
	switch m.state {
	case inHead:
		return h.head(from, m, at, b)
	case inBody, inChunk:
		return h.body(from, m, at, b)
	case inLine, inCRLF, inTrailer:
		return h.chunkLine(from, m, at, b)
	case toClose:
		if len(h.queue) > 1 && starts(from, b) {
			h.finish(from, m, at) // the server did not close, and answers the next request
			return b
		}
		h.keep(m, b)
		m.total += int64(len(b))
		m.current.seen(from, at)
	case waiting:
		if len(m.held)+len(b) <= headLimit {
			if len(m.held) == 0 {
				m.at = *at
			}
			h.hold(m, b)
		}
	}
	return nil
}

// hold keeps a copy of b until more comes.
func (h *http1) hold(m *messages, b []byte) {
	if m.held == nil {
		m.held = h.out.spares.buffer()
	}
	m.held = append(m.held, b...)
	h.out.held += int64(len(b))
}

// release forgets what is held.
func (h *http1) release(m *messages) { h.out.spares.giveBuffer(h.unheld(m)) }

// unheld returns what was held.
func (h *http1) unheld(m *messages) []byte {
	b := m.held
	h.out.held -= int64(len(b))
	m.held, m.scanned = nil, 0
	return b
}

// head collects a head, and reads it when it is complete.
func (h *http1) head(from Side, m *messages, at *Pos, b []byte) []byte {
	if len(m.held) == 0 {
		if b = withoutEmptyLines(b); len(b) == 0 {
			return nil
		}
		m.at = *at
		if n := headEnd(b, 0); n >= 0 && n <= headLimit {
			h.message(from, m, at, string(b[:n]), "")
			return b[n:]
		}
	}
	had := len(m.held)
	h.hold(m, b[:min(len(b), headLimit-had)])
	n := headEnd(m.held, m.scanned)
	switch {
	case n >= 0:
		head := string(m.held[:n])
		h.release(m)
		h.message(from, m, at, head, "")
		return b[n-had:]
	case len(m.held) >= headLimit:
		h.out.drop(headDropped)
		h.broken(from, m, at, "head is longer than 64 KiB, its rest was not read")
		return nil
	}
	m.scanned = max(0, len(m.held)-3)
	if !plausible(from, m.held) {
		h.lose(from, m, at, notHTTP)
		return nil
	}
	return nil
}

// plausible tells whether an unfinished head can be one, so that bytes that are none
// are not held.
func plausible(from Side, held []byte) bool {
	if from == Server {
		n := min(len(held), len(response))
		return string(held[:n]) == response[:n]
	}
	method, _, found := bytes.Cut(held[:min(len(held), 64)], []byte{' '})
	return isMethod(string(method)) && (found || len(held) < 64)
}

// broken ends a head that will never be complete. If its start line is there, the
// message existed and is told with the lines that were seen.
func (h *http1) broken(from Side, m *messages, at *Pos, why string) {
	whole := bytes.LastIndexByte(m.held, '\n')
	head := string(m.held[:whole+1])
	h.release(m)
	m.state = inHead
	if whole >= 0 {
		h.message(from, m, at, head, why)
	}
	m.state, m.holed = lost, true
}

// message takes the head of a message, which is incomplete if a reason is given.
func (h *http1) message(from Side, m *messages, at *Pos, head, why string) {
	ok := false
	if from == Client {
		ok = h.request(m, at, head, why)
	} else {
		ok = h.response(m, at, head, why)
	}
	if !ok {
		h.lose(from, m, at, notHTTP)
	}
}

func (h *http1) request(m *messages, at *Pos, head, why string) bool {
	r := h.out.spares.requests.take()
	malformed, ok := r.parse(head)
	if !ok {
		return false
	}
	r.Pos, r.Done, r.HeadLen = m.at, *at, len(head)
	h.out.request()
	m.current = h.pairRequest(m, r)
	m.current.noteHead(m.at, Client, malformed, why)
	n := bodyLength(r.Header, 0)
	switch {
	case why != "":
		h.abandon(Client, m, at)
	case r.Method == "CONNECT":
		answered := m.current.answered()
		h.finish(Client, m, at)
		if !answered {
			m.state = waiting
		}
	case n == invalid, n == untilClose:
		m.current.note(m.at, "the length of the request's body cannot be told")
		h.abandon(Client, m, at)
	default:
		h.beginBody(Client, m, at, n)
	}
	return true
}

func (h *http1) response(m *messages, at *Pos, head, why string) bool {
	r := h.out.spares.responses.take()
	malformed, ok := r.parse(head)
	if !ok {
		return false
	}
	r.Pos, r.Done, r.HeadLen = m.at, *at, len(head)
	if r.Status < 200 && r.Status != 101 {
		h.interim(r)
		return true
	}
	h.out.response(r.Status)
	m.current = h.pairResponse(m, r)
	m.current.noteHead(m.at, Server, malformed, why)
	x := m.current.x
	switch {
	case why != "":
		h.abandon(Server, m, at)
	case x.Request != nil && x.Request.Method == "CONNECT" && r.Status/100 == 2:
		h.finish(Server, m, at)
		h.enter(x, at, "")
	case r.Status == 101:
		h.finish(Server, m, at)
		h.enter(x, at, r.Header.Value("Upgrade"))
	default:
		h.resume()
		h.beginBody(Server, m, at, h.responseLength(m, x))
	}
	return true
}

// abandon ends a message whose body cannot be followed.
func (h *http1) abandon(from Side, m *messages, at *Pos) {
	h.finish(from, m, at)
	m.state, m.holed = lost, true
}

// responseLength is RFC 9112 section 6.3 for responses.
func (h *http1) responseLength(m *messages, x *Exchange) int64 {
	r := x.Response
	if r.Status == 204 || r.Status == 304 || x.Request != nil && x.Request.Method == "HEAD" {
		return 0
	}
	n := bodyLength(r.Header, untilClose)
	if n == invalid {
		m.current.note(r.Pos, "invalid Content-Length %q", strings.Join(r.Header.Values("Content-Length"), ", "))
		n = untilClose
	}
	m.doubt = x.Request == nil && n != untilClose
	return n
}

// enter goes into the tunnel that x opened: the rest of the connection is another one.
func (h *http1) enter(x *Exchange, at *Pos, upgrade string) {
	c := *h.conn
	c.Start, c.End, c.SYN, c.HTTP, c.TLS, c.Tunnel = *at, *at, true, false, nil, x
	c.Lost, c.Bytes = [2]int64{}, [2]int64{}
	h.tunnel, h.before = &c, h.conn.Lost
	switch {
	case upgrade == "":
		h.inner = h.out.sniff(&c)
	case strings.EqualFold(upgrade, "h2c"):
		h.inner = h.out.http2(&c)
	case strings.HasPrefix(strings.ToUpper(upgrade), "TLS/"):
		h.inner = h.out.tls(&c)
	default:
		h.inner = silent{}
	}
	h.flush()
	m := &h.side[Client]
	if first := m.at; len(m.held) > 0 {
		h.data(Client, &first, h.unheld(m))
	}
}

// resume reads on after a CONNECT that was refused.
func (h *http1) resume() {
	m := &h.side[Client]
	if m.state != waiting {
		return
	}
	m.state = inHead
	if first := m.at; len(m.held) > 0 {
		h.data(Client, &first, h.unheld(m))
	}
}

// gap tells that the next n bytes are missing: nothing to worry about inside a body.
func (h *http1) gap(from Side, at *Pos, n int64) {
	m := &h.side[from]
	if h.inner != nil {
		h.tunnel.Bytes[from] += n
		h.tunnel.Lost[from] = h.conn.Lost[from] - h.before[from]
		h.inner.gap(from, at, n)
		return
	}
	switch {
	case m.state == toClose:
		m.total += n
	case (m.state == inBody || m.state == inChunk) && n <= m.left:
		m.left -= n
		m.total += n
		if m.left == 0 {
			h.bodyEnd(from, m, at)
		}
	case from == Client && m.state == inHead && len(m.held) == 0:
		m.state, m.holed = lost, true // what was lost shows by the responses
	default:
		h.lose(from, m, at, fmt.Sprintf("%d bytes are missing in the capture", n))
	}
}

// lose gives up to know where the side is in its messages.
func (h *http1) lose(from Side, m *messages, at *Pos, why string) {
	switch {
	case m.state == lost:
	case m.state == inHead && len(m.held) > 0:
		h.broken(from, m, at, why)
	case m.state == inHead || m.state == waiting:
		h.release(m)
		if p := h.latest(from); p != nil {
			p.note(*at, "%s side: %s", from, why)
		} else if why == notHTTP {
			h.out.drop(notHTTP)
		}
	default:
		h.release(m)
		m.current.note(*at, "%s side, in the body: %s", from, why)
		h.finish(from, m, at)
	}
	m.state, m.holed, m.doubt = lost, true, false
	if from == Client {
		h.flush()
	}
}

func (h *http1) end(from Side, at *Pos) {
	h.ended[from] = true
	m := &h.side[from]
	if h.inner != nil {
		h.endTunnel(from, at)
		return
	}
	switch m.state {
	case toClose:
		h.finish(from, m, at)
	case inHead:
		if len(m.held) > 0 {
			h.broken(from, m, at, "head is cut off by the end of the connection or capture")
		}
	case lost, waiting:
		h.release(m)
	default:
		h.release(m)
		if !m.doubt {
			m.current.note(*at, "the body of the %s ends early", from)
		}
		h.finish(from, m, at)
	}
	m.state = lost
	h.flush()
}

// endTunnel ends one side of the inner connection, and tells of it after the second.
func (h *http1) endTunnel(from Side, at *Pos) {
	t := h.tunnel
	t.Ending, t.EndedBy, t.EndedAt = h.conn.Ending, h.conn.EndedBy, h.conn.EndedAt
	h.inner.end(from, at)
	if h.ended[from.Other()] && h.out.sink.Conn != nil && notable(t) {
		h.out.sink.Conn(t)
	}
	h.flush()
}

func (h *http1) blind(from Side) int64 {
	if h.inner != nil {
		return h.inner.blind(from)
	}
	m := &h.side[from]
	switch {
	case m.wanted > 0 || m.doubt:
	case m.state == inBody || m.state == inChunk:
		return m.left
	case m.state == toClose && len(h.queue) <= 1:
		return 1 << 62
	}
	return 0
}
