package message

import "negotrace/capture/redact/standin"

// webSocketFrames are what follows an upgrade. What is no frame is never looked at again.
var webSocketFrames = &Stream{nil, webSocketSize, webSocket}

// WebSocket returns the protocol of what follows an upgrade to WebSocket.
func WebSocket() *Stream { return webSocketFrames }

// Opcodes of WebSocket (RFC 6455 section 5.2).
const (
	webSocketText   = 1
	webSocketBinary = 2
	webSocketClose  = 8
	webSocketPong   = 10
)

const maskLen = 4

// webSocketHead returns how long the head of a frame is, and its content; a head of 0 if more bytes are needed.
func webSocketHead(b []byte) (head int, length uint64) {
	const masked = 0x80
	if len(b) < 2 {
		return 0, 0
	}
	head, length = 2, uint64(b[1]&^masked)
	switch {
	case length == 126 && len(b) >= 4:
		head, length = 4, uint64(be.Uint16(b[2:]))
	case length == 127 && len(b) >= 10:
		head, length = 10, be.Uint64(b[2:])
	case length > 125:
		return 0, 0
	}
	if b[1]&masked != 0 {
		head += maskLen
	}
	return head, length
}

// webSocketSize returns the length of the frame that b begins with, as Stream.Size does.
func webSocketSize(b []byte) int {
	const reserved, longest = 0x30, 1 << 30 // the third reserved bit says that a frame is compressed
	head, length := webSocketHead(b)
	opcode := byte(0)
	if len(b) > 0 {
		opcode = b[0] & 0xf
	}
	switch {
	case len(b) > 0 && (b[0]&reserved != 0 || opcode > webSocketPong || opcode > webSocketBinary && opcode < webSocketClose), length > longest:
		return -1
	case head == 0:
		return 0
	}
	return head + int(length)
}

// webSocket rewrites a frame: as if it were not compressed, and masked with zeros. Text becomes letters.
func webSocket(v *standin.Values, b []byte) {
	const compressed, masked = 0x40, 0x80
	head, _ := webSocketHead(b)
	if head == 0 || head > len(b) {
		clear(b)
		return
	}
	content := b[head:]
	b[0] &^= compressed
	if b[1]&masked != 0 {
		clear(b[head-maskLen : head])
	}
	if b[0]&0xf == webSocketText {
		standin.Letters.Fill(content, 0)
	} else {
		clear(content)
	}
}
