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
	responseSent sendPoint // of the first byte of a response whose request is not there
	body         []byte    // of Response; used again after delivery
	held         int       // what it counts as held
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

// sentWith returns how many bytes a request took that is read now. In TLS they are those of its
// records, up to the end of the segment at hand.
func (h *http1) sentWith(m *http1Half, r *Request) int64 {
	n := int64(r.HeadLen) + max(0, bodyLength(r.Header, 0))
	if t := h.conn.TLS; t != nil && !t.OpenedByRedact && h.conn.Tunnel == nil {
		n = max(n, h.conn.Bytes[Client]-m.began.offset)
	}
	return n
}

// beginsEarlier takes that a side begins n bytes before the place where it was first thought to.
func (h *http1) beginsEarlier(side Side, n int64) {
	for _, p := range h.queue {
		for _, sent := range [...]*sendPoint{&p.requestSent, &p.responseSent} {
			if sent.valid && sent.from != side {
				sent.peerOffset += n
			}
		}
	}
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

// pairRequest finds the exchange of a request: a new one, unless the capture shows its
// response first. Without loss the order decides, as it does for the two ends; after a
// loss a response belongs only to what comes before it.
func (h *http1) pairRequest(m *http1Half, r *Request) *pairing {
	holed := m.afterGap
	m.afterGap = false
	whole := !holed && h.conn.Complete()
	for _, p := range h.queue {
		if p.x.Request != nil || p.requestOver {
			continue
		}
		early, order := p.x.Response.Pos, p.order(m.began)
		switch {
		case whole && order == requestFirst, p.answers(m.began, h.sentWith(m, r)):
		case !whole && order == responseFirst, holed && early.Compare(r.Pos) < 0:
			p.requestOver = true
			p.note(early, "its request is not in the capture")
			continue
		case p.x.Response.Status == StatusRequestTimeout || early.Time.Add(holeAge).Before(r.Pos.Time):
			p.requestOver = true // the server's own idea
			continue
		}
		p.x.Request = r
		return p
	}
	p := h.shared.pools.pairing(h.conn)
	p.x.Request, p.requestSent = r, h.shared.sendPoint
	p.responseOver, p.afterGap = h.ended[Server], holed
	h.push(p)
	return p
}

// pairResponse finds the exchange of a response: the first that waits for one. After a
// loss that may have held responses it is the last request that was sent before, for
// clients do not pipeline; where one did, the response stays alone.
func (h *http1) pairResponse(m *http1Half, r *Response) *pairing {
	holed := m.afterGap
	m.afterGap = false
	if holed {
		if p := h.afterLoss(m, r); p != nil {
			p.x.Response = r
			return p
		}
	} else if p := h.firstUnanswered(); p != nil && !(p.afterGap && p.x.Request.Pos.Compare(r.Pos) > 0 && !p.isReceived(m.began)) {
		p.x.Response = r
		return p
	}
	p := h.shared.pools.pairing(h.conn)
	p.x.Response, p.requestOver = r, h.ended[Client]
	p.responseSent = m.began
	h.push(p)
	if c := &h.half[Client]; c.state == inHead && c.blanks > 0 {
		h.noMessage(Client, c, &r.Pos, 0) // they are where its request should be
	}
	return p
}

// firstUnanswered returns the first pairing that waits for a response.
func (h *http1) firstUnanswered() *pairing {
	for ; h.answered < len(h.queue); h.answered++ {
		if p := h.queue[h.answered]; p.x.Response == nil && !p.responseOver {
			return p
		}
	}
	return nil
}

// afterLoss returns the request that r answers, and gives up those whose response was
// lost; nil if it is not certain.
func (h *http1) afterLoss(m *http1Half, r *Response) *pairing {
	var before []*pairing
	client := &h.half[Client]
	certain := h.shared.peerUnread <= client.bodyLeft && !client.afterGap
	for _, p := range h.queue {
		switch {
		case p.x.Response != nil || p.responseOver:
		case p.x.Request.Pos.Compare(r.Pos) <= 0 && p.mayAnswer(h.shared.sendPoint), p.isReceived(m.began):
			before = append(before, p)
		case p.afterGap:
			certain = false
		}
	}
	if len(before) == 0 {
		return nil
	}
	answered := before[len(before)-1]
	if !certain || pipelined(before) {
		answered = nil // r may answer a request that is late or lost
	}
	for _, p := range before {
		if p != answered {
			p.responseOver = true
			p.note(r.Pos, "its response is not in the capture")
		}
	}
	return answered
}

// pipelined reports whether one of the requests was sent together with the one before it.
func pipelined(waiting []*pairing) bool {
	for i := 1; i < len(waiting); i++ {
		if waiting[i].x.Request.Pos.Compare(waiting[i-1].x.Request.Done) == 0 {
			return true
		}
	}
	return false
}

// interim takes a 1xx response, which goes with the response that will follow.
func (h *http1) interim(r *Response) {
	if p := h.firstUnanswered(); p != nil {
		h.shared.interim(p.x, r.Status)
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
