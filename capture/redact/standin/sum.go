package standin

// OnesComplementSum adds up 16-bit words in ones' complement, except the one at skip.
func OnesComplementSum(b []byte, skip int, start uint32) uint16 {
	total := uint64(start)
	if skip >= 0 && skip+2 <= len(b) {
		total += uint64(^be.Uint16(b[skip:]))
	}
	for len(b) >= 8 {
		n := be.Uint64(b)
		total += n>>48 + n>>32&0xffff + n>>16&0xffff + n&0xffff
		b = b[8:]
	}
	for len(b) >= 2 {
		total += uint64(be.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		total += uint64(b[0]) << 8
	}
	for total > 0xffffffff {
		total = total>>32 + total&0xffffffff
	}
	return Fold(uint32(total))
}

// Fold adds the carries of a sum to it.
func Fold(total uint32) uint16 {
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	return uint16(total)
}
