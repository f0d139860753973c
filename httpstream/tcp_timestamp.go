package httpstream

import "encoding/binary"

// timestamp returns the TSval of a segment whose only option is a timestamp, as current systems
// send it (RFC 7323 appendix A).
func (s *Segment) timestamp() (value uint32, ok bool) {
	const padded = 0x0101080a // two no-operations, kind and length
	if len(s.Header) != 32 || binary.BigEndian.Uint32(s.Header[20:]) != padded {
		return 0, false
	}
	return binary.BigEndian.Uint32(s.Header[24:]), true
}

// isStale reports whether an end drops a segment for its timestamp, which is older than that of the
// last message of this half (RFC 7323 section 5.2).
func (h *half) isStale(s *Segment) bool {
	value, ok := s.timestamp()
	return ok && h.hasTimestamp && before(value, h.timestamp)
}

// noteTimestamp notes the timestamp of a segment with which a message begins.
func (h *half) noteTimestamp(s *Segment) {
	if value, ok := s.timestamp(); ok && (!h.hasTimestamp || before(h.timestamp, value)) {
		h.timestamp, h.hasTimestamp = value, true
	}
}
