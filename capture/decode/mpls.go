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
