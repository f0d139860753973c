package httpstream

import (
	"bytes"
	"encoding/binary"
)

// An http2Reader takes the frames of one HTTP/2 connection (RFC 9113) and pairs its
// streams into exchanges.
type http2Reader struct {
	shared  *shared
	conn    *Conn
	half    [2]http2Half
	streams map[uint32]*http2Stream // those not complete
	ids     []uint32                // of streams, in order; some may be complete
	highest uint32                  // of the streams so far
	size    int                     // of the header lists of streams
	late    int                     // how many of streams are requestLate
	resets  []resetStream           // in their order; some may be complete
	shown   bool                    // something of it went to Sink.Plain
	goaway  string                  // error code of the last GOAWAY, if it names one
}

// An http2Half is what one side sends.
type http2Half struct {
	prefaceDone bool // the preface was read, or will not come
	// The frame that is not complete yet: its header and, of frames that are kept, its
	// payload. begin is where it began.
	frame     []byte
	begin     Pos
	begins    bool      // Sink.Plain has an empty HEADERS frame of the block at hand
	data      http2Data // the DATA frame whose payload comes now
	skip      int64     // rest of a frame that is of no use
	limit     int       // the longest DATA frame that this side may send; 0 if that is not known
	resyncing bool      // where the next frame begins is not known
	noFrame   bool      // because bytes came that are no frame
	block     fieldBlock
	fields    fieldDecoder
	ended     bool
}

// http2 returns the reader for a connection that speaks HTTP/2: by prior knowledge or
// ALPN, the client's preface included if it was seen, or behind "Upgrade: h2c".
func (sh *shared) http2(c *Conn) reader {
	r := &http2Reader{shared: sh, conn: c, streams: make(map[uint32]*http2Stream)}
	r.hold(heldHTTP2)
	for side := range r.half {
		r.half[side].fields.reset()
		r.half[side].limit = usualFrame
		if !c.SYN {
			r.half[side].fields.loseTable()
			r.half[side].limit = 0
		}
	}
	if up := c.Tunnel; up != nil && up.Response != nil && up.Response.Status == StatusSwitchingProtocols {
		// The request that asked for the upgrade is answered on stream 1, RFC 7540
		// section 3.2. It is copied: the Sink has the exchange of the upgrade.
		s := &http2Stream{x: &Exchange{Conn: c, H2Stream: 1}, requestDone: true}
		if up.Request != nil {
			request := *up.Request
			s.x.Request = &request
		}
		r.add(1, s)
		r.half[Server].limit = 0 // the upgrade has settings of the client, too
	}
	return r
}

func (r *http2Reader) data(from Side, at *Pos, b []byte) {
	h := &r.half[from]
	for len(b) > 0 {
		var n int
		switch {
		case h.skip > 0:
			n = int(min(h.skip, int64(len(b))))
			h.skip -= int64(n)
		case h.data.left > 0:
			n = r.takeData(from, at, b)
		case h.resyncing:
			n = r.resync(from, b)
		case !h.prefaceDone:
			n = r.preface(from, b)
		default:
			n = r.gather(from, at, b)
		}
		b = b[n:]
	}
}

// preface skips the connection preface, RFC 9113 section 3.4.
func (r *http2Reader) preface(from Side, b []byte) int {
	h := &r.half[from]
	rest := preface[len(h.frame):]
	n := min(len(rest), len(b))
	if from == Server || string(b[:n]) != rest[:n] {
		h.prefaceDone = true // what was held is the beginning of a frame, if anything
		return 0
	}
	h.frame = append(h.frame, b[:n]...)
	r.hold(n)
	if len(h.frame) == len(preface) {
		r.dropFrame(h)
		h.prefaceDone = true
		h.fields.reset() // all of its blocks are in the capture
	}
	return n
}

// gather adds to the frame that is not complete, and returns how much of b it took.
func (r *http2Reader) gather(from Side, at *Pos, b []byte) int {
	h := &r.half[from]
	if len(h.frame) == 0 {
		h.begin = *at
	}
	want := http2FrameLen
	if len(h.frame) >= want {
		want += frameHeader(h.frame).length
	}
	n := min(want-len(h.frame), len(b))
	h.frame = append(h.frame, b[:n]...)
	r.hold(n)
	switch {
	case r.shared.held > maxHeld:
		r.shared.drop(heldDropped)
		r.showLost(from, at, int64(len(h.frame)))
		r.lose(from, h.begin, "too much was held for other connections")
	case len(h.frame) == http2FrameLen:
		r.header(from, at, frameHeader(h.frame))
		r.showBeginning(from, at, len(b)-n)
	case len(h.frame) == want && want > http2FrameLen:
		r.whole(from, at)
	}
	return n
}

// header takes the header of a frame.
func (r *http2Reader) header(from Side, at *Pos, f http2Frame) {
	h := &r.half[from]
	switch {
	case !f.plausible(), f.kind == frameData && h.limit > 0 && f.length > h.limit && r.shared.peerUnread <= 0:
		isHidden := len(bytes.Trim(h.frame, "\x00")) == 0 // by redact, which writes it anew
		r.showLost(from, at, http2FrameLen)
		r.lose(from, h.begin, "bytes that are no HTTP/2 frame")
		if h.noFrame = !isHidden; h.noFrame {
			r.noFrame(from, http2FrameLen)
		}
	case f.kind == frameData:
		r.show(from, at, h.frame)
		r.dropFrame(h)
		r.beginData(from, at, f)
	case f.length > maxFrame:
		r.shared.drop(frameDropped)
		r.showLost(from, at, int64(http2FrameLen+f.length))
		r.dropFrame(h)
		r.unread(from, f)
		h.skip = int64(f.length)
	case f.length == 0:
		r.whole(from, at)
	}
}

// whole takes the frame that is held and now complete.
func (r *http2Reader) whole(from Side, at *Pos) {
	h := &r.half[from]
	block := len(h.block.b)
	r.frame(from, at, frameHeader(h.frame), h.frame[http2FrameLen:])
	r.hold(len(h.block.b) - block)
	r.dropFrame(h)
}

// dropFrame drops the frame that is not complete.
func (r *http2Reader) dropFrame(h *http2Half) {
	r.hold(-len(h.frame))
	h.frame = h.frame[:0]
	if cap(h.frame) > 4<<10 {
		h.frame = nil
	}
}

// hold counts n more bytes as held.
func (r *http2Reader) hold(n int) { r.shared.held += int64(n) }

// frame takes a whole frame that is not DATA.
func (r *http2Reader) frame(from Side, at *Pos, f http2Frame, b []byte) {
	h := &r.half[from]
	if len(r.resets) > 0 {
		r.expireResets(at.Time)
	}
	if h.block.open && f.kind != frameContinuation {
		// RFC 9113 section 6.10 allows nothing between: the rest of the block never came.
		h.fields.loseTable()
		r.unreadBlock(from, at)
	}
	switch f.kind {
	case frameHeaders, framePushPromise:
		r.conn.HTTP = true
		h.block.begin(h.begin, f, b)
		r.endBlock(from, at)
		return
	case frameContinuation:
		if h.block.open && h.block.stream == f.stream {
			h.block.add(r.shared, b)
			h.block.whole = f.has(flagEndHeaders)
			r.endBlock(from, at)
		} else {
			h.fields.loseTable()
		}
		return
	case frameRSTStream:
		r.reset(at, from, f.stream, errorCode(b))
	case frameGoAway:
		r.goAway(at, from, binary.BigEndian.Uint32(b)&^(1<<31), errorCode(b[4:]))
	case frameSettings:
		r.conn.HTTP = true
		r.allow(from.Other(), b)
	}
	r.show(from, at, h.frame)
}

// allow takes the settings of the peer of a side, which say how long its frames may be (RFC 9113
// section 6.5.2).
func (r *http2Reader) allow(side Side, settings []byte) {
	const maxFrameSize = 5
	for h := &r.half[side]; len(settings) >= 6 && h.limit > 0; settings = settings[6:] {
		if binary.BigEndian.Uint16(settings) == maxFrameSize {
			h.limit = max(h.limit, int(binary.BigEndian.Uint32(settings[2:])))
		}
	}
}

func (r *http2Reader) end(from Side, at *Pos) {
	h := &r.half[from]
	h.ended = true
	r.cutFrame(from, at)
	r.showEnd(from, at)
	r.hold(-len(h.block.b))
	h.block.b = nil
	r.hold(-h.fields.held)
	h.fields.held = 0
	for _, id := range r.open() {
		r.streams[id].endTunnel(from, at)
	}
	if !r.half[from.Other()].ended {
		return
	}
	for _, id := range r.open() {
		s := r.streams[id]
		if s.x.Response == nil && s.x.Reset == "" {
			s.x.Reset = r.goaway
		}
		r.finish(id)
	}
	r.hold(-heldHTTP2)
}

func (r *http2Reader) skippable(from Side) int64 {
	h := &r.half[from]
	if r.isPlain() {
		return 0
	}
	if h.skip > 0 {
		return h.skip
	}
	if d := &h.data; !d.padded && d.left > d.pad && !r.wanted(from, d.stream) {
		return d.left - d.pad
	}
	return 0
}
