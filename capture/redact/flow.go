package redact

import (
	"bytes"
	"net/netip"

	"negotrace/httpstream"
)

// A flow is what the segments of a connection have in common. The lesser end stands first.
type flow struct {
	a, b   netip.AddrPort
	tunnel uint64
	origin int
}

// A conn is a connection.
type conn struct {
	key   flow
	sides [2]half // of segments from the lesser end, and to it
	talk
}

// A half is one direction of a connection. Places in it are counted from the first byte that
// was seen.
type half struct {
	*conn
	side    int   // which of both
	early   *half // what came before the first byte that was seen; nil for nothing
	started bool
	isn     uint32 // of its SYN
	hasISN  bool
	next    uint32 // sequence number of what comes next
	at      int64  // place of that
	done    int64  // up to which place it is rewritten

	buf     []byte  // what is not rewritten yet, from done on
	pieces  []piece // where it lies in packets
	begins  []int64 // where segments begin in it
	again   []piece // the same bytes once more
	waiting []piece // behind a hole, in order
	waits   int     // bytes in waiting
	runs    []run   // what was rewritten, up to done

	parser
}

// A piece is a part of a direction that lies in a packet.
type piece struct {
	p  *packet
	at int64
	b  []byte
}

func (x *piece) end() int64 { return x.at + int64(len(x.b)) }

// settle says that a piece is rewritten.
func (x *piece) settle() { x.p.settle() }

// of returns the connection that a segment belongs to, and its direction.
func (r *Redactor) of(s *httpstream.Segment, made bool) *half {
	key, side := flow{s.Src, s.Dst, s.Tunnel, s.Origin}, 0
	if s.Dst.Compare(s.Src) < 0 {
		key.a, key.b, side = s.Dst, s.Src, 1
	}
	c := r.flows[key]
	const syn, ack = 2, 16
	if c != nil && s.Flags&(syn|ack) == syn && c.sides[side].isAnother(s.Seq) {
		r.giveUp(c)
		c = nil
	}
	if c == nil {
		c = &conn{key: key}
		c.made = made
		for i := range c.sides {
			c.sides[i].conn, c.sides[i].side = c, i
		}
		r.flows[key] = c
		r.oldest = append(r.oldest, c)
		if len(r.oldest) > maxFlows {
			r.giveUp(r.oldest[0])
			if old := r.oldest[0]; r.flows[old.key] == old {
				delete(r.flows, old.key)
			}
			r.oldest = r.oldest[1:]
		}
	}
	return &c.sides[side]
}

// isAnother reports whether a SYN begins another connection.
func (h *half) isAnother(seq uint32) bool {
	return h.hasISN && h.isn != seq || !h.hasISN && h.started && int32(seq+1-h.next) != int32(-h.at)
}

// segment takes a segment: what of it is new goes to the parser, what came before becomes what
// that has become.
func (r *Redactor) segment(p *packet, s *httpstream.Segment) {
	const syn = 2
	made := p.Opened != nil
	h := r.of(s, made)
	seq := s.Seq
	if s.Flags&syn != 0 {
		if !h.started {
			h.isn, h.hasISN, h.next, h.started = seq, true, seq+1, true
		}
		seq++
	}
	const ack = 16
	if o := h.other(); !o.started && s.Flags&ack != 0 && len(s.Payload) > 0 { // who asks has got all before
		o.next, o.started = s.Ack, true
	}
	r.place(p, h, seq, s.Payload)
	if s.Missing > 0 && (h.at > 0 || made) {
		r.cut(h, int64(s.Missing))
	}
}

// place takes the content of a segment, whose first byte has that number.
func (r *Redactor) place(p *packet, h *half, seq uint32, b []byte) {
	if len(b) == 0 || p.offset(b) < 0 {
		return
	}
	p.halves = append(p.halves, h)
	if !h.started {
		h.next, h.started = seq, true
	}
	ahead := int64(int32(seq - h.next))
	if ahead > maxJump || ahead < -maxJump {
		r.undecided(h, "connections that were lost")
		h.next, ahead = seq, 0
		h.parser = parser{}
	}
	x := piece{p, h.at + ahead, b}
	if x.at < 0 && !h.hasISN && h != h.conn.sides[h.side].early {
		n := min(int64(len(b)), -x.at)
		r.before(h, p, seq, b[:n], x.at+n == 0)
		x.at, x.b = x.at+n, b[n:]
	}
	if x.at < h.done {
		n := min(int64(len(x.b)), h.done-x.at)
		r.repeat(h, x.at, x.b[:n])
		x.at, x.b = x.at+n, x.b[n:]
	}
	if x.at < h.at && len(x.b) > 0 {
		n := min(int64(len(x.b)), h.at-x.at)
		if len(h.again) < maxPieces {
			h.again = append(h.again, piece{p, x.at, x.b[:n]})
			p.open++
		} else {
			r.unknown("segments that came again too often", int(n))
			clear(x.b[:n])
		}
		x.at, x.b = x.at+n, x.b[n:]
	}
	switch {
	case len(x.b) == 0:
	case x.at > h.at:
		r.wait(h, x)
	default:
		p.open++
		r.feed(h, x)
		r.proceed(h)
	}
}

// maxJump is how far a segment may be from the last one for both to be of one connection.
const maxJump = 64 << 20

// feed takes the piece that comes next.
func (r *Redactor) feed(h *half, x piece) {
	h.at, h.next = x.end(), h.next+uint32(len(x.b))
	if len(h.buf) == 0 {
		n, kind := r.direct(h, x.b)
		h.remember(run{at: h.done, n: int64(n), kind: kind})
		h.done += int64(n)
		x.at, x.b = x.at+int64(n), x.b[n:]
	}
	if len(x.b) == 0 {
		x.settle()
		return
	}
	h.begins = append(h.begins, x.at)
	h.pieces = append(h.pieces, x)
	h.buf = append(h.buf, x.b...)
	if h.ready(h.buf, len(x.b)) {
		r.resume(h)
	}
}

// resume rewrites as much of what was fed as can be.
func (r *Redactor) resume(h *half) {
	for len(h.buf) > 0 {
		h.need = 0
		n := r.parse(h)
		if n == 0 {
			if len(h.buf) > maxHead {
				r.undecided(h, "messages that are too long")
			}
			return
		}
		r.commit(h, n)
	}
}

// commit puts the first bytes of buf, which are rewritten, into their packets.
func (r *Redactor) commit(h *half, n int) {
	b := h.buf[:n]
	h.remember(run{at: h.done, n: int64(n), bytes: bytes.Clone(b)})
	if r.remembered += n; r.remembered > maxAllRemembered {
		r.forget()
	}
	from := h.done
	h.done += int64(n)
	for len(h.pieces) > 0 && h.pieces[0].at < h.done {
		x := &h.pieces[0]
		k := copy(x.b, b[x.at-from:])
		x.at, x.b = x.at+int64(k), x.b[k:]
		if len(x.b) > 0 {
			break
		}
		x.settle()
		h.pieces = h.pieces[1:]
	}
	for len(h.begins) > 0 && h.begins[0] < h.done {
		h.begins = h.begins[1:]
	}
	h.buf, h.scanned = h.buf[:copy(h.buf, h.buf[n:])], 0
	kept := h.again[:0]
	for _, x := range h.again {
		if x.end() > h.done {
			kept = append(kept, x)
			continue
		}
		r.repeat(h, x.at, x.b)
		x.settle()
	}
	clear(h.again[len(kept):])
	h.again = kept
}

// undecided gives up what could not be rewritten: it becomes zeros.
func (r *Redactor) undecided(h *half, why string) {
	if len(h.buf) == 0 {
		return
	}
	switch h.state {
	case inPage: // the last word of a page
		r.words(h.buf)
	case inHead:
		r.cutHead(h.buf)
	default:
		r.unknown(why, len(h.buf))
		clear(h.buf)
	}
	r.commit(h, len(h.buf))
	h.parser.lose()
}

// decide gives up what a packet waits for.
func (r *Redactor) decide(p *packet) {
	for _, h := range p.halves {
		for p.open > 0 && (len(h.buf) > 0 || len(h.waiting) > 0) {
			if len(h.buf) > 0 {
				r.undecided(h, "incomplete messages")
				r.proceed(h)
			} else {
				r.jump(h)
			}
		}
	}
	for _, whole := range p.wholes {
		if whole.open > 0 {
			r.decide(whole)
		}
	}
	if p.open > 0 {
		r.giveUpFragments(p)
	}
}

// giveUp gives up what of a connection is not rewritten.
func (r *Redactor) giveUp(c *conn) {
	for i := range c.sides {
		for h := &c.sides[i]; h != nil; h = h.early {
			for len(h.buf) > 0 || len(h.waiting) > 0 {
				r.undecided(h, "incomplete messages")
				r.jump(h)
			}
		}
	}
}

// cut takes bytes for lost that are behind a segment which is cut in the capture.
func (r *Redactor) cut(h *half, n int64) {
	if len(h.waiting) > 0 {
		return
	}
	r.undecided(h, "messages that are cut")
	h.next += uint32(n)
	h.at += n
	h.done = h.at
	r.gap(h, n)
}
