package redact

import (
	"bytes"
	"encoding/binary"

	"negotrace/capture/redact/message"
	"negotrace/capture/redact/standin"
)

// A handshake with a SOCKS proxy (versions 4, 4a and 5; RFC 1928, RFC 1929) comes before the
// protocol of a connection.

// A socksState is what is known of one.
type socksState struct {
	version  byte    // 0 while there is none
	client   int     // side of the client
	greeted  [2]bool // by side: methods were offered, or one taken
	isGSSAPI bool    // that of RFC 1961 was taken
	done     [2]bool // by side
}

// maxSOCKSName is the longest name of a user or a host.
const maxSOCKSName = 255

// longest returns how long a message of a handshake may be.
func (s *socksState) longest() int {
	if s.isGSSAPI {
		return maxHead
	}
	return 2*maxSOCKSName + 16
}

// socksLength returns the length of the SOCKS message that b begins with: 0 if more bytes are
// needed to know it, -1 if there is none.
func (h *half) socksLength(b []byte) int {
	s := &h.conn.socks
	switch {
	case s.done[h.side] || s.version == 0 && h.done > 0:
		return -1
	case s.version == 0 && b[0] == 4:
		switch {
		case len(b) > 1 && b[1] != 1:
			return -1
		case len(b) < 8:
			return 0
		}
		return socks4Length(b)
	case s.version == 0:
		if n := greetingLength(b); n > 0 {
			return n
		}
		return -1
	case s.version == 4:
		return messageLength(b[0] == 0, len(b), 8)
	case !s.greeted[h.side]:
		return messageLength(b[0] == 5, len(b), 2)
	case b[0] == 1 && s.isGSSAPI:
		return gssapiLength(b)
	case b[0] == 1 && h.side != s.client:
		return messageLength(true, len(b), 2)
	case b[0] == 1: // a user, and a password
		if len(b) < 2 || len(b) < 3+int(b[1]) {
			return 0
		}
		return messageLength(true, len(b), 3+int(b[1])+int(b[2+int(b[1])]))
	case len(b) < 5:
		return messageLength(b[0] == 5, 0, 5)
	}
	return messageLength(b[0] == 5 && socksEnd(b) > 0, len(b), socksEnd(b))
}

// greetingLength returns the length of what a client of version 5 begins with, 0 if b does not begin with
// it. A client that does not wait for its proxy goes on with what it says of itself, or asks for.
func greetingLength(b []byte) int {
	if len(b) < 3 || b[0] != 5 || b[1] == 0 || len(b) < 2+int(b[1]) || bytes.ContainsFunc(b[2:2+int(b[1])], isNoSOCKSMethod) {
		return 0
	}
	n := 2 + int(b[1])
	switch next := b[n:]; {
	case len(next) == 0, len(next) > 1 && next[0] == 1, len(next) > 3 && next[0] == 5 && next[1] == 1 && next[2] == 0:
		return n
	}
	return 0
}

// gssapiLength returns the length of a message of RFC 1961: it has a length in its third byte, unless it
// says that its sender has given up.
func gssapiLength(b []byte) int {
	switch {
	case len(b) < 2:
		return 0
	case b[1] == 0xff:
		return 2
	case len(b) < 4:
		return 0
	}
	return messageLength(true, len(b), 4+int(binary.BigEndian.Uint16(b[2:])))
}

// isNoSOCKSMethod reports whether a method of authentication is one that has no meaning (IANA, SOCKS
// Methods).
func isNoSOCKSMethod(method rune) bool { return method > 9 && method < 0x80 }

// messageLength returns a length that is known, if a message is one and there are so many bytes.
func messageLength(is bool, have, size int) int {
	switch {
	case !is:
		return -1
	case have < size:
		return 0
	}
	return size
}

// socks4Length returns the length of a request of version 4: a user follows the address, and the
// name of a host follows the user if the address is 0.0.0.x.
func socks4Length(b []byte) int {
	n, texts := 8, 1
	if string(b[4:7]) == "\x00\x00\x00" && b[7] != 0 {
		texts = 2
	}
	for range texts {
		end := bytes.IndexByte(b[n:], 0)
		switch {
		case end > maxSOCKSName || end < 0 && len(b)-n > maxSOCKSName:
			return -1
		case end < 0:
			return 0
		}
		n += end + 1
	}
	return n
}

// socksEnd returns where a request or an answer of SOCKS 5 ends (RFC 1928 section 4).
func socksEnd(b []byte) int {
	switch b[3] {
	case 1:
		return 10
	case 4:
		return 22
	case 3:
		return 7 + int(b[4])
	}
	return -1
}

// socks rewrites a message of so many bytes, and returns that.
func (r *Redactor) socks(h *half, n int) int {
	s, b := &h.conn.socks, h.buf[:n]
	switch {
	case s.version == 0:
		s.version, s.client = b[0], h.side
		s.greeted[h.side] = true
		if b[0] == 4 {
			h.behind = binary.BigEndian.Uint16(b[2:])
			r.Address(b[4:8])
			copy(b[8:], r.Names.Text(string(b[8:])))
			s.done[h.side] = true
		}
	case s.version == 4:
		r.Address(b[4:8])
		s.done[h.side] = true
	case !s.greeted[h.side]:
		s.greeted[h.side] = true
		s.isGSSAPI = b[1] == 1 // of the proxy, which chooses
	case b[0] == 1 && s.isGSSAPI:
		r.socksGSSAPI(b)
	case b[0] == 1 && h.side == s.client:
		user := b[2 : 2+int(b[1])]
		standin.Put(user, r.Names.Text(string(user)))
		standin.Letters.Fill(b[3+len(user):], 0)
	case b[0] == 1:
	default:
		if h.side == s.client {
			h.behind = binary.BigEndian.Uint16(b[n-2:])
		}
		r.socksAddress(b)
		s.done[h.side] = true
	}
	return n
}

// socksGSSAPI rewrites a message of RFC 1961. Of a kind of protection that is in a byte nothing is secret.
func (r *Redactor) socksGSSAPI(b []byte) {
	const token, protection, head = 1, 2, 4
	switch {
	case len(b) <= head, b[1] == protection && len(b) == head+1:
	case b[1] == token && message.BeginsToken(b[head:]):
		message.SecurityToken(r.Values, b[head:])
	default:
		standin.Letters.Fill(b[head:], 0)
	}
}

// socksAddress rewrites the address of a request or an answer of version 5.
func (r *Redactor) socksAddress(b []byte) {
	switch b[3] {
	case 1:
		r.Address(b[4:8])
	case 4:
		r.Address(b[4:20])
	default:
		standin.Put(b[5:len(b)-2], r.Names.Text(string(b[5:len(b)-2])))
	}
}
