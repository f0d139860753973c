package httpstream

import (
	"fmt"
)

// A pairing is an exchange that is not complete yet.
type pairing struct {
	x            *Exchange
	requestOver  bool // no more of the request will come
	responseOver bool
	afterGap     bool // requests before this one may have been lost
	requestSent  sendPoint
	responseSent sendPoint   // of the first byte of a response whose request is not there
	body         []byte      // of Response; used again after delivery
	held         int         // what it counts as held
	kdcReply     *kdcContent // of a response that the capture shows before the end of its request
}

// mayAnswer reports whether the sender of the bytes at hand had received the request of p.
func (p *pairing) mayAnswer(now sendPoint) bool {
	if !now.valid || !p.requestSent.valid || now.from != Server || p.requestSent.from != Client {
		return true
	}
	return now.peerOffset > p.requestSent.offset
}

// isReceived reports whether the sender of the bytes at hand certainly had received the request of
// p, whatever order the capture has them in.
func (p *pairing) isReceived(now sendPoint) bool {
	return now.valid && p.requestSent.valid && p.mayAnswer(now) && now.from == Server
}

func (p *pairing) hasResponse() bool { return p.x.Response != nil }

// An order says how a request and a response that came before it in the capture were sent.
type order uint8

const (
	orderUnknown  order = iota
	responseFirst       // the client had received the response when it sent the request
	crossing            // neither had been received when the other was sent
	requestFirst        // the server had received the request: the response answers it
)

// order returns how the response of p and a request were sent, by what their senders had
// acknowledged: the order in the capture may be another one.
func (p *pairing) order(request sendPoint) order {
	r := p.responseSent
	switch {
	case !request.valid || !r.valid || request.from != Client || r.from != Server:
		return orderUnknown
	case request.peerOffset > r.offset:
		return responseFirst
	case r.peerOffset > request.offset:
		return requestFirst
	}
	return crossing
}

// answers reports whether the response of p is for a request of n bytes that the capture shows
// later: the server had received it, and nothing behind it.
func (p *pairing) answers(request sendPoint, n int64) bool {
	return p.order(request) == requestFirst && p.responseSent.peerOffset <= request.offset+n
}

// note says what could not be understood.
func (p *pairing) note(at Pos, format string, args ...any) {
	p.x.note(at, fmt.Sprintf(format, args...))
}

// noteHead says what is wrong with the head of a message.
func (p *pairing) noteHead(at Pos, from Side, h *head, malformed int, why string) {
	if h.bareCR {
		p.note(at, oddCR, from)
	}
	if h.blank {
		p.note(at, oddBlank, from)
	}
	if h.oddLine && from == Client {
		p.note(at, "%s", oddLine)
	}
	if malformed > 0 {
		p.note(at, "%d malformed header lines of the %s", malformed, from)
	}
	if why != "" {
		p.note(at, "the %s's head: %s", from, why)
	}
}

// noteOddities notes what is unusual about a request.
func (p *pairing) noteOddities(at Pos) {
	p.x.Request.oddities(func(text string) { p.note(at, "%s", text) })
}

// extend moves the end of a message to at.
func (p *pairing) extend(from Side, at *Pos) {
	if from == Client {
		p.x.Request.Done = *at
	} else {
		p.x.Response.Done = *at
	}
}

func (h *http1) push(p *pairing) {
	if len(h.queue) >= maxPending {
		h.shared.drop(pendingDropped)
		h.queue[0].requestOver, h.queue[0].responseOver = true, true
		h.flush()
	}
	h.queue = append(h.queue, p)
	h.holdFor(p, heldExchange)
}

// holdFor counts n more bytes as held for an exchange, up to its delivery.
func (h *http1) holdFor(p *pairing, n int) {
	p.held += n
	h.shared.held += int64(n)
}

// heldLines returns what the lines of a head count as held.
func heldLines(headLen int, header Header) int {
	const field = 40
	return headLen + len(header)*field
}

// latest returns the exchange that a side's loss most likely concerns.
func (h *http1) latest(from Side) *pairing {
	if from == Server {
		if p := h.firstUnanswered(); p != nil {
			return p
		}
	}
	if n := len(h.queue); n > 0 {
		return h.queue[n-1]
	}
	return nil
}

// detach makes sure that nothing more is written to p, whose messages may still be under
// way: once delivered, an exchange belongs to the Sink.
func (h *http1) detach(p *pairing) {
	for side := range h.half {
		if m := &h.half[side]; m.current == p {
			rest := Exchange{Conn: h.conn, Request: new(Request), Response: new(Response)}
			m.current = &pairing{x: &rest, requestOver: true, responseOver: true}
		}
	}
}

// deliver gives an exchange to the Sink, and reports whether the Sink kept it.
func (h *http1) deliver(p *pairing) (kept bool) {
	h.holdFor(p, -p.held)
	if k := p.kdcReply; k != nil && (p.x.Request == nil || p.x.hasKDCMessage(Server)) {
		h.shared.kdcMessage(p.x, Server, k)
	}
	if r := p.x.Response; r != nil {
		r.Body = p.body
	}
	kept = h.shared.exchange(p.x)
	if r := p.x.Response; r != nil && !kept {
		r.Body = nil
	}
	h.shared.pools.bodies.put(p.body)
	p.body = nil
	return kept
}

// flush delivers the exchanges of which nothing more will come, in their order.
func (h *http1) flush() {
	n := 0
	for _, p := range h.queue {
		if !p.requestOver && !h.ended[Client] || !p.responseOver && !h.ended[Server] {
			break
		}
		h.detach(p)
		if kept := h.deliver(p); !kept && !p.x.tunnels() {
			h.shared.pools.recycle(p)
		}
		n++
	}
	if n > 0 {
		rest := copy(h.queue, h.queue[n:])
		clear(h.queue[rest:])
		h.queue = h.queue[:rest]
		h.answered = max(0, h.answered-n)
	}
}
