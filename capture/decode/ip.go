package decode

import (
	"net/netip"
)

// IP protocol numbers.
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIGMP     = 2
	protoIPv4     = 4
	protoTCP      = 6
	protoUDP      = 17
	protoIPv6     = 41
	protoRouting  = 43
	protoFragment = 44
	protoGRE      = 47
	protoESP      = 50
	protoAH       = 51
	protoICMPv6   = 58
	protoNoNext   = 59
	protoDestOpts = 60
	protoEtherIP  = 97
	protoMobility = 135
	protoHIP      = 139
	protoShim6    = 140
	protoPIM      = 103
	protoL2TP     = 115
	protoMPLS     = 137
	protoEthernet = 143 // RFC 8986
)

// ip decodes an IP packet of either version.
func (d *Decoder) ip(b []byte) {
	switch {
	case len(b) == 0:
		d.short("IP", b)
	case b[0]>>4 == 4:
		d.ipv4(b)
	case b[0]>>4 == 6:
		d.ipv6(b)
	default:
		d.breakOff(b, 1)
		d.undecodableNumber("IP version", uint16(b[0]>>4))
	}
}

// ipv4 decodes an IPv4 packet (RFC 791). b reaches to the end of the captured frame.
func (d *Decoder) ipv4(b []byte) {
	if len(b) < 20 {
		d.short("IPv4", b)
		return
	}
	header, total := int(b[0]&0xf)*4, int(be.Uint16(b[2:]))
	if header < 20 || b[0]>>4 != 4 {
		if b[0]>>4 == 6 { // the header around it names the other version
			d.ipv6(b)
			return
		}
		d.breakOff(b, 1)
		d.undecodable("malformed IPv4")
		return
	}
	if len(b) < header {
		d.short("IPv4", b)
		return
	}
	// A packet captured on its way into a card that segments it has no length yet.
	b, missing := d.trim(b, total, total < header)
	d.visit(IPv4, b)
	d.src, d.dst, d.ttl = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20])), b[8]
	if fragment := be.Uint16(b[6:]); fragment&0x3fff != 0 {
		d.fragment(fragmentKey{src: d.src, dst: d.dst, id: uint32(be.Uint16(b[4:])), proto: b[9]},
			int(fragment&0x1fff)*8, fragment&0x2000 != 0, b[header:], missing)
		return
	}
	d.transport(b[9], b[header:], missing)
}

// trim removes what follows an IP packet in its frame (padding, frame check sequence), and returns
// how much of the packet is not in the capture: what is cut behind it does no harm. A packet without a length reaches to the end of
// the frame.
func (d *Decoder) trim(b []byte, total int, noLength bool) ([]byte, int) {
	switch {
	case noLength:
	case total <= len(b):
		b, d.missing, d.cut = b[:total], 0, false
	default:
		d.missing = total - len(b)
	}
	return b, d.missing
}

// ipv6 decodes an IPv6 packet (RFC 8200) and its extension headers.
func (d *Decoder) ipv6(b []byte) {
	if len(b) < 40 {
		d.short("IPv6", b)
		return
	}
	if b[0]>>4 != 6 {
		d.breakOff(b, 1)
		d.undecodable("malformed IPv6")
		return
	}
	// A packet without a length is a jumbogram (RFC 2675), or was captured before segmentation.
	length := int(be.Uint16(b[4:]))
	b, missing := d.trim(b, 40+length, length == 0)
	d.visit(IPv6, b)
	d.src, d.dst, d.ttl = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40])), b[7]
	d.extensions(b[6], b[40:], missing)
}

// extensions reads IPv6 extension headers until the first header that is not one. It reads only
// those with a known layout.
func (d *Decoder) extensions(next uint8, b []byte, missing int) {
	for {
		size := 0
		switch next {
		case protoHopByHop, protoRouting, protoDestOpts, protoMobility, protoHIP, protoShim6:
			if len(b) >= 2 {
				size = (int(b[1]) + 1) * 8
			}
		case protoAH:
			if len(b) >= 2 {
				size = (int(b[1]) + 2) * 4
			}
		case protoFragment:
			if len(b) < 8 {
				d.short("IPv6 fragment", b)
				return
			}
			offset := be.Uint16(b[2:])
			if offset&0xfff9 == 0 { // atomic (RFC 6946): the only fragment
				next, b = b[0], b[8:]
				continue
			}
			d.fragment(fragmentKey{src: d.src, dst: d.dst, id: be.Uint32(b[4:]), proto: b[0], v6: true},
				int(offset&0xfff8), offset&1 != 0, b[8:], missing)
			return
		default:
			d.transport(next, b, missing)
			return
		}
		if size == 0 || len(b) < size {
			d.short("IPv6 extension header", b)
			return
		}
		d.visit(Metadata, b[min(extensionHead(next), size):size])
		next, b = b[0], b[size:]
	}
}

// extensionHead returns the length of the fixed beginning of an extension header. A route, home
// addresses, a signature or options follow; zeros instead of options are padding.
func extensionHead(kind uint8) int {
	switch kind {
	case protoHopByHop, protoDestOpts:
		return 2
	case protoAH:
		return 12
	}
	return 8
}

// transport decodes what IP carries, of which missing bytes are not in the capture.
func (d *Decoder) transport(proto uint8, b []byte, missing int) {
	switch proto {
	case protoTCP:
		d.tcp(b, missing)
	case protoUDP:
		d.udp(b, missing)
	case protoICMP:
		d.visit(ICMP, b)
	case protoICMPv6:
		d.visit(ICMPv6, b)
	case protoIGMP:
		// nothing that could belong to a connection
	case protoNoNext:
		d.noNext(b)
	case protoIPv4, protoIPv6:
		if d.enter() {
			d.enterTunnel()
			d.ip(b)
		}
	case protoGRE:
		d.gre(b)
	case protoMPLS:
		if d.enter() {
			d.mpls(b)
		}
	case protoEtherIP: // RFC 3378
		if len(b) < 2 {
			d.short("EtherIP", b)
		} else if d.enter() {
			d.ethernet(b[2:])
		}
	case protoPIM:
		d.pim(b)
	case protoEthernet:
		d.inTunnel((*Decoder).ethernet, b)
	case protoAH:
		if size := 8; len(b) >= size {
			if size = (int(b[1]) + 2) * 4; len(b) >= size {
				d.visit(Metadata, b[min(extensionHead(protoAH), size):size])
				d.extensions(b[0], b[size:], missing)
				return
			}
		}
		d.short("AH", b)
	case protoL2TP:
		if len(b) < 4 || !d.l2tp3(b[4:]) {
			d.undecodable("L2TP version 3 without Ethernet")
		}
	case protoESP:
		if missing == 0 && d.esp(b) {
			return
		}
		d.breakOff(b, 0)
		d.undecodable("ESP, encrypted by IPsec: record at an end of it")
	default:
		d.breakOff(b, 0)
		d.undecodable(protocolName(proto))
	}
}

// noNext decodes what follows although nothing should: a frame, as ends of SRv6 wrote it before that
// had a number (RFC 8986), or something that no receiver looks at.
func (d *Decoder) noNext(b []byte) {
	switch {
	case isEthernet(b):
		d.inTunnel((*Decoder).ethernet, b)
	case len(b) > 0:
		d.breakOff(b, 0)
		d.undecodable("bytes where no more headers are announced (IP protocol 59)")
	}
}

// pim decodes the packet in a Register message (RFC 7761 section 4.9.3).
func (d *Decoder) pim(b []byte) {
	const register, nothing = 2<<4 | 1, 0x40
	if len(b) > 8 && b[0] == register && b[4]&nothing == 0 && isIP(b[8:]) {
		d.inTunnel((*Decoder).ip, b[8:])
		return
	}
	d.breakOff(b, 0)
	d.undecodable(protocolName(protoPIM))
}

// tcp passes a segment on (RFC 9293).
func (d *Decoder) tcp(b []byte, missing int) {
	if len(b) < 20 {
		d.short("TCP", b)
		return
	}
	header := int(b[12]>>4) * 4
	if header < 20 {
		d.undecodable("malformed TCP")
		return
	}
	if len(b) < header {
		// The options are cut: of the payload only the length is known.
		missing -= header - len(b)
		if missing < 0 {
			d.short("TCP", b)
			return
		}
		header = len(b)
	}
	if missing > 0 {
		d.cut = true
	}
	d.visit(TCP, b)
	e := d.event()
	t := &e.Segment // filled in place: it is large, and there are many
	t.Seq, t.Ack, t.Flags = be.Uint32(b[4:]), be.Uint32(b[8:]), b[13]
	e.Datagram = nil
	t.At = d.at
	t.Src = netip.AddrPortFrom(d.src, be.Uint16(b))
	t.Dst = netip.AddrPortFrom(d.dst, be.Uint16(b[2:]))
	t.Header, t.Payload, t.Missing, t.TTL = b[:header], b[header:], missing, d.ttl
	t.Origin, t.Tunnel, t.PlainCopy = d.origin, d.tunnel, d.opened
}
