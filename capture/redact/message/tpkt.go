package message

import (
	"bytes"

	"negotrace/capture/redact/standin"
)

// portRDP is the port of Remote Desktop, whose first messages are those of ISO (RFC 1006, RFC 905), up to TLS.
const portRDP = 3389

// tpktSize returns the length of the packet that b begins with, as Stream.Size does.
func tpktSize(b []byte) int {
	const head, version = 4, 3
	switch {
	case len(b) < head:
		return 0
	case b[0] != version || b[1] != 0 || be.Uint16(b[2:]) < head+3:
		return -1
	}
	return int(be.Uint16(b[2:]))
}

// tpkt rewrites a packet. Of a request to connect stay the kinds of security that it asks for, and of the answer the one
// that is taken (MS-RDPBCGR sections 2.2.1.1 and 2.2.1.2).
func tpkt(v *standin.Values, b []byte) {
	const request, confirm, security = 0xe0, 0xd0, 8
	const data, connect = "====" + "===", "====" + "==" + "....="
	if len(b) < len(connect)+security || b[5] != request && b[5] != confirm || le.Uint16(b[len(b)-6:]) != security {
		fields(v, b, data)
		return
	}
	cookie := b[len(connect) : len(b)-security]
	if begin := []byte("Cookie: mstshash="); bytes.HasPrefix(cookie, begin) && bytes.HasSuffix(cookie, []byte("\r\n")) {
		standin.Letters.Fill(cookie[len(begin):len(cookie)-2], 0)
	} else {
		clear(cookie)
	}
	fields(v, b[:len(connect)], connect)
}
