package httpstream

import "encoding/binary"

// The kinds of options (IANA, TCP Parameters).
const (
	optionEnd         = 0
	optionNoOperation = 1
	optionSACK        = 5
	optionMultipath   = 30
)

// option returns the first option of a kind, with kind and length (RFC 9293 section 3.1); nil if there is none.
func (s *Segment) option(kind byte) []byte {
	for o := s.Header[min(20, len(s.Header)):]; len(o) >= 2 && o[0] != optionEnd; {
		if o[0] == optionNoOperation {
			o = o[1:]
			continue
		}
		n := int(o[1])
		if n < 2 || n > len(o) {
			return nil
		}
		if o[0] == kind {
			return o[:n]
		}
		o = o[n:]
	}
	return nil
}

// receivedAgain reports whether a segment says that its sender received the byte with the
// number seq a second time: the first block of its SACK option, at or below its
// acknowledgment, covers it (RFC 2883 section 4).
func (s *Segment) receivedAgain(seq uint32) bool {
	o := s.option(optionSACK)
	if len(o) < 10 {
		return false
	}
	left, right := binary.BigEndian.Uint32(o[2:]), binary.BigEndian.Uint32(o[6:])
	return !before(s.Ack, right) && !before(seq, left) && before(seq, right)
}

// joinsMultipath reports whether a SYN adds a path to a connection of Multipath TCP (MP_JOIN, RFC 8684 section
// 3.2), which has the parts of a message on any of its paths.
func (s *Segment) joinsMultipath() bool {
	o := s.option(optionMultipath)
	return len(o) > 2 && o[2]>>4 == 1
}
