package decode

// The UDP ports of tunnels.
const (
	portL2TP     = 1701
	portGTPU     = 2152
	portAMT      = 2268
	portGTP0     = 3386
	portTeredo   = 3544
	portESP      = 4500 // RFC 3948
	portLISP     = 4341
	portGRE      = 4754 // RFC 8086
	portVXLAN    = 4789
	portGPE      = 4790 // VXLAN with other protocols than Ethernet
	portPeek     = 5000 // access points that listen for Omnipeek
	portCAPWAP   = 5247
	portGUE      = 6080
	portGeneve   = 6081
	portArubaERM = 5555  // an access point mirrors what it hears
	portMPLS     = 6635  // RFC 7510
	portVXLANOld = 8472  // used by Linux before one was registered
	portJuniper  = 30030 // a router mirrors the traffic of a subscriber
	portTZSP     = 37008
	portVXLANACI = 48879 // Cisco ACI
)

// udpTunnel decodes a datagram that is a tunnel, and reports whether it is one. Most tunnels have
// a known destination port. Those that also answer from it are found by either port.
func (d *Decoder) udpTunnel(src, dst uint16, b []byte) bool {
	switch {
	case isVXLAN(b) && (dst == portVXLAN || dst == portVXLANOld || dst == portVXLANACI || isVXLANAnywhere(b)):
		d.vxlan(b)
	case isGeneve(b) && (dst == portGeneve || isGeneveAnywhere(b)):
		d.geneve(b)
	case dst == portGPE && len(b) >= 8 && b[0]&vxlanNext != 0:
		d.vxlanGPE(b)
	case dst == portMPLS && len(b) >= 4:
		d.inTunnel((*Decoder).mpls, b)
	case dst == portGRE && len(b) >= 4:
		d.gre(b)
	case dst == portLISP && len(b) > 8 && isIP(b[8:]):
		d.visit(Metadata, b[1:8])
		d.inTunnel((*Decoder).ip, b[8:])
	case dst == portArubaERM && len(b) > 40 && int(be.Uint32(b[8:])) == len(b)-16: // as a record of pcap
		d.inTunnel((*Decoder).heard, b[16:])
	case dst == portGUE && len(b) >= 4:
		return d.gue(b)
	case dst == portTZSP || src == portTZSP:
		return d.tzsp(b)
	case dst == portPeek || src == portPeek:
		return d.peek(b)
	case dst == portAMT && isMulticastData(b): // RFC 7450
		d.inTunnel((*Decoder).ip, b[2:])
	case dst == portJuniper && len(b) > 8 && isIP(b[8:]): // two numbers of what is mirrored, and a packet
		d.visit(Metadata, b[:8])
		d.inTunnel((*Decoder).ip, b[8:])
	case dst == portGTPU || src == portGTPU:
		return d.gtpu(b)
	case dst == portGTP0 || src == portGTP0:
		return d.gtp0(b)
	case dst == portL2TP || src == portL2TP:
		return d.l2tp(b)
	case dst == portCAPWAP || src == portCAPWAP:
		return d.capwap(b)
	case dst == portTeredo || src == portTeredo:
		return d.teredo(b)
	case dst == portESP || src == portESP:
		return d.esp(b)
	default:
		return d.foo(b)
	}
	return true
}

// isMulticastData reports whether a datagram of AMT has a packet (RFC 7450 section 5.1.6).
func isMulticastData(b []byte) bool { return len(b) > 2 && b[0] == 6 && isIP(b[2:]) }

// inTunnel decodes the content of a tunnel between two ends.
func (d *Decoder) inTunnel(decode func(*Decoder, []byte), b []byte) {
	if d.enter() {
		d.enterTunnel()
		decode(d, b)
	}
}

// isVXLAN reports whether a datagram may be VXLAN (RFC 7348 section 5). Reserved bits are
// ignored.
func isVXLAN(b []byte) bool { return len(b) >= 8 && b[0]&0x08 != 0 }

// isVXLANAnywhere reports whether a datagram is VXLAN, on any port.
func isVXLANAnywhere(b []byte) bool {
	return b[0] == 0x08 && b[1]|b[2]|b[3]|b[7] == 0 && isEthernet(b[8:])
}

// vxlan decodes a frame. If there is none, it decodes the protocol that the header names, although
// the flag for that is reserved here.
func (d *Decoder) vxlan(b []byte) {
	if b[0]&vxlanNext != 0 && !isEthernet(b[8:]) && isIP(b[8:]) {
		d.vxlanGPE(b)
		return
	}
	if d.enter() {
		d.visit(Metadata, b[1:4]) // the group of the sender, where there is one
		d.visit(Metadata, b[7:8])
		d.enterNetwork(uint64(be.Uint32(b[4:]) >> 8))
		d.ethernet(b[8:])
	}
}

// vxlanNext is the flag that says that the header names the next protocol.
const vxlanNext = 0x04

// vxlanGPE decodes VXLAN whose header names the next protocol (draft-ietf-nvo3-vxlan-gpe).
func (d *Decoder) vxlanGPE(b []byte) {
	if d.enter() {
		d.visit(Metadata, b[1:3])
		d.visit(Metadata, b[7:8])
		d.enterNetwork(uint64(be.Uint32(b[4:]) >> 8))
		d.nextProtocol(b[3], b[8:])
	}
}

// isGeneve reports whether a datagram may be Geneve (RFC 8926 section 3).
func isGeneve(b []byte) bool {
	return len(b) >= 8 && b[0]>>6 == 0 && len(b) >= 8+int(b[0]&0x3f)*4
}

// isGeneveAnywhere reports whether a datagram is Geneve, on any port.
func isGeneveAnywhere(b []byte) bool {
	return be.Uint16(b[2:]) == etherTEB && b[1]&0x3f|b[7] == 0 && isEthernet(b[8+int(b[0]&0x3f)*4:])
}

func (d *Decoder) geneve(b []byte) {
	if d.enter() {
		d.enterNetwork(uint64(be.Uint32(b[4:]) >> 8))
		size := 8 + int(b[0]&0x3f)*4
		if b[1]&0x3f != 0 { // flags that nobody has defined
			d.visit(Metadata, b[1:2])
		}
		d.visit(Metadata, b[7:size])
		d.ether(be.Uint16(b[2:]), b[size:])
	}
}

// gue decodes Generic UDP Encapsulation (draft-ietf-intarea-gue), and reports whether the
// datagram is that: version 0 has a header, version 1 is an IP packet itself.
func (d *Decoder) gue(b []byte) bool {
	if b[0]>>6 == 1 {
		return d.foo(b)
	}
	size := 4 + int(b[0]&0x1f)*4
	if b[0]>>5 != 0 || len(b) < size { // another version, or a control message
		return false
	}
	if d.enter() {
		d.enterTunnel()
		d.visit(Metadata, b[4:size])
		d.transport(b[1], b[size:], d.missing)
	}
	return true
}

// foo decodes a datagram on any port whose whole content is an IP packet (foo-over-UDP of
// Linux), and reports whether it is one.
func (d *Decoder) foo(b []byte) bool {
	if len(b) < 20 || b[0]&0xef != 0x45 && b[0] != 0x60 || !isIP(b) {
		return false
	}
	if total := int(be.Uint16(b[2:])); b[0]>>4 == 4 && total != len(b) {
		return false
	}
	if length := int(be.Uint16(b[4:])); b[0]>>4 == 6 && 40+length != len(b) {
		return false
	}
	d.inTunnel((*Decoder).ip, b)
	return true
}

// teredo decodes IPv6 in UDP (RFC 4380 section 5.1.1), after an optional authentication and an
// optional origin, and reports whether the datagram is that.
func (d *Decoder) teredo(b []byte) bool {
	if len(b) >= 13 && b[0] == 0 && b[1] == 1 {
		size := min(13+int(b[2])+int(b[3]), len(b))
		d.visit(Metadata, b[4:size])
		b = b[size:]
	}
	if len(b) >= 8 && b[0] == 0 && b[1] == 0 {
		d.visit(Metadata, b[2:8]) // an address, inverted
		b = b[8:]
	}
	if len(b) < 40 || b[0]>>4 != 6 || d.missing == 0 && 40+int(be.Uint16(b[4:])) != len(b) {
		return false
	}
	d.inTunnel((*Decoder).ip, b)
	return true
}
