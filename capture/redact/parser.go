package redact

import (
	"bytes"

	"negotrace/capture/redact/message"
	"negotrace/capture/redact/standin"
)

// A state says what comes next in a direction.
type state uint8

const (
	sniffing         state = iota // the beginning of a protocol
	resync                        // nobody knows; where a segment begins may be the beginning of something
	unsupported                   // what is never understood, up to the end
	inHead                        // the head of an HTTP message
	inBody                        // a body of known length
	untilClose                    // a body up to the end of the connection
	inPage                        // the beginning of a body that is looked at
	inPacked                      // the compressed body of a page
	atPackedChunks                // the chunks of a page, compressed or not
	packedUntilClose              // one up to the end of the connection
	inParts                       // a body in parts
	inBlank                       // the beginning of a body that becomes a blank one
	inKDC                         // a message to or from a KDC proxy
	atChunk                       // the size of a chunk
	afterChunk                    // the line break behind its data
	inTrailer                     // the lines behind the last chunk
	atRecord                      // a record of TLS
	inRecord                      // what is encrypted in it
	atFrame                       // a frame of HTTP/2
	inTunnel                      // what a frame holds of what goes on from frame to frame
	maybeTunnel                   // a response without a length, which may open a tunnel
	atLengthPrefix                // a message of Kerberos or DNS behind its length
	inPrefixed                    // the rest of one of which bytes are missing
	atHeaded                      // a message of which the head stays
	inHeaded                      // the rest of a long one
)

// A parser is the state of a direction.
type parser struct {
	state    state
	left     int64 // of the body, the chunk or the record
	pageLeft int   // bytes of the body that may still be looked at
	chunked  bool
	kdc      bool // the body is for a KDC
	bodyFill
	tls        tlsState
	frames     bool        // frames of HTTP/2 come
	fromServer bool        // they come from the server
	current    *stream     // that of the frame whose content comes
	streamBody *streamBody // the body that this content is part of
	inner      *half       // the direction of what goes on in its stream, inTunnel
	innerEnds  bool        // with this frame
	// need is how many bytes buf must hold before it is parsed again. If it is negative, a line
	// must end first.
	need int
	// scanned is how many bytes of buf are known to hold no end of a head.
	scanned int
}

// worthParsing reports whether parsing buf may succeed now that so many bytes are new.
func (p *parser) worthParsing(buf []byte, fresh int) bool {
	if p.need >= 0 {
		return len(buf) >= p.need
	}
	return len(buf) < 64 || len(buf) > maxHead || bytes.IndexByte(buf[len(buf)-fresh:], '\n') >= 0
}

// setResync drops the state of a direction, until a protocol begins again.
func (h *half) setResync() {
	switch {
	case h.frames, h.headed == message.WebSocket():
		h.parser = parser{state: unsupported}
	case h.state != unsupported:
		h.parser = parser{state: resync, tls: h.tls}
	}
}

// A connState is the state that both directions of a connection share.
type connState struct {
	requests []pendingRequest // not answered yet
	tunnels  int
	behind   uint16             // port that a proxy connects to, 0 if none is known
	made     bool               // it is a plain copy
	isHTTP   bool               // a message of HTTP was in it
	streams  map[uint32]*stream // of HTTP/2
	socks    socksState
	headed   *message.Stream // the protocol of its messages, nil if it is read or not known
}

// rewriteInPlace rewrites the first bytes of b where they lie, as far as they need no parsing. It
// returns how many these are, and what they became.
func (r *Redactor) rewriteInPlace(h *half, b []byte) (n int, kind standin.Filler) {
	switch h.state {
	case resync:
		if mayBegin(h, b) {
			h.state = sniffing
			return 0, standin.Zeros
		}
		if h.isHTTP {
			return 0, standin.Zeros
		}
		r.Unknown(notRead, len(b))
		n, kind = len(b), h.unreadFiller()
	case unsupported:
		r.Unknown(notRead, len(b))
		n, kind = len(b), h.unreadFiller()
	case untilClose:
		r.Counts.BodyBytes += len(b)
		n, kind = len(b), h.filler()
	case inHeaded:
		n, kind = int(min(h.left, int64(len(b)))), standin.Zeros
		h.left -= int64(n)
		r.Unknown(notRead, n)
	case inPrefixed:
		n, kind = int(min(h.left, int64(len(b)))), h.unreadFiller()
		h.left -= int64(n)
		r.Unknown("incomplete messages", n)
	case inBody:
		n, kind = int(min(h.left, int64(len(b)))), h.filler()
		h.left -= int64(n)
		r.Counts.BodyBytes += n
	case inRecord:
		n, kind = int(min(h.left, int64(len(b)))), standin.Noise
		h.left -= int64(n)
		r.Counts.EncryptedBytes += n
	default:
		return 0, standin.Zeros
	}
	kind.Fill(b[:n], h.done)
	if h.left == 0 {
		h.contentEnds()
	}
	return n, kind
}

// contentEnds has what follows a content of known length come next.
func (h *half) contentEnds() {
	switch h.state {
	case inBody, inParts:
		h.bodyEnds()
	case inRecord:
		h.state = atRecord
	case inHeaded:
		h.state = atHeaded
	case inPrefixed:
		h.state = atLengthPrefix
	}
}

// parse rewrites the beginning of buf and returns how much of it; 0 if more is needed.
func (r *Redactor) parse(h *half) int {
	switch h.state {
	case sniffing:
		return r.sniff(h)
	case resync:
		n := len(h.buf)
		for _, at := range h.segmentStarts { // only where a segment begins may something begin
			switch {
			case at == h.done && mayBegin(h, h.buf):
				h.state = sniffing
				return r.parse(h)
			case at > h.done:
				n = min(n, int(at-h.done))
			}
		}
		r.Unknown(notRead, n)
		if h.isHTTP {
			clearMessage(h.buf[:n])
		} else {
			h.unreadFiller().Fill(h.buf[:n], h.done)
		}
		return n
	case inHead:
		return r.head(h)
	case inPage:
		return r.pageBody(h)
	case inParts:
		return r.parts(h)
	case inBlank:
		return r.blankBody(h)
	case inPacked:
		return r.packedBody(h)
	case atPackedChunks:
		return r.packedChunks(h)
	case packedUntilClose:
		return r.packedUntilClose(h)
	case inKDC:
		return r.kdcBody(h)
	case atChunk:
		return r.chunk(h)
	case afterChunk:
		return r.chunkEnd(h)
	case inTrailer:
		return r.trailer(h)
	case atRecord:
		return r.record(h)
	case atFrame:
		return r.frame(h)
	case atLengthPrefix:
		return r.lengthPrefixed(h)
	case atHeaded:
		return r.headedMessage(h)
	case maybeTunnel:
		return r.maybeTunnel(h)
	}
	n, _ := r.rewriteInPlace(h, h.buf)
	return n
}

// gap takes bytes that the capture does not have.
func (r *Redactor) gap(h *half, n int64) {
	switch h.state {
	case inTunnel:
		r.tunnelGap(h, min(n, h.left))
	case inBlank:
		h.blankEnds()
	case inParts:
		h.multipart.inHead, h.multipart.isLineStart = false, false
	}
	switch {
	case h.state == inTunnel && n < h.left:
		h.left -= n
	case h.frames && h.state != atFrame && n < h.left:
		h.left -= n
		h.pageLeft, h.current.pageLeft, h.state = 0, 0, inBody
	case h.frames:
		h.left, h.state = 0, atFrame
	case (h.state == inBody || h.state == inParts || h.state == inRecord || h.state == inHeaded || h.state == inPrefixed) && n <= h.left:
		if h.left -= n; h.left == 0 {
			h.contentEnds()
		}
	case h.state == untilClose, h.state == unsupported, h.state == inParts && h.left < 0:
	default:
		h.setResync()
	}
}
