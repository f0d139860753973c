package httpstream

import "reflect"

// http1 writes or reads a reader of HTTP/1 that has one exchange at most: nearly all wait for the
// response to one request, or for the rest of one message.
func (w *packing) http1(h *http1, c *Conn, after *Pos) {
	h.shared, h.conn = w.now(c)
	w.flags(&h.ended[0], &h.ended[1])
	number(w, &h.answered, 0)
	var p *pairing
	if w.writing && len(h.queue) <= 1 {
		if len(h.queue) == 1 {
			p = h.queue[0]
		}
		h.queue = nil
	}
	if w.flag(p != nil) {
		if !w.writing {
			p = w.shared.pools.pairing(c)
			h.queue = append(h.queue, p)
		}
		w.pairing(p, after)
	}
	for side := range h.half {
		w.http1Half(&h.half[side], p, after)
	}
}

func (w *packing) http1Half(m *http1Half, p *pairing, after *Pos) {
	w.flags(&m.bodyUncertain, &m.noMessage, &m.afterGap)
	number(w, &m.state, 0)
	w.bytes(&m.held)
	number(w, &m.scanned, 0)
	number(w, &m.blanks, 0)
	w.place(&m.at, after)
	w.sendPoint(&m.began)
	number(w, &m.bodyLeft, 0)
	number(w, &m.bodyLen, 0)
	number(w, &m.keepBody, 0)
	if w.flag(p != nil && m.current == p) {
		m.current = p
		if w.writing {
			m.current = nil
		}
	}
}

// pairing writes or reads an exchange, whose messages have no body that is kept.
func (w *packing) pairing(p *pairing, after *Pos) {
	pools := &w.shared.pools
	x := p.x
	if w.writing {
		written := p
		p = pools.pairings.take()
		if x = p.x; x == nil {
			x = &Exchange{}
		}
		*p, *x = *written, *written.x
		p.x, x.Conn = nil, nil
	}
	w.flags(&p.requestOver, &p.responseOver, &p.afterGap)
	w.sendPoint(&p.requestSent)
	w.sendPoint(&p.responseSent)
	w.held = number(w, &p.held, 0) > 0 || w.held
	message(w, &x.Request, &pools.requests, func(r *Request) { w.request(r, after) })
	message(w, &x.Response, &pools.responses, func(r *Response) { w.response(r, after) })
	if w.writing {
		w.more = w.more || !reflect.ValueOf(x).Elem().IsZero() || !reflect.ValueOf(p).Elem().IsZero()
		*x = Exchange{}
		*p = pairing{x: x}
		pools.pairings.put(p)
	}
}

// message writes a copy of a message, or reads a new one, if there is any.
func message[T any](w *packing, p **T, pool *freelist[T], pack func(*T)) {
	m := *p
	switch {
	case !w.flag(m != nil):
	case w.writing:
		left := pool.take()
		*left = *m
		pack(left)
		putCopy(w, pool, left)
		*p = nil
	default:
		*p = pool.take()
		pack(*p)
	}
}

func (w *packing) request(r *Request, after *Pos) {
	w.place(&r.Pos, after)
	w.place(&r.Done, after)
	w.name(&r.Method)
	w.text(&r.Target)
	w.name(&r.Proto)
	if host := r.Header.Value("Host"); w.writing && r.Host == host {
		r.Host = ""
	}
	number(w, &r.HeadLen, 0)
	number(w, &r.BodyLen, 0)
	w.header(&r.Header)
	if !w.writing {
		r.Host = r.Header.Value("Host")
	}
}

func (w *packing) response(r *Response, after *Pos) {
	w.place(&r.Pos, after)
	w.place(&r.Done, after)
	w.name(&r.Proto)
	number(w, &r.Status, 0)
	number(w, &r.HeadLen, 0)
	number(w, &r.BodyLen, 0)
	w.flags(&r.HeadCut)
	w.text(&r.Reason)
	w.header(&r.Header)
}

// header writes or reads header lines, as lines: those that come again and again are shared when
// they are read.
func (w *packing) header(h *Header) {
	n := len(*h)
	number(w, &n, 0)
	if w.writing {
		for _, f := range *h {
			w.more = w.more || f.RedactedLen != 0 || !isToken(f.Name) || trim(f.Value) != f.Value
			size := len(f.Name) + len(": ") + len(f.Value)
			number(w, &size, 0)
			w.b = append(append(append(w.b, f.Name...), ": "...), f.Value...)
		}
		*h = nil
		return
	}
	for range n {
		*h = append(*h, w.shared.head.lines.find(w.next()).Field)
	}
}

// name writes or reads a word that nearly all messages have.
func (w *packing) name(p *string) {
	if w.writing {
		w.text(p)
		return
	}
	*p = w.shared.head.lines.intern(w.next())
}

func (w *packing) sendPoint(p *sendPoint) {
	if w.flag(p.valid) {
		p.valid = !w.writing
		number(w, &p.from, 0)
		number(w, &p.offset, 0)
		number(w, &p.peerOffset, 0)
	}
}
