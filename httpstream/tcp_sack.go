package httpstream

import "encoding/binary"

// receivedAgain reports whether a segment says that its sender received the byte with the
// number seq a second time: the first block of its SACK option, at or below its
// acknowledgment, covers it (RFC 2883 section 4).
func (s *Segment) receivedAgain(seq uint32) bool {
	const endOfList, noOperation, sack = 0, 1, 5
	for o := s.Header[min(20, len(s.Header)):]; len(o) >= 2 && o[0] != endOfList; {
		if o[0] == noOperation {
			o = o[1:]
			continue
		}
		n := int(o[1])
		if n < 2 || n > len(o) {
			return false
		}
		if o[0] == sack && n >= 10 {
			left, right := binary.BigEndian.Uint32(o[2:]), binary.BigEndian.Uint32(o[6:])
			return !before(s.Ack, right) && !before(seq, left) && before(seq, right)
		}
		o = o[n:]
	}
	return false
}
