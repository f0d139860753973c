package redact

import "encoding/binary"

// fits reports whether bytes begin with a length, and a message of Kerberos or DNS behind it.
func fits(head int, b []byte) bool {
	switch {
	case len(b) <= head:
		return false
	case head == 2:
		return len(b) >= 14
	}
	n := int(binary.BigEndian.Uint32(b) & 0x7fffffff)
	return n > 0 && n <= maxRecord && (b[4]&0xe0 == 0x60 || len(b) > 8 && b[4] < 0x40)
}

// lengthMessage rewrites a message that follows its length.
func (r *Redactor) lengthMessage(h *half) int {
	b, head := h.buf, h.hasLength()
	if len(b) < head {
		return 0
	}
	n := 0
	if head == 2 {
		n = int(binary.BigEndian.Uint16(b))
	} else {
		n = int(binary.BigEndian.Uint32(b) & 0x7fffffff)
	}
	if n > maxRecord {
		h.state = lost
		r.unknown("messages that are too long", len(b))
		clear(b)
		return len(b)
	}
	if len(b) < head+n {
		h.need = head + n
		return 0
	}
	r.message(h.key.a, h.key.b, b[head:head+n])
	return head + n
}
