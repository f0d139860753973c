package decode

// mpls removes a label stack (RFC 3032). What follows does not say what it is: a first nibble of 4
// or 6 is IP, and 0 the control word of Ethernet over MPLS (RFC 4385), which is optional. An
// Ethernet frame may begin with any of them.
func (d *Decoder) mpls(b []byte) {
	for bottom := false; !bottom; b = b[4:] {
		if !d.has("MPLS", b, 4) {
			return
		}
		d.visit(MPLS, b)
		bottom = b[2]&1 != 0
	}
	if !d.has("MPLS", b, 1) {
		return
	}
	version := b[0] >> 4
	switch {
	case version == 0 && isEthernet(b[min(4, len(b)):]):
		d.ethernetInMPLS(b[4:])
	case isEthernet(b) && !((version == 4 || version == 6) && isIP(b)):
		d.ethernetInMPLS(b)
	case version == 4 || version == 6:
		d.ip(b)
	case version == 0 && len(b) >= 4:
		d.pseudowire(b[4:])
	case version == 1 && len(b) >= 4:
		d.associatedChannel(b)
	default:
		d.breakOff(b, 1)
		d.undecodable("MPLS payload")
	}
}

// pseudowire decodes what follows a control word, if it is no Ethernet frame with a known type: an
// IP packet on a line of PPP (RFC 4618), Cisco HDLC or frame relay (RFC 4619), or Ethernet.
func (d *Decoder) pseudowire(b []byte) {
	switch {
	case len(b) > 4 && isCHDLC(b) && isIP(b[4:]):
		d.chdlc(b)
	case len(b) > 2 && b[0] == 0 && isIP(b[2:]):
		d.ppp(b)
	case len(b) > 2 && b[0] == 0x03 && isIP(b[2:]): // the address stays outside
		d.ip(b[2:])
	default:
		d.ethernetInMPLS(b)
	}
}

// associatedChannel decodes a packet that goes beside those of a line (RFC 4385 section 5, RFC 5586):
// mostly it is about the line itself.
func (d *Decoder) associatedChannel(b []byte) {
	const ipv4, ipv6 = 0x0021, 0x0057
	switch kind := be.Uint16(b[2:]); kind {
	case ipv4, ipv6:
		d.ip(b[4:])
	default:
		d.breakOff(b, 4)
		d.undecodableNumber("messages about a line over MPLS, in associated channel", kind)
	}
}

func (d *Decoder) ethernetInMPLS(b []byte) {
	if d.enter() {
		d.ethernet(b)
	}
}

// isIP reports whether an IP packet may begin here, although nothing says so: its lengths fit the
// bytes that are there, and its protocol is known.
func isIP(b []byte) bool {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		header, total := int(b[0]&0xf)*4, int(be.Uint16(b[2:]))
		return header >= 20 && total >= header && knownTransport(b[9]) && checksumFits(b, header)
	case len(b) >= 40 && b[0]>>4 == 6:
		return knownTransport(b[6]) && b[0] == 0x60 && b[7] != 0
	}
	return false
}

func knownTransport(protocol byte) bool {
	switch protocol {
	case protoHopByHop, protoICMP, protoTCP, protoUDP, protoFragment, protoICMPv6, protoDestOpts, protoGRE, protoESP:
		return true
	}
	return false
}

// checksumFits reports whether the checksum of an IPv4 header is right, or was left to the network
// adapter.
func checksumFits(b []byte, header int) bool {
	if be.Uint16(b[10:]) == 0 || len(b) < header {
		return true
	}
	var sum uint32
	for i := 0; i < header; i += 2 {
		sum += uint32(be.Uint16(b[i:]))
	}
	sum = sum>>16 + sum&0xffff
	return uint16(sum+sum>>16) == 0xffff
}
