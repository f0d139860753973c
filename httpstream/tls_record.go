package httpstream

import "encoding/binary"

// gather adds to a record that came in pieces, and returns how much of b it took.
func (t *tlsReader) gather(from Side, at *Pos, b []byte) int {
	h := &t.half[from]
	if h.have < recordHeaderLen {
		n := copy(h.header[h.have:], b)
		h.have += n
		if h.have < recordHeaderLen {
			return n
		}
		size := recordLen(h.header[:])
		if size == 0 {
			t.badHeader(from, at)
			return n
		}
		page := t.page(size)
		if t.closed { // for what it holds
			t.release(page)
			return n
		}
		h.record = page
		copy(h.record, h.header[:])
		return n
	}
	n := copy(h.record[h.have:], b)
	h.have += n
	if h.have == len(h.record) {
		record := h.record
		h.record, h.have = nil, 0
		t.takeRecord(from, at, record)
		t.release(record)
	}
	return n
}

// recordLen returns the length of the record that begins with b, header included; 0
// if none does. b is at least a header long.
func recordLen(b []byte) int {
	n := int(binary.BigEndian.Uint16(b[3:]))
	if b[0] < recordChangeCipherSpec || b[0] > recordHeartbeat || b[1] != 3 || b[2] > 4 || n > maxRecord12 {
		return 0
	}
	return recordHeaderLen + n
}

// page returns a buffer for a record, which release takes back. It counts as held.
func (t *tlsReader) page(size int) []byte {
	page := t.shared.tlsShared.pages.take(size)
	t.hold(cap(page))
	return page
}

func (t *tlsReader) release(page []byte) {
	t.hold(-cap(page))
	t.shared.tlsShared.pages.put(page)
}

// hold counts n more bytes as held, and gives the connection up where that is too much.
func (t *tlsReader) hold(n int) {
	t.shared.held += int64(n)
	if n > 0 && t.shared.held > maxHeld && !t.closed {
		t.shared.drop(heldDropped)
		t.close(obstacleHeld)
	}
}
