package redact

import (
	"encoding/binary"

	"negotrace/capture/decode"
	"negotrace/capture/redact/standin"
)

// A checksumState is the state of a checksum in the original packet.
type checksumState uint8

const (
	checksumNone       checksumState = iota // there is none, or it is left to the network card
	checksumUnverified                      // not all bytes that it covers are there: it becomes 0
	checksumGood
	checksumPartial // of the pseudo-header only: the network card adds the rest
	checksumBad
)

// checksumOffset returns the offset of the checksum in the header of a layer, -1 for none.
func (p *packet) checksumOffset(l *layer) int {
	switch l.kind {
	case decode.GRE:
		const hasChecksum = 0x80
		if l.end > l.at && p.Data[l.at]&hasChecksum != 0 {
			return 4
		}
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

// verifyChecksum sets the checksum state of a layer.
func (p *packet) verifyChecksum(i int) {
	l := &p.layers[i]
	at := p.checksumOffset(l)
	if at < 0 || l.end-l.at < at+2 {
		return
	}
	stored := binary.BigEndian.Uint16(p.Data[l.at+at:])
	right, partial, ok := p.computeChecksum(i)
	switch {
	case stored == 0: // left to the card
	case !ok:
		l.checksum = checksumUnverified
	case stored == right || l.kind == decode.UDP && stored == 0xffff && right == 0:
		l.checksum = checksumGood
	case stored == partial && l.kind != decode.IPv4:
		l.checksum = checksumPartial
	default:
		l.checksum = checksumBad
	}
}

// updateChecksums writes the checksums of a packet anew: good ones are good again, and bad ones
// are wrong by one. By how much they were wrong is not kept: it would confirm guesses of the
// original bytes, of a password for instance.
func (p *packet) updateChecksums() {
	for i := len(p.layers) - 1; i >= 0; i-- {
		l := &p.layers[i]
		if l.checksum == checksumNone {
			continue
		}
		field := p.Data[l.at+p.checksumOffset(l):]
		right, partial, _ := p.computeChecksum(i)
		switch l.checksum {
		case checksumGood:
			if l.kind == decode.UDP && right == 0 {
				right = 0xffff
			}
			binary.BigEndian.PutUint16(field, right)
		case checksumPartial:
			binary.BigEndian.PutUint16(field, partial)
		case checksumBad:
			wrong := standin.Fold(uint32(right) + 1)
			if wrong == partial {
				wrong = standin.Fold(uint32(right) + 2)
			}
			binary.BigEndian.PutUint16(field, wrong)
		case checksumUnverified:
			binary.BigEndian.PutUint16(field, 0)
		}
	}
}

// computeChecksum returns the checksum of a layer, that of its pseudo-header alone, and whether
// all bytes that they cover are there (RFC 1071).
func (p *packet) computeChecksum(i int) (right, partial uint16, ok bool) {
	l := &p.layers[i]
	if l.kind == decode.IPv4 {
		size := int(p.Data[l.at]&0xf) * 4
		if l.at+size > l.end {
			return 0, 0, false
		}
		return ^standin.OnesComplementSum(p.Data[l.at:l.at+size], 10, 0), 0, true
	}
	if l.kind == decode.GRE {
		return ^standin.OnesComplementSum(p.Data[l.at:l.end], 4, 0), 0, true
	}
	end := l.end
	if l.ip < 0 {
		return 0, 0, false
	}
	ip := &p.layers[l.ip]
	header := p.Data[ip.at:ip.end]
	var pseudo uint32
	if ip.kind == decode.IPv4 {
		total := int(binary.BigEndian.Uint16(header[2:]))
		if total != len(header) || binary.BigEndian.Uint16(header[6:])&0x3fff != 0 {
			return 0, 0, false
		}
		pseudo = uint32(standin.OnesComplementSum(header[12:20], -1, 0)) + protocolNumber(l.kind)
	} else {
		if int(binary.BigEndian.Uint16(header[4:]))+40 != len(header) {
			return 0, 0, false
		}
		pseudo = uint32(standin.OnesComplementSum(header[8:40], -1, 0)) + protocolNumber(l.kind)
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
	return ^standin.OnesComplementSum(p.Data[l.at:end], p.checksumOffset(l), pseudo), standin.Fold(pseudo), true
}

// protocolNumber returns the number of a protocol in IP.
func protocolNumber(h decode.Header) uint32 {
	switch h {
	case decode.TCP:
		return 6
	case decode.UDP:
		return 17
	}
	return 58
}
