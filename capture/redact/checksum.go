package redact

import (
	"encoding/binary"

	"negotrace/capture/decode"
)

// A sumState says what a checksum was.
type sumState uint8

const (
	noSum       sumState = iota // none, or it cannot be checked
	uncheckable                 // it cannot be checked, for the packet is cut: it becomes 0
	rightSum
	partialSum // of the addresses only, as it is on its way into a card that adds the rest
	wrongSum
)

// where the checksum is in a header.
func sumAt(h decode.Header) int {
	switch h {
	case decode.IPv4:
		return 10
	case decode.TCP:
		return 16
	case decode.UDP:
		return 6
	case decode.ICMP, decode.ICMPv6:
		return 2
	}
	return -1
}

// judgeSum finds out what the checksum of a layer is.
func (p *packet) judgeSum(i int) {
	l := &p.layers[i]
	at := sumAt(l.kind)
	if at < 0 || l.end-l.at < at+2 {
		return
	}
	stored := binary.BigEndian.Uint16(p.Data[l.at+at:])
	right, partial, ok := p.computeSum(i)
	switch {
	case stored == 0 && l.kind != decode.IPv4:
	case !ok:
		l.sum = uncheckable
	case stored == right || l.kind == decode.UDP && stored == 0xffff && right == 0:
		l.sum = rightSum
	case stored == partial && l.kind != decode.IPv4:
		l.sum = partialSum
	case stored == 0:
	default:
		l.sum, l.diff = wrongSum, fold(uint32(stored)+uint32(^right))
	}
}

// sums makes the checksums of a packet what they were: right, or wrong in the same way.
func (p *packet) sums() {
	for i := len(p.layers) - 1; i >= 0; i-- {
		l := &p.layers[i]
		if l.sum == noSum {
			continue
		}
		field := p.Data[l.at+sumAt(l.kind):]
		right, partial, _ := p.computeSum(i)
		switch l.sum {
		case rightSum:
			if l.kind == decode.UDP && right == 0 {
				right = 0xffff
			}
			binary.BigEndian.PutUint16(field, right)
		case partialSum:
			binary.BigEndian.PutUint16(field, partial)
		case wrongSum:
			binary.BigEndian.PutUint16(field, fold(uint32(right)+uint32(l.diff)))
		case uncheckable:
			binary.BigEndian.PutUint16(field, 0)
		}
	}
}

// computeSum returns the checksum of a layer, that of its pseudo-header alone, and whether
// all of what they are of is there (RFC 1071).
func (p *packet) computeSum(i int) (right, partial uint16, ok bool) {
	l := &p.layers[i]
	if l.kind == decode.IPv4 {
		size := int(p.Data[l.at]&0xf) * 4
		if l.at+size > l.end {
			return 0, 0, false
		}
		return ^sum(p.Data[l.at:l.at+size], 10, 0), 0, true
	}
	end := l.end
	if l.under < 0 {
		return 0, 0, false
	}
	ip := &p.layers[l.under]
	header := p.Data[ip.at:ip.end]
	var pseudo uint32
	if ip.kind == decode.IPv4 {
		total := int(binary.BigEndian.Uint16(header[2:]))
		if total != len(header) || binary.BigEndian.Uint16(header[6:])&0x3fff != 0 {
			return 0, 0, false
		}
		pseudo = uint32(sum(header[12:20], -1, 0)) + uint32(header[9])
	} else {
		if int(binary.BigEndian.Uint16(header[4:]))+40 != len(header) {
			return 0, 0, false
		}
		pseudo = uint32(sum(header[8:40], -1, 0)) + protocolNumber(l.kind)
	}
	if l.kind == decode.UDP {
		length := int(binary.BigEndian.Uint16(p.Data[l.at+4:]))
		if length < 8 || l.at+length > l.end {
			return 0, 0, false
		}
		end = l.at + length
	}
	if l.kind == decode.ICMP {
		pseudo = 0
	} else {
		pseudo += uint32(end - l.at)
	}
	return ^sum(p.Data[l.at:end], sumAt(l.kind), pseudo), fold(pseudo), true
}

// protocolNumber is the number of a protocol in IP.
func protocolNumber(h decode.Header) uint32 {
	switch h {
	case decode.TCP:
		return 6
	case decode.UDP:
		return 17
	}
	return 58
}

// sum adds up 16-bit words in ones' complement, but for the one at skip.
func sum(b []byte, skip int, start uint32) uint16 {
	total := uint64(start)
	if skip >= 0 && skip+2 <= len(b) {
		total += uint64(^binary.BigEndian.Uint16(b[skip:]))
	}
	for len(b) >= 8 {
		v := binary.BigEndian.Uint64(b)
		total += v>>48 + v>>32&0xffff + v>>16&0xffff + v&0xffff
		b = b[8:]
	}
	for len(b) >= 2 {
		total += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		total += uint64(b[0]) << 8
	}
	for total > 0xffffffff {
		total = total>>32 + total&0xffffffff
	}
	return fold(uint32(total))
}

// fold adds the carries of a sum to it.
func fold(total uint32) uint16 {
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	return uint16(total)
}
