package httpstream

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
