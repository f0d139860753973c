package httpstream

import "encoding/binary"

// What came over HTTP/2 goes to Sink.Plain frame by frame. Header blocks become literals that
// are neither compressed nor added to a table (RFC 7541 section 6.2.2): each value can then be
// changed in its place, and no block depends on another.

// isPlain reports whether what this reader reads goes to Sink.Plain.
func (r *http2Reader) isPlain() bool { return r.shared.sink.Plain != nil }

// alpnHTTP2 is the name of HTTP/2 in ALPN.
const alpnHTTP2 = "h2"

// handOver hands over a part, the first one behind the preface: that says what the connection
// speaks, also where it comes late, or is lost.
func (r *http2Reader) handOver(from Side, at *Pos, part Part) {
	if !r.shown {
		r.shown = true
		for c := r.conn.outer(); c != nil; c = c.outer() {
			c.goesOn = true
		}
		r.shared.hand(r.conn, Client, *at, Part{Bytes: []byte(preface)})
	}
	part = r.shared.sent(part)
	part.IsAhead = r.shared.peerUnread > 1 // as response looks at it
	r.shared.handOn(r.conn, from, *at, part)
}

// show hands over bytes as they are.
func (r *http2Reader) show(from Side, at *Pos, b []byte) {
	if r.isPlain() && len(b) > 0 {
		r.handOver(from, at, Part{Bytes: b})
	}
}

// showLost says how many bytes are missing.
func (r *http2Reader) showLost(from Side, at *Pos, n int64) {
	if r.isPlain() && n > 0 {
		r.handOver(from, at, Part{Lost: n})
	}
}

// showEnd says that a side ended.
func (r *http2Reader) showEnd(from Side, at *Pos) {
	if r.isPlain() {
		r.shared.hand(r.conn, from, *at, Part{End: true})
	}
}

// showBeginning hands over an empty HEADERS frame if the header block is not among the next so many
// bytes: a message has the time at which its first frame began.
func (r *http2Reader) showBeginning(from Side, at *Pos, next int) {
	h := &r.half[from]
	if !r.isPlain() || len(h.frame) != http2FrameLen {
		return
	}
	f := frameHeader(h.frame)
	if f.kind == frameContinuation {
		return
	}
	h.begins = f.kind == frameHeaders && (f.length > next || !f.has(flagEndHeaders))
	if h.begins {
		r.handOver(from, at, Part{Bytes: appendFrame(nil, frameHeaders, f.flags&flagEndStream, f.stream, nil)})
	}
}

// showBlock hands over a header block. A frame ends where a field does; one that holds a
// single long field may be longer than a peer would take.
func (r *http2Reader) showBlock(from Side, at *Pos, k *fieldBlock, l *fieldList) {
	if !r.isPlain() {
		return
	}
	kind, flags := frameHeaders, byte(0)
	var out, b []byte
	if k.last {
		flags = flagEndStream
	}
	if k.promised != 0 {
		kind, flags = framePushPromise, 0
		b = binary.BigEndian.AppendUint32(b, k.promised)
	}
	if h := &r.half[from]; h.begins {
		kind, flags, h.begins = frameContinuation, 0, false
	}
	for _, f := range l.fields {
		literal := appendLiteral(nil, f.Name, f.Value)
		if len(b) > 0 && len(b)+len(literal) > usualFrame {
			out = appendFrame(out, kind, flags, k.stream, b)
			kind, flags, b = frameContinuation, 0, b[:0]
		}
		b = append(b, literal...)
	}
	if !k.cut {
		flags |= flagEndHeaders
	}
	out = appendFrame(out, kind, flags, k.stream, b)
	r.handOver(from, at, Part{Bytes: out})
}

// appendFrame appends a frame.
func appendFrame(out []byte, kind http2Kind, flags byte, stream uint32, b []byte) []byte {
	n := len(b)
	out = append(out, byte(n>>16), byte(n>>8), byte(n), byte(kind), flags)
	return append(binary.BigEndian.AppendUint32(out, stream), b...)
}

// appendLiteral appends a field as a literal without indexing, and with a new name.
func appendLiteral(b []byte, name, value string) []byte {
	b = appendPlainString(append(b, 0), name)
	return appendPlainString(b, value)
}

// appendPlainString appends a string that is not compressed (RFC 7541 sections 5.1 and 5.2).
func appendPlainString(b []byte, s string) []byte {
	n := len(s)
	if n < 0x7f {
		b = append(b, byte(n))
	} else {
		b = append(b, 0x7f)
		for n -= 0x7f; n >= 0x80; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		b = append(b, byte(n))
	}
	return append(b, s...)
}
