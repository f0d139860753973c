package decode

// Two flows of equal addresses in two tunnels are two flows, and what names the tunnel
// is then part of the flow's key: the virtual network's number (VXLAN, Geneve), or else
// the two ends of the tunnel. What only mirrors traffic (ERSPAN) or labels it on its way
// (VLAN, MPLS, PPPoE, the key of GRE) names no network: there the two directions of one
// connection often carry different numbers.
//
// Wireshark's tcp.stream looks at inner addresses only and counts such flows as one.

// enterNetwork makes the number of a virtual network part of the name of the tunnel around
// what follows.
func (d *Decoder) enterNetwork(id uint64) {
	d.tunnel = (d.tunnel ^ id) * 0x9e3779b97f4a7c15
}

// enterTunnel names the tunnel after its two ends, the same in both directions.
func (d *Decoder) enterTunnel() {
	d.enterNetwork(addrSum(d.src.As16()) + addrSum(d.dst.As16()))
}

func addrSum(a [16]byte) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for _, c := range a {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// Protocols that only GRE carries.
const (
	greERSPAN  = 0x88be // types I and II
	greERSPAN3 = 0x22eb
	grePPP     = 0x880b // PPTP, RFC 2637
	greWCCP    = 0x883e // redirected to a web cache
	greAruba   = 0x8200 // up to 0x83f0: 802.11 to and from an access point of Aruba
	greAruba1  = 0x9000 // the same, and Ethernet
)

// gre decodes Generic Routing Encapsulation (RFC 2784, RFC 2890, RFC 2637).
func (d *Decoder) gre(b []byte) {
	if len(b) < 4 {
		d.short("GRE")
		return
	}
	if !d.enter() {
		return
	}
	flags, kind, size := be.Uint16(b), be.Uint16(b[2:]), 4
	if flags&0x4000 != 0 {
		d.undecodable("GRE with source routes")
		return
	}
	if flags&0x8000 != 0 { // checksum
		size += 4
	}
	if flags&0x2000 != 0 { // key
		size += 4
	}
	sequence := flags&0x1000 != 0
	if sequence {
		size += 4
	}
	version := flags & 7
	if version == 1 && flags&0x80 != 0 { // acknowledgement
		size += 4
	}
	if len(b) < size {
		d.short("GRE")
		return
	}
	if kind != greERSPAN && kind != greERSPAN3 {
		d.enterTunnel()
	}
	b = b[size:]
	switch kind {
	case greERSPAN:
		d.erspan(b, sequence)
	case greERSPAN3:
		d.erspan3(b)
	case etherTEB:
		d.ethernet(b)
	case grePPP:
		d.ppp(b)
	case greWCCP:
		if len(b) > 4 && b[0]>>4 != 4 { // version 2 puts four bytes before
			b = b[4:]
		}
		d.ip(b)
	default:
		if kind >= greAruba && kind <= greAruba|0x1f0 || kind == greAruba1 {
			d.aruba(b)
			return
		}
		d.ether(kind, b)
	}
}

// aruba decodes what an access point of Aruba and its controller exchange.
func (d *Decoder) aruba(b []byte) {
	if isEthernet(b) {
		d.ethernet(b)
		return
	}
	d.dot11(b, false)
}

// erspan decodes a mirrored frame of ERSPAN type I, which has no header of its own, or
// II, which has one of 8 bytes and is known by GRE's sequence number
// (draft-foschiano-erspan-03 section 4).
func (d *Decoder) erspan(b []byte, sequence bool) {
	if sequence {
		if len(b) < 8 {
			d.short("ERSPAN")
			return
		}
		b = b[8:]
	}
	d.ethernet(b)
}

// erspan3 decodes a mirrored frame of ERSPAN type III.
func (d *Decoder) erspan3(b []byte) {
	if len(b) < 12 {
		d.short("ERSPAN")
		return
	}
	frame, size := b[10]>>2&0x1f, 12
	if b[11]&1 != 0 { // platform specific subheader
		size += 8
	}
	if len(b) < size {
		d.short("ERSPAN")
		return
	}
	if frame == 2 { // IP, without a link layer
		d.ip(b[size:])
		return
	}
	d.ethernet(b[size:])
}
