package httpstream

import (
	"encoding/binary"
	"fmt"
)

// An http2Kind is the type of a frame, RFC 9113 section 6.
type http2Kind uint8

const (
	frameData http2Kind = iota
	frameHeaders
	framePriority
	frameRSTStream
	frameSettings
	framePushPromise
	framePing
	frameGoAway
	frameWindowUpdate
	frameContinuation
)

// The flags of frames; flagAck is that of SETTINGS and PING.
const (
	flagEndStream  = 0x01
	flagAck        = 0x01
	flagEndHeaders = 0x04
	flagPadded     = 0x08
	flagPriority   = 0x20
)

// http2Codes are the error codes by number, RFC 9113 section 7.
var http2Codes = [...]string{
	"NO_ERROR",
	"PROTOCOL_ERROR",
	"INTERNAL_ERROR",
	"FLOW_CONTROL_ERROR",
	"SETTINGS_TIMEOUT",
	"STREAM_CLOSED",
	"FRAME_SIZE_ERROR",
	"REFUSED_STREAM",
	"CANCEL",
	"COMPRESSION_ERROR",
	"CONNECT_ERROR",
	"ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY",
	"HTTP_1_1_REQUIRED",
}

// errorCode returns the name of the error code that b begins with; b is at least 4 bytes.
func errorCode(b []byte) string {
	code := binary.BigEndian.Uint32(b)
	if int64(code) < int64(len(http2Codes)) {
		return http2Codes[code]
	}
	return fmt.Sprintf("error code %#x", code)
}
