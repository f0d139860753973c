package httpstream

import (
	"encoding/binary"
	"math/bits"
)

// A checksum is what the checksum of a segment shows (RFC 9293 section 3.1).
type checksum uint8

const (
	sumUnknown checksum = iota // it cannot be computed, or the card was to compute it
	sumRight
	sumWrong // whoever the segment was for has dropped it
)

// checksum computes the checksum of a segment. Of the first n bytes of its Payload, an even
// number, addWords has made sum already.
func (s *Segment) checksum(n int, sum uint64) checksum {
	const at = 16
	if len(s.Header) < 20 || s.Missing > 0 {
		return sumUnknown
	}
	pseudo, length := s.pseudoHeader()
	// A system that leaves the work to its card puts the sum of the pseudo header there,
	// with the length or without it, or nothing.
	field := binary.BigEndian.Uint16(s.Header[at:])
	if field == 0 || field == fold(pseudo) || field == fold(pseudo+length) {
		return sumUnknown
	}
	sum = addWords(sum, s.Payload[n:])
	if fold(addSums(addWords(pseudo+length, s.Header), sum)) != 0xffff {
		return sumWrong
	}
	return sumRight
}

// pseudoHeader returns the sum of the pseudo header without the length, and the length.
func (s *Segment) pseudoHeader() (sum, length uint64) {
	const protocol = 6
	length = uint64(len(s.Header) + len(s.Payload))
	if src := s.Src.Addr(); src.Is4() && s.Dst.Addr().Is4() {
		src, dst := src.As4(), s.Dst.Addr().As4()
		return protocol + uint64(binary.BigEndian.Uint32(src[:])) + uint64(binary.BigEndian.Uint32(dst[:])), length
	}
	src, dst := s.Src.Addr().As16(), s.Dst.Addr().As16()
	return addWords(addWords(protocol, src[:]), dst[:]), length
}

// addWords adds the 16-bit words of b, which begins at an even offset, to a sum that fold
// makes a checksum of (RFC 1071).
func addWords(sum uint64, b []byte) uint64 {
	for ; len(b) >= 8; b = b[8:] {
		sum = addSums(sum, binary.BigEndian.Uint64(b))
	}
	if len(b) > 0 {
		var rest [8]byte
		copy(rest[:], b)
		sum = addSums(sum, binary.BigEndian.Uint64(rest[:]))
	}
	return sum
}

// addSums adds two sums, with the carry at the other end.
func addSums(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	return sum + carry
}

// fold makes 16 bits of a sum.
func fold(sum uint64) uint16 {
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16 + sum&0xffff)
}
