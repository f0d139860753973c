package httpstream

import "encoding/binary"

const http2FrameLen = 9

// usualFrame is the longest frame that every peer takes, RFC 9113 section 4.2.
const usualFrame = 1 << 14

// An http2Frame is the header of a frame, RFC 9113 section 4.1.
type http2Frame struct {
	length int
	kind   http2Kind
	flags  uint8
	stream uint32
}

func frameHeader(b []byte) http2Frame {
	return http2Frame{
		length: int(b[0])<<16 | int(b[1])<<8 | int(b[2]),
		kind:   http2Kind(b[3]),
		flags:  b[4],
		stream: binary.BigEndian.Uint32(b[5:]) &^ (1 << 31),
	}
}

func (f http2Frame) has(flag uint8) bool { return f.flags&flag != 0 }

// plausible reports whether f may be a frame header at a place where one must be. Frames of
// unknown types are allowed, and ignored (RFC 9113 section 5.5).
func (f http2Frame) plausible() bool {
	switch f.kind {
	case frameSettings:
		return f.stream == 0 && f.length%6 == 0
	case framePing:
		return f.stream == 0 && f.length == 8
	case frameGoAway:
		return f.stream == 0 && f.length >= 8
	case frameWindowUpdate:
		return f.length == 4
	case frameRSTStream:
		return f.stream != 0 && f.length == 4
	case framePriority:
		return f.stream != 0 && f.length == 5
	case frameData, frameHeaders, frameContinuation, framePushPromise:
		return f.stream != 0
	}
	return true
}

// usual reports whether f looks like a frame header at a place where any bytes may be.
func (f http2Frame) usual() bool {
	flags := [...]uint8{
		frameData:         flagEndStream | flagPadded,
		frameHeaders:      flagEndStream | flagEndHeaders | flagPadded | flagPriority,
		frameSettings:     flagAck,
		framePushPromise:  flagEndHeaders | flagPadded,
		framePing:         flagAck,
		frameContinuation: flagEndHeaders,
	}
	return int(f.kind) < len(flags) && f.flags&^flags[f.kind] == 0 &&
		f.length <= usualFrame && f.stream < 1<<24 && f.plausible()
}

// classifyFrames recognises HTTP/2 where its preface is not in the capture: b is nothing but frames, the last of them
// perhaps in part, and one that is whole begins a message. If that is the one in part, more is needed.
func classifyFrames(b []byte) protocol {
	begins, before := false, 0
	for ; len(b) >= http2FrameLen; before++ {
		f := frameHeader(b)
		if !f.usual() || b[5]&0x80 != 0 {
			return unknown
		}
		isBeginning := f.kind == frameHeaders && f.length > 0
		if len(b) < http2FrameLen+f.length {
			if isBeginning && !begins && before < maxFramesBefore {
				return undecided
			}
			b = nil
			break
		}
		begins = begins || isBeginning
		b = b[http2FrameLen+f.length:]
	}
	switch {
	case !begins:
		return unknown
	case len(b) > 0: // of the header of a frame
		return undecided
	}
	return http2Preface
}

// frameRow reports whether b holds nothing but frames, the last of them perhaps in part.
// n is how many are whole.
func frameRow(b []byte) (n int, ok bool) {
	for ; len(b) >= http2FrameLen; n++ {
		f := frameHeader(b)
		if !f.usual() || b[5]&0x80 != 0 {
			return n, false
		}
		if len(b) < http2FrameLen+f.length {
			return n, true
		}
		b = b[http2FrameLen+f.length:]
	}
	return n, n > 0
}
