package redact

import (
	"encoding/binary"

	"negotrace/capture/redact/message"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// lengthPrefix returns the size of the length that precedes each message on this connection; 0 if
// there is none.
func (c *conn) lengthPrefix() int {
	switch {
	case httpstream.IsKerberos(c.behind):
		return 4
	case c.behind != 0 || c.tunnels > 0:
		return 0
	}
	for _, port := range []uint16{c.key.a.Port(), c.key.b.Port()} {
		switch {
		case port == httpstream.PortDNS:
			return 2
		case httpstream.IsKerberos(port):
			return 4
		}
	}
	return 0
}

// isLengthPrefixed reports whether b begins with a length of head bytes and a message of Kerberos
// or DNS.
func isLengthPrefixed(head int, b []byte) bool {
	switch {
	case len(b) <= head:
		return false
	case head == 2:
		return len(b) >= 14
	}
	n := int(binary.BigEndian.Uint32(b) & 0x7fffffff)
	return n > 0 && n <= maxKerberosMessage && (b[4]&0xe0 == 0x60 || len(b) > 8 && b[4] < 0x40)
}

// lengthPrefixed rewrites a message that follows its length.
func (r *Redactor) lengthPrefixed(h *half) int {
	b, head := h.buf, h.lengthPrefix()
	if len(b) < head {
		return 0
	}
	n := 0
	if head == 2 {
		n = int(binary.BigEndian.Uint16(b))
	} else {
		n = int(binary.BigEndian.Uint32(b) & 0x7fffffff)
	}
	if n > maxKerberosMessage {
		h.state = resync
		r.Unknown("messages that are too long", len(b))
		h.unreadFiller().Fill(b, h.done)
		return len(b)
	}
	if len(b) < head+n {
		h.need = head + n
		return 0
	}
	r.prefixedMessage(h, b[head:head+n])
	return head + n
}

// prefixedMessage rewrites a message, of which the end may be missing.
func (r *Redactor) prefixedMessage(h *half, m []byte) {
	switch {
	case h.behind == 0:
		message.DNSOrKerberos(r.Values, h.key.a, h.key.b, m)
	case h.behind == httpstream.PortKpasswd && tokens.IsKpasswd(m):
		message.Kerberos(r.Values, r.Mask.Kpasswd, m)
	default:
		message.Kerberos(r.Values, r.Mask.KDC, m)
	}
}

// cutPrefixed rewrites what there is of a message of Kerberos, and returns how many of its bytes are missing.
func (r *Redactor) cutPrefixed(h *half) (missing int) {
	const head = 4
	b := h.buf
	if h.lengthPrefix() != head || !isLengthPrefixed(head, b) {
		r.Unknown("incomplete messages", len(b))
		clear(b)
		return 0
	}
	r.prefixedMessage(h, b[head:])
	return head + int(binary.BigEndian.Uint32(b)&0x7fffffff) - len(b)
}
