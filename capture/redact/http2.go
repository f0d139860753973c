package redact

import "bytes"

// HTTP/2 is rewritten only if its header blocks are literals, as on the connections of a plain
// copy: a compressed value, or a reference into a table, has no room for another value.

// Types and flags of frames (RFC 9113 section 6).
const (
	frameData         = 0
	frameHeaders      = 1
	framePriority     = 2
	frameRSTStream    = 3
	frameSettings     = 4
	framePushPromise  = 5
	framePing         = 6
	frameGoAway       = 7
	frameWindowUpdate = 8
	frameContinuation = 9

	flagEndStream  = 0x01
	flagEndHeaders = 0x04
	flagPadded     = 0x08
	flagPriority   = 0x20
	frameHeaderLen = 9
)

const http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// A stream is what is known of a stream of HTTP/2.
type stream struct {
	pendingRequest
	response framing
	status   int
	isPage   bool
	pageLeft int // bytes of the body of the answer that may still be looked at
	headers  framing
	bodies   [2]streamBody // of the request and of the response
	inside   *conn         // what goes on from frame to frame, see insideOf; nil for nothing
}

// A streamBody is what a body becomes that frames of a stream hold.
type streamBody struct {
	begun bool
	bodyFill
}

// http2 begins to read frames, after the preface if the client sends one.
func (r *Redactor) http2(h *half) int {
	n := 0
	if bytes.HasPrefix(h.buf, []byte("PRI ")) {
		if len(h.buf) < len(http2Preface) {
			return 0
		}
		n = len(http2Preface)
	}
	if h.streams == nil {
		h.conn.streams = map[uint32]*stream{}
	}
	h.frames, h.state = true, atFrame
	if n == 0 {
		return r.parse(h)
	}
	return n
}

// stream returns a stream of a connection.
func (t *connState) stream(id uint32) *stream {
	s := t.streams[id]
	if s == nil {
		if len(t.streams) >= maxStreams {
			clear(t.streams)
		}
		s = &stream{}
		t.streams[id] = s
	}
	return s
}

// frame rewrites a frame; of one with content only its header.
func (r *Redactor) frame(h *half) int {
	b := h.buf
	if len(b) < frameHeaderLen {
		return 0
	}
	size := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
	id := be.Uint32(b[5:]) &^ (1 << 31)
	if b[3] == frameData {
		return r.dataFrame(h, size, id)
	}
	n := frameHeaderLen + size
	if n > maxHead {
		return r.giveUpHTTP2(h)
	}
	if len(b) < n {
		h.need = n
		return 0
	}
	payload := b[frameHeaderLen:n]
	switch b[3] {
	case frameHeaders, framePushPromise, frameContinuation:
		if b[4]&(flagPadded|flagPriority) != 0 || !r.headerBlock(h, b[3], b[4], id, payload) {
			return r.giveUpHTTP2(h)
		}
		if b[4]&flagEndStream != 0 && b[3] == frameHeaders {
			r.endStream(h, id)
		}
	case framePriority, frameRSTStream, frameSettings, frameWindowUpdate:
		if size > 5 && b[3] != frameSettings || size%6 != 0 && b[3] == frameSettings {
			return r.giveUpHTTP2(h)
		}
		if b[3] == frameSettings {
			settings(payload)
		}
		if s := h.streams[id]; b[3] == frameRSTStream && s != nil && s.inside != nil {
			r.giveUpConn(s.inside)
		}
	case framePing:
		copy(payload, r.Names.Opaque(payload))
	case frameGoAway:
		r.Words(payload[min(8, size):])
	default:
		r.Unknown("frames of HTTP/2 that are not read", size)
		clear(payload)
	}
	return n
}

// settings clears the settings of a connection that have no meaning to everybody (RFC 9113 section 6.5.2, RFC 8441,
// RFC 9218, and 16 of Windows). One of zeros is ignored, too.
func settings(payload []byte) {
	for ; len(payload) >= 6; payload = payload[6:] {
		switch id := be.Uint16(payload); id {
		case 1, 2, 3, 4, 5, 6, 8, 9, 16:
		default:
			clear(payload[:6])
		}
	}
}

// giveUpHTTP2 stops reading a connection: the rest becomes zeros.
func (r *Redactor) giveUpHTTP2(h *half) int {
	h.parser = parser{state: unsupported}
	return r.parse(h)
}

// dataFrame rewrites the header of a frame with content, and sets how the content is read.
func (r *Redactor) dataFrame(h *half, size int, id uint32) int {
	n := frameHeaderLen
	if h.buf[4]&flagPadded != 0 && size > 0 {
		if n++; len(h.buf) < n {
			return 0
		}
		size-- // how long the padding is
	}
	isLast := h.buf[4]&flagEndStream != 0
	if size == 0 {
		if isLast {
			r.endStream(h, id)
		}
		return n
	}
	s := h.conn.stream(id)
	if inner := s.insideOf(h, r.nothing); inner != nil && h.buf[4]&flagPadded == 0 {
		h.left, h.current, h.inner, h.innerEnds, h.state = int64(size), s, inner, isLast, inTunnel
		return n
	}
	isAnswer := s.isResponse(h)
	h.left, h.current, h.pageLeft, h.kdc = int64(size), s, 0, s.isKDC
	body, f := &s.bodies[0], &s.headers
	if isAnswer {
		h.pageLeft, h.kdc = s.pageLeft, s.isKDC && s.status == 200
		body, f = &s.bodies[1], &s.response
	}
	if !body.begun {
		length := f.length
		if isLast {
			length = int64(size)
		}
		body.begun, body.bodyFill = true, fillOf(f, length, isAnswer && s.isPage)
	}
	if h.streamBody, h.bodyFill = body, body.bodyFill; h.binary {
		h.pageLeft = 0
	}
	h.content()
	return n
}

// isResponse reports whether a direction is that of the answers of a stream.
func (s *stream) isResponse(h *half) bool { return s.status != 0 && h.fromServer }
