package decode

import "negotrace/capture/pcap"

// serial decodes the frames of serial lines.
func (d *Decoder) serial(link pcap.LinkType, b []byte) {
	switch link {
	case linkPPP:
		d.ppp(b)
	case linkPPPHDLC:
		if len(b) >= 4 && isCHDLC(b) {
			d.chdlc(b)
		} else {
			d.ppp(b)
		}
	case linkPPPoE:
		d.pppoe(b)
	case linkCHDLC:
		d.chdlc(b)
	case linkFrameRelay:
		d.frameRelay(b)
	case linkPPPWithDir:
		d.ppp(withoutDirection(b))
	case linkHDLCWithDir:
		d.chdlc(withoutDirection(b))
	case linkFRWithDir:
		d.frameRelay(withoutDirection(b))
	default:
		d.unknownLink(link, b)
	}
}

// withoutDirection removes the byte that says whether a frame was sent or received.
func withoutDirection(b []byte) []byte { return b[min(1, len(b)):] }

// isCHDLC reports whether a frame begins with an address of Cisco HDLC, which PPP does not use.
func isCHDLC(b []byte) bool { return (b[0] == 0x0f || b[0] == 0x8f) && b[1] == 0 }

// chdlc decodes a frame of Cisco HDLC: an address, and the EtherType of what follows.
func (d *Decoder) chdlc(b []byte) {
	if d.has("Cisco HDLC", b, 4) {
		d.ether(be.Uint16(b[2:]), b[4:])
	}
}

// Network layer protocol identifiers of frame relay (RFC 2427).
const (
	nlpidSNAP = 0x80
	nlpidCLNP = 0x81 // of OSI, as ES-IS and IS-IS
	nlpidISIS = 0x83
	nlpidIPv6 = 0x8e
	nlpidIPv4 = 0xcc
	nlpidPPP  = 0xcf // RFC 1973
)

// frameRelay decodes a frame of Q.922: an address, whose last byte is odd, and then the form of
// RFC 2427, or that of Cisco with an EtherType.
func (d *Decoder) frameRelay(b []byte) {
	size := 1
	for size < 4 && size < len(b) && b[size-1]&1 == 0 {
		size++
	}
	if !d.has("frame relay", b, size+2) {
		return
	}
	if b = b[size:]; b[0] != 0x03 {
		d.ether(be.Uint16(b), b[2:])
		return
	}
	if b = b[1:]; b[0] == 0 && len(b) > 1 { // padding
		b = b[1:]
	}
	switch b[0] {
	case nlpidIPv4, nlpidIPv6:
		d.ip(b[1:])
	case nlpidPPP:
		d.ppp(b[1:])
	case nlpidSNAP:
		d.snap(b[1:])
	default:
		d.breakOff(b, 1)
		d.undecodableNumber("NLPID", uint16(b[0]))
	}
}

// Protocol numbers of PPP.
const (
	pppBridged   = 0x31 // RFC 3518
	pppMultilink = 0x3d // RFC 1990
)

// pppMultilink decodes a packet that was sent as a whole over one of several lines. Its sequence
// number has 24 bits, or 12.
func (d *Decoder) pppMultilink(b []byte) {
	const whole = 0xc0
	switch {
	case !d.has("multilink PPP", b, 6):
	case b[0]&whole != whole:
		d.breakOff(b, 1)
		d.undecodable("fragment of multilink PPP")
	case b[0]&0x3f == 0: // the long number, with unused bits clear
		d.ppp(b[4:])
	default:
		d.ppp(b[2:])
	}
}

// ppp decodes a PPP frame (RFC 1661, RFC 1662), with or without address and control.
func (d *Decoder) ppp(b []byte) {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b = b[2:]
	}
	if len(b) < 2 {
		d.short("PPP", b)
		return
	}
	kind := uint16(b[0])
	if kind&1 != 0 { // compressed to one byte
		b = b[1:]
	} else {
		kind, b = be.Uint16(b), b[2:]
	}
	switch kind {
	case 0x21:
		d.ipv4(b)
	case 0x57:
		d.ipv6(b)
	case 0x281:
		d.mpls(b)
	case pppMultilink:
		d.pppMultilink(b)
	case pppBridged: // flags, and 1 for Ethernet
		if d.has("bridged PPP", b, 2) && d.enter() {
			d.ethernet(b[2:])
		}
	case 0xfd, 0x2d, 0x2f: // of all, or of the headers of TCP (RFC 1144)
		d.passOver(b)
		d.undecodable("PPP, compressed: switch compression off")
	default:
		d.passOver(b)
		if !isPPPControl(kind) {
			d.undecodableNumber("PPP protocol", kind)
		}
	}
}

// isPPPControl reports whether a protocol of PPP sets up a line or a network on it (IANA).
func isPPPControl(kind uint16) bool {
	switch kind >> 8 {
	case 0x80, 0x81, 0x82, 0xc0, 0xc2, 0xc3, 0xc4:
		return true
	}
	return false
}

// pppoe decodes a PPPoE session frame (RFC 2516).
func (d *Decoder) pppoe(b []byte) {
	if !d.has("PPPoE", b, 8) {
		return
	}
	switch b[1] {
	case 0:
		d.ppp(b[6:])
	case 0x07, 0x09, 0x19, 0x65, 0xa7:
		// discovery
	default:
		d.breakOff(b, 2)
		d.undecodable("malformed PPPoE")
	}
}
