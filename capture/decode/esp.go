package decode

import "encoding/binary"

const espHeader = 8

// espSums are the lengths of the vector at the beginning of ESP and of the check value at its end:
// for SHA-1, SHA-2 and AES-CMAC (RFC 2404, RFC 4868, RFC 4494), and AES-GMAC (RFC 4543).
var espSums = [...]struct{ vector, sum int }{{0, 12}, {0, 16}, {8, 16}, {0, 24}, {0, 32}}

// esp decodes ESP (RFC 4303) whose packets are signed and not encrypted (RFC 2410), which is the
// default of the connection security rules of Windows. Nothing in a packet says so, but what is
// inside shows it (RFC 5879): its padding, lengths and checksums are all right. It reports whether
// that is so.
func (d *Decoder) esp(b []byte) bool {
	for _, k := range espSums {
		end := len(b) - k.sum
		begin := espHeader + k.vector
		if end-2 < begin || end%4 != 0 {
			continue
		}
		padding, next := int(b[end-2]), b[end-1]
		if end-2-padding < begin || !isESPPadding(b[end-2-padding:end-2]) {
			continue
		}
		inside := b[begin : end-2-padding]
		if !d.isSound(next, inside) {
			continue
		}
		d.visit(Metadata, b[espHeader:begin])
		d.visit(Trailer, b[end-2-padding:end])
		if d.enter() {
			d.transport(next, inside, 0)
		}
		return true
	}
	return false
}

// isESPPadding reports whether b counts up from 1 (RFC 4303 section 2.4).
func isESPPadding(b []byte) bool {
	for i, c := range b {
		if int(c) != i+1 {
			return false
		}
	}
	return true
}

// isSound reports whether b is valid for a protocol number, by its length and checksum.
func (d *Decoder) isSound(proto uint8, b []byte) bool {
	switch {
	case proto == protoIPv4 && len(b) >= 20:
		header := int(b[0]&0xf) * 4
		return b[0]>>4 == 4 && header >= 20 && header <= len(b) && int(be.Uint16(b[2:])) == len(b) && sum16(0, b[:header]) == 0xffff
	case proto == protoGRE && len(b) >= 4 && be.Uint16(b)&^(greKey|greSequence|greChecksum) == 0:
		inside := b[min(greHeaderLen(be.Uint16(b), b), len(b)):]
		return be.Uint16(b[2:]) == etherIPv4 && d.isSound(protoIPv4, inside) || be.Uint16(b[2:]) == etherIPv6 && d.isSound(protoIPv6, inside)
	case proto == protoIPv6 && len(b) >= 40:
		return b[0]>>4 == 6 && int(be.Uint16(b[4:])) == len(b)-40
	case proto == protoTCP && len(b) >= 20, proto == protoUDP && len(b) >= 8 && be.Uint16(b[6:]) != 0:
		pseudo := append(d.src.AsSlice(), d.dst.AsSlice()...)
		return sum16(sum16(uint32(proto)+uint32(len(b)), pseudo), b) == 0xffff
	}
	return false
}

// sum16 adds the words of b to a sum, like the checksums of IP (RFC 1071).
func sum16(sum uint32, b []byte) uint32 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) > 0 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return sum
}
