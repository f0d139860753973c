package decode

import "negotrace/capture/pcap"

// Headers that capture programs put before a packet.

// pktap decodes a packet of macOS: the program that sent it, and its link type.
func (d *Decoder) pktap(link pcap.LinkType, b []byte) {
	const (
		header  = 108 // of the first version
		aPacket = 1
	)
	if len(b) < 12 || link == linkUser2 && le.Uint32(b) < header {
		d.unknownLink(link, b)
		return
	}
	size := le.Uint32(b)
	if size < 12 || uint64(size) > uint64(len(b)) {
		d.short("PKTAP", b)
		return
	}
	if le.Uint32(b[4:]) != aPacket {
		d.undecodable("record of PKTAP that is no packet")
		return
	}
	if d.enter() {
		d.visit(Metadata, b[12:size])
		d.link(linkTypeOf(le.Uint32(b[8:])), b[size:])
	}
}

// nflog decodes a packet of the Linux firewall: attributes, one of which is the packet. Their
// lengths are in the byte order of the host.
func (d *Decoder) nflog(b []byte) {
	const (
		payload    = 9
		attributes = 4
	)
	if !d.has("NFLOG", b, attributes+4) {
		return
	}
	order := le.Uint16
	if first := int(le.Uint16(b[attributes:])); first < 4 || first > len(b)-attributes+d.missing {
		order = be.Uint16
	}
	for b = b[attributes:]; len(b) >= 4; {
		size, kind := int(order(b)), order(b[2:])
		if size < 4 {
			break
		}
		if kind&0x7fff == payload {
			d.ip(b[4:min(size, len(b))])
			return
		}
		d.visit(Metadata, b[4:min(size, len(b))])
		b = b[min((size+3)&^3, len(b)):]
	}
	d.undecodable("NFLOG without a packet")
}

// juniper decodes a packet of a Juniper router: a mark, flags, perhaps extensions, and a frame or,
// if the flags say so, only what it carried.
func (d *Decoder) juniper(link pcap.LinkType, b []byte) {
	const (
		noFrame    = 0x02
		extensions = 0x80
	)
	if !d.has("Juniper", b, 6) {
		return
	}
	if string(b[:3]) != "MGC" {
		d.undecodable("malformed Juniper")
		return
	}
	flags, size := b[3], 4
	if flags&extensions != 0 {
		size = 6 + int(be.Uint16(b[4:]))
	}
	if flags&noFrame != 0 {
		size += 4 // the number of a protocol
	}
	if !d.has("Juniper", b, size) {
		return
	}
	if flags&extensions != 0 {
		d.visit(Metadata, b[6:6+int(be.Uint16(b[4:]))])
	}
	b = b[size:]
	switch {
	case flags&noFrame != 0:
		d.ip(b)
	case link == linkJuniperEth:
		d.ethernet(b)
	case link == linkJuniperPPP:
		d.ppp(b)
	case link == linkJuniperFR:
		d.frameRelay(b)
	default:
		d.chdlc(b)
	}
}

// pflog decodes a packet that OpenBSD's firewall logged: a header with its own length, padding,
// and the packet.
func (d *Decoder) pflog(b []byte) {
	if !d.has("pflog", b, 1) {
		return
	}
	if size := (int(b[0]) + 3) &^ 3; d.has("pflog", b, size) {
		d.visit(Metadata, b[min(4, size):size])
		d.ip(b[size:])
	}
}

// erf decodes a record of an Endace card: a header, extensions of 8 bytes each, and a frame of the
// kind in the header.
func (d *Decoder) erf(b []byte) {
	const (
		more = 0x80 // extensions follow
		meta = 27
		pad  = 48
	)
	if !d.has("ERF", b, 16) {
		return
	}
	size := 16
	for at := 8; b[at]&more != 0; at = size - 8 {
		if size += 8; !d.has("ERF", b, size) {
			return
		}
		d.visit(Metadata, b[size-7:size])
	}
	rest := b[size:]
	switch kind := b[8] &^ more; kind {
	case 2, 11, 16, 20: // Ethernet, after 2 bytes
		if d.has("ERF", rest, 2) {
			d.ethernet(rest[2:])
		}
	case 1, 10, 15, 19: // serial lines
		if len(rest) > 0 && rest[0] == 0xff {
			d.ppp(rest)
		} else {
			d.chdlc(rest)
		}
	case 22, 23:
		d.ip(rest)
	case meta, pad:
		d.undecodable("record of ERF that is no packet")
	default:
		d.undecodableNumber("ERF type", uint16(kind))
	}
}
