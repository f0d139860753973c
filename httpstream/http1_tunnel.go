package httpstream

import (
	"bytes"
	"strings"
)

// enter begins the tunnel that x opened: the rest of the connection is read as one of its own.
func (h *http1) enter(x *Exchange, at *Pos, upgrade string) {
	c := *h.conn
	c.Start, c.End, c.SYN, c.HTTP, c.TLS, c.Tunnel = *at, *at, true, false, nil, x
	c.FirstRequest, c.protocol, c.number = Pos{}, upgrade, 0
	c.Lost, c.Bytes, c.Unread, c.HeadsCut = [2]int64{}, [2]int64{}, [2]bool{}, [2]int32{}
	h.tunnel, h.lostBefore = &c, h.conn.Lost
	h.shared.held += heldTunnel
	switch {
	case h.shared.tooDeep(&c):
		h.inner = discard{}
	case upgrade == "", isTLSUpgrade(upgrade): // a server may go on without TLS all the same
		h.inner = h.shared.sniff(&c)
	case strings.EqualFold(upgrade, "h2c"):
		h.inner = h.shared.http2(&c)
	default:
		h.inner = discard{}
	}
	h.endKDCMessage(Client, &h.half[Client])
	h.flush()
	h.takeArrived(Server)
	h.takeArrived(Client)
	if h.ended[Client] {
		h.endTunnel(Client, at)
	}
}

// An arrival says where some of the bytes came that wait for the other side.
type arrival struct {
	n    int
	at   Pos
	sent sendPoint
}

// takeArrived reads what waited, as it came.
func (h *http1) takeArrived(from Side) {
	m := &h.half[from]
	arrived, now := m.arrived, h.shared.sendPoint
	held := h.takeHeld(m)
	content := m.contentBefore(held)
	m.bodyLeft = 0
	for end := 0; len(arrived) > 0 && (m.state != waiting || h.inner != nil); {
		k := arrived[0]
		b := held[end : end+k.n]
		end += k.n
		skip := min(content, len(b))
		if content -= skip; skip < len(b) {
			h.shared.sendPoint = k.sent
			h.data(from, &k.at, b[skip:])
		}
		if m.state == waiting && h.inner == nil {
			h.waitOn(m, held, end, arrived)
			break
		}
		arrived = arrived[1:]
	}
	h.shared.sendPoint = now
}

// waitOn has what is behind end of held, and came behind the first of arrived, wait together with what of that one
// does: it is not held anew, since a client may send very many requests that are refused one by one.
func (h *http1) waitOn(m *http1Half, held []byte, end int, arrived []arrival) {
	h.shared.held += int64(len(held) - end + heldArrival*(len(arrived)-1))
	if n := len(m.held); n > 0 {
		h.shared.pools.held.put(m.held)
		arrived[0] = m.arrived[0]
		end -= n
	} else {
		arrived = arrived[1:]
	}
	m.held, m.arrived = held[end:], arrived
}

// upgradedToTLS returns the request that asked for TLS on its own connection, if c is what follows:
// it is answered there (RFC 2817 section 3.3). It is copied: the Sink has the exchange of the upgrade.
func (c *Conn) upgradedToTLS() *Request {
	if c.TLS == nil || c.Tunnel == nil || c.Tunnel.Request == nil || !isTLSUpgrade(c.protocol) {
		return nil
	}
	q := *c.Tunnel.Request
	return &q
}

func isTLSUpgrade(protocol string) bool { return hasPrefixFold(protocol, "TLS/") }

// contentBefore returns how much of what a client sent behind a CONNECT is the content that it
// announced, which has no meaning there (RFC 9110 section 9.3.6).
func (m *http1Half) contentBefore(held []byte) int {
	if m.bodyLeft == 0 || beginsMessage(held) {
		return 0
	}
	return int(min(m.bodyLeft, int64(len(held))))
}

// asksAgain reports whether b begins with another CONNECT: the one before was refused.
func asksAgain(b []byte) bool { return bytes.HasPrefix(b, []byte("CONNECT ")) }

// resume reads what the client sent after a CONNECT that was refused.
func (h *http1) resume() {
	m := &h.half[Client]
	if m.state != waiting {
		return
	}
	m.state = inHead
	h.takeArrived(Client)
}

// refused reads what waited for a response that opens no tunnel, to the end of the client if that came.
func (h *http1) refused(at *Pos) {
	if h.half[Client].state != waiting {
		return
	}
	if h.resume(); h.ended[Client] {
		h.end(Client, at)
	}
}

// switchesEarly reports whether a response may switch the protocol, and the capture shows it before
// the request that it answers: what follows is read when that has come.
func (h *http1) switchesEarly(x *Exchange) bool {
	r := x.Response
	return x.Request == nil && h.shared.peerUnread > 0 && !h.half[Client].afterGap && !h.ended[Client] &&
		(r.Status == StatusSwitchingProtocols || r.Status/100 == 2 && bodyLength(r.Header, 0) == 0)
}

// goOn lets a server go on that waits for the request which it answers: it has come, or will not.
func (h *http1) goOn(at *Pos) {
	m := &h.half[Server]
	if m.state != waiting {
		return
	}
	m.state = inHead
	if h.answer(m, at); h.inner == nil {
		h.takeArrived(Server)
	}
}

// upgradesEarly reports whether a client sends no request behind one that asks for another protocol,
// and the capture shows it before the answer.
func (h *http1) upgradesEarly(b []byte) bool {
	if len(h.queue) == 0 {
		return false
	}
	x := h.queue[len(h.queue)-1].x
	return x.Response == nil && x.Request != nil && x.Request.Header.Value("Upgrade") != "" &&
		(startsWith(b, "PRI * HTTP/2") || classifyRequest(skipEmptyLines(b), true) == unknown)
}

// hasLaterRequest reports whether a request was read behind that of p.
func (h *http1) hasLaterRequest(p *pairing) bool {
	for i := len(h.queue) - 1; i >= 0 && h.queue[i] != p; i-- {
		if h.queue[i].x.Request != nil {
			return true
		}
	}
	return false
}

// endWaiting ends a client that waits for the answer to a CONNECT which will not come, and reports
// whether it has read another request instead.
func (h *http1) endWaiting(m *http1Half) (again bool) {
	if asksAgain(m.held) {
		h.resume()
		return true
	}
	if len(m.arrived) > 0 {
		h.shared.unread(h.conn, Client, int64(len(m.held)), m.arrived[0].at)
	}
	h.release(m)
	return false
}

// endTunnel ends one side of the inner connection, and delivers it after the second.
func (h *http1) endTunnel(from Side, at *Pos) {
	t := h.tunnel
	t.Ending, t.EndedBy, t.EndedAt = h.conn.Ending, h.conn.EndedBy, h.conn.EndedAt
	h.inner.end(from, at)
	if h.ended[from.Other()] {
		h.shared.held -= heldTunnel
		if h.shared.sink.Conn != nil && reportable(t) {
			h.shared.sink.Conn(t)
		}
		h.shared.counters.unread(t, h.inner)
	}
	h.flush()
}

// tooDeep reports whether a connection runs inside of more tunnels than are followed.
func (sh *shared) tooDeep(c *Conn) bool {
	for range maxTunnels {
		if c = c.outer(); c == nil {
			return false
		}
	}
	if c.outer() == nil {
		return false
	}
	sh.drop(tunnelsDropped)
	return true
}
