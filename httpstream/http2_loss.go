package httpstream

import "fmt"

// unreadBlock counts a field block that has no end.
func (r *http2Reader) unreadBlock(from Side, at *Pos) {
	k := &r.half[from].block
	k.open = false
	r.lostBlock(from, http2Frame{stream: k.stream}, at)
	r.noFrame(from, len(k.b))
}

// unread takes a frame of which only the header is known.
func (r *http2Reader) unread(from Side, f http2Frame) {
	h := &r.half[from]
	switch f.kind {
	case frameHeaders, framePushPromise, frameContinuation:
		h.block.open = false
		h.fields.loseTable()
		r.lostBlock(from, f, &h.begin)
	}
}

// cutFrame takes what there is of a frame that is not complete, where its rest will not come.
func (r *http2Reader) cutFrame(from Side, at *Pos) {
	h := &r.half[from]
	switch d, s := &h.data, r.streams[h.data.stream]; {
	case d.left == 0:
	case s != nil && s.tunnel == nil && !s.answersEarly(from):
		s.note(*at, fmt.Sprintf("the body of the %s ends early", from))
	case s == nil && d.length > usualFrame: // more than what may be under way on a stream that was given up
		r.noFrame(from, int(d.length-d.left))
	}
	n := len(h.frame)
	if n > 0 && (n < http2FrameLen || !h.prefaceDone) {
		r.noFrame(from, n)
	} else if n > 0 {
		r.cutBlock(from, at, frameHeader(h.frame), h.frame[http2FrameLen:])
	} else if h.block.open {
		r.cutBlock(from, at, http2Frame{kind: frameContinuation, stream: h.block.stream}, nil)
	}
	r.dropFrame(h)
}

// cutBlock takes a part of a frame that may belong to a field block, and reads the block as far as
// it is there.
func (r *http2Reader) cutBlock(from Side, at *Pos, f http2Frame, b []byte) {
	h := &r.half[from]
	k := &h.block
	was := len(k.b)
	switch {
	case f.kind == frameHeaders:
		k.begin(h.begin, f, b)
	case f.kind == frameContinuation && k.open && k.stream == f.stream:
		k.add(r.shared, b)
	case f.kind == framePushPromise:
		r.noFrame(from, len(b))
		fallthrough
	default:
		r.unread(from, f)
		return
	}
	whole := 0
	for whole < len(k.b) {
		n, _ := representation(k.b[whole:])
		if n == 0 {
			break
		}
		whole += n
	}
	if k.b, k.cut = k.b[:whole], true; whole > 0 {
		r.endBlock(from, at)
	} else {
		r.unread(from, f)
		if h.ended { // a loss is said as such
			r.noFrame(from, http2FrameLen+len(b))
		}
	}
	r.hold(len(k.b) - was)
}

func (r *http2Reader) gap(from Side, at *Pos, n int64) {
	h := &r.half[from]
	r.half[from.Other()].limit = 0 // settings may be among what is lost
	for n > 0 {
		switch {
		case h.skip > 0:
			inside := min(h.skip, n)
			h.skip -= inside
			n -= inside
		case h.data.left > 0:
			n -= r.gapData(from, at, n)
		case h.resyncing:
			return
		case len(h.frame) >= http2FrameLen && h.prefaceDone:
			f := frameHeader(h.frame)
			h.skip = int64(http2FrameLen + f.length - len(h.frame))
			r.cutFrame(from, at)
			r.showLost(from, at, int64(http2FrameLen+f.length))
		default:
			r.showLost(from, at, n+int64(len(h.frame)))
			r.lose(from, *at, "")
			return
		}
	}
}

// lose begins to search for the next frame, after a loss.
func (r *http2Reader) lose(from Side, at Pos, why string) {
	h := &r.half[from]
	if h.block.open {
		r.dropFrame(h)
		r.cutFrame(from, &at)
	}
	h.prefaceDone = true
	h.resyncing, h.noFrame = true, false
	h.fields.loseTable()
	r.dropFrame(h)
	r.half[from.Other()].limit = 0
	if why == "" {
		why = "lost bytes"
	}
	for _, s := range r.streams {
		s.note(at, fmt.Sprintf("%s in what the %s sent: frames of this stream may be missing", why, from))
	}
}

// resync looks for the next frame in b and returns how much of b is before it. A frame
// begins where b does or where others follow it: TLS records and segments mostly begin
// with one.
func (r *http2Reader) resync(from Side, b []byte) int {
	n := 0
	for ; n < len(b); n++ {
		if row, ok := frameRow(b[n:]); ok && (n == 0 || row > 1) {
			r.half[from].resyncing = false
			break
		}
	}
	if r.half[from].noFrame {
		r.noFrame(from, n)
	}
	return n
}

// noFrame counts bytes in place of frames.
func (r *http2Reader) noFrame(from Side, n int) {
	r.shared.unread(r.conn, from, int64(n), r.shared.here())
}
