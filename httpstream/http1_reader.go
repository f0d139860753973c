package httpstream

import "negotrace/internal/plural"

// http1 reads a connection that speaks HTTP/1 (RFC 9112).
type http1 struct {
	shared   *shared
	conn     *Conn
	half     [2]http1Half
	queue    []*pairing // exchanges not delivered yet, in order
	answered int        // how many at the beginning of queue are known to wait for no response
	ended    [2]bool

	inner      reader // of the inside of a tunnel, after CONNECT or Upgrade
	tunnel     *Conn
	lostBefore [2]int64 // what of conn was lost before the tunnel
}

// notHTTP is the reason to search for the next message if the capture has no hole.
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
	resync          // where the next message begins is not known
	waiting         // after CONNECT or Upgrade: the other side's message decides what the bytes are
)

// An http1Half is what one side sends: one message after the other.
type http1Half struct {
	state         state
	bodyUncertain bool // the body may not be there: the request, perhaps a HEAD, was not seen
	noMessage     bool // bytes came that are no message
	afterGap      bool // messages may have been lost since the last head
	held          []byte
	scanned       int // bytes of held known to have no end of the head
	blanks        int // bytes in front of a head that are no empty lines
	at            Pos // of the first byte of the head
	began         sendPoint
	arrived       []arrival   // of what is held while waiting
	bodyLeft      int64       // bytes left of a body or chunk
	bodyLen       int64       // bytes of the body so far
	keepBody      int         // bytes of the body still to be kept, see Exchange.WantsBody
	kdc           *kdcContent // of the body, nil if it is for no KDC
	current       *pairing
}

// newHTTP1 returns the reader for HTTP/1. Of a side that is midway the next message
// must be found first.
func newHTTP1(sh *shared, c *Conn, midway [2]bool) *http1 {
	c.HTTP = true
	h := sh.pools.http1s.take()
	h.half[Client].afterGap, h.half[Server].afterGap = midway[Client], midway[Server]
	for side := range h.half {
		if h.half[side].afterGap {
			h.half[side].state = resync
			h.half[side].noMessage = c.Unread[side]
		}
	}
	h.shared, h.conn = sh, c
	if q := c.upgradedToTLS(); q != nil {
		p := sh.pools.pairing(c)
		p.x.Request, p.requestOver = q, true
		h.push(p)
	}
	return h
}

// recycle returns a reader that has nothing left to deliver to the free list.
func (h *http1) recycle() {
	pool := &h.shared.pools.http1s
	clear(h.queue)
	*h = http1{queue: h.queue[:0]}
	pool.put(h)
}

// idle reports whether h is as newHTTP1 made it, so that it need not be kept.
func (h *http1) idle() bool {
	if len(h.queue) > 0 || h.inner != nil || h.ended[Client] || h.ended[Server] {
		return false
	}
	for i := range h.half {
		if m := &h.half[i]; m.state != inHead || m.afterGap || m.bodyUncertain || len(m.held) > 0 || m.blanks > 0 {
			return false
		}
	}
	return true
}

// continuesBody takes the next n bytes if they, and what follows them, belong to a body of known
// length, and are not kept.
func (h *http1) continuesBody(from Side, at *Pos, n int64) bool {
	m := &h.half[from]
	if m.state != inBody || n >= m.bodyLeft || m.keepBody > 0 || m.bodyUncertain || from == Server && len(h.queue) > 1 {
		return false
	}
	m.bodyLeft -= n
	m.bodyLen += n
	m.current.extend(from, at)
	return true
}

func (h *http1) data(from Side, at *Pos, b []byte) {
	if h.continuesBody(from, at, int64(len(b))) {
		return
	}
	m := &h.half[from]
	if m.state == resync && h.inner == nil && !h.foundMessage(from, m, at, b) {
		return
	}
	for len(b) > 0 {
		if h.inner != nil {
			h.tunnel.Bytes[from] += int64(len(b))
			h.tunnel.End = *at
			h.inner.data(from, at, b)
			h.inner = h.shared.settled(h.inner)
			return
		}
		b = h.step(from, m, at, b)
	}
}

// step takes some bytes and returns the rest.
func (h *http1) step(from Side, m *http1Half, at *Pos, b []byte) []byte {
	if from == Client && m.state == inHead && len(m.held) == 0 && h.upgradesEarly(b) {
		m.state = waiting
	}
	switch m.state {
	case inHead:
		return h.head(from, m, at, b)
	case inBody, inChunk:
		return h.body(from, m, at, b)
	case inLine, inCRLF, inTrailer:
		return h.chunkLine(from, m, at, b)
	case toClose:
		return h.bodyToClose(from, m, at, b)
	case waiting:
		if from == Client && len(m.held) == 0 && h.half[Server].afterGap && asksAgain(b) {
			h.resume()
			return b
		}
		if from == Server && len(m.held)+len(b) > maxHead {
			h.goOn(at)
			return b
		}
		if len(m.held)+len(b) <= maxHead {
			m.arrived = append(m.arrived, arrival{len(b), *at, h.shared.sendPoint})
			h.shared.held += heldArrival
			h.hold(m, b)
		} else {
			h.shared.drop(heldDropped)
		}
	}
	return nil
}

// hold keeps a copy of b until more comes.
func (h *http1) hold(m *http1Half, b []byte) {
	m.held = h.shared.pools.held.add(m.held, b)
	h.shared.held += int64(len(b))
}

// release forgets what is held.
func (h *http1) release(m *http1Half) { h.shared.pools.held.put(h.takeHeld(m)) }

// takeHeld returns what was held.
func (h *http1) takeHeld(m *http1Half) []byte {
	b := m.held
	h.shared.held -= int64(len(b) + heldArrival*len(m.arrived))
	m.held, m.scanned, m.arrived = nil, 0, nil
	return b
}

// gap takes n missing bytes. Inside a body of known length they do no harm.
func (h *http1) gap(from Side, at *Pos, n int64) {
	h.goOn(at)
	m := &h.half[from]
	if h.inner != nil {
		h.tunnel.Bytes[from] += n
		h.tunnel.Lost[from] = h.conn.Lost[from] - h.lostBefore[from]
		h.inner.gap(from, at, n)
		return
	}
	if m.kdc != nil {
		m.kdc.cut = true
	}
	m.keepBody = 0 // what follows does not go on where the kept bytes end
	switch {
	case m.state == toClose:
		m.bodyLen += n + int64(len(m.held))
		h.release(m)
	case (m.state == inBody || m.state == inChunk) && n <= m.bodyLeft:
		m.bodyLeft -= n
		m.bodyLen += n
		if m.bodyLeft == 0 {
			h.bodyEnd(from, m, at)
		}
	case from == Client && m.state == inHead && len(m.held) == 0:
		m.state, m.afterGap = resync, true // what was lost shows by the responses
	default:
		h.lose(from, m, at, plural.Count(n, "byte")+" "+plural.Verb(n, "is", "are")+" missing in the capture")
	}
}

// lose ends the message at hand: it is no longer known where the next one begins.
func (h *http1) lose(from Side, m *http1Half, at *Pos, why string) {
	switch {
	case m.state == resync:
		h.dropBeginning(from, m)
	case m.state == inHead && len(m.held) > 0:
		h.cutHead(from, m, at, why)
	case m.state == inHead || m.state == waiting:
		h.release(m)
		if p := h.latest(from); p != nil {
			p.note(*at, "%s side: %s", from, why)
		}
	default:
		h.release(m)
		m.current.note(*at, "%s side, in the body: %s", from, why)
		h.finish(from, m, at)
	}
	m.state, m.afterGap, m.bodyUncertain = resync, true, false
	if client := &h.half[Client]; from == Server && client.state == waiting && asksAgain(client.held) {
		h.resume()
	}
	if from == Client {
		h.flush()
	}
}

func (h *http1) end(from Side, at *Pos) {
	h.goOn(at)
	h.ended[from] = true
	m := &h.half[from]
	if h.inner != nil {
		h.endTunnel(from, at)
		return
	}
	switch m.state {
	case toClose:
		m.bodyLen += int64(len(m.held))
		h.release(m)
		h.finish(from, m, at)
	case inHead:
		if len(m.held) > 0 {
			h.cutHead(from, m, at, "head is cut off by the end of the connection or capture")
		} else if m.blanks > 0 {
			h.noMessage(from, m, at, 0)
		}
	case resync:
		h.dropBeginning(from, m)
	case waiting:
		if !h.ended[Server] {
			return // the response may come yet
		}
		if h.endWaiting(m) {
			h.end(from, at)
			return
		}
	default:
		h.release(m)
		if !m.bodyUncertain || from == Client {
			m.current.note(*at, "the body of the %s ends early", from)
		}
		h.finish(from, m, at)
	}
	m.state = resync
	if client := &h.half[Client]; from == Server && h.ended[Client] && client.state == waiting {
		h.end(Client, at)
		return
	}
	h.flush()
}

func (h *http1) skippable(from Side) int64 {
	if h.inner != nil {
		return h.inner.skippable(from)
	}
	m := &h.half[from]
	switch {
	case m.keepBody > 0 || m.bodyUncertain:
	case m.state == inBody || m.state == inChunk:
		return m.bodyLeft
	case m.state == toClose && len(h.queue) <= 1:
		return 1 << 62
	}
	return 0
}
