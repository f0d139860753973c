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
	greFR      = 0x6559 // frame relay
	greEoIP    = 0x6400 // Ethernet of MikroTik
	greAruba   = 0x8200 // up to 0x83f0: 802.11 to and from an access point of Aruba
	greAruba1  = 0x9000 // the same, and Ethernet
)

// gre decodes Generic Routing Encapsulation (RFC 2784, RFC 2890, RFC 2637).
func (d *Decoder) gre(b []byte) {
	if !d.has("GRE", b, 4) || !d.enter() {
		return
	}
	flags, kind := be.Uint16(b), be.Uint16(b[2:])
	size := greHeaderLen(flags, b)
	if !d.has("GRE", b, size) {
		return
	}
	d.visit(GRE, b)
	d.visitGRERoutes(flags, b[:size])
	if kind != greERSPAN && kind != greERSPAN3 {
		d.enterTunnel()
	}
	d.greProtocol(kind, b[size:], flags&greSequence != 0)
}

// Flags of GRE.
const (
	greChecksum = 0x8000
	greRoutes   = 0x4000
	greKey      = 0x2000
	greSequence = 0x1000
	greAck      = 0x0080 // of version 1
	greVersion  = 0x0007
)

// greHeaderLen is how long a header with such flags is.
func greHeaderLen(flags uint16, b []byte) int {
	size := 4
	for _, fields := range [...]uint16{greChecksum | greRoutes, greKey, greSequence} {
		if flags&fields != 0 {
			size += 4
		}
	}
	if flags&greVersion == 1 && flags&greAck != 0 {
		size += 4
	}
	for more := flags&greRoutes != 0; more; { // source routes, the last one empty (RFC 1701)
		if len(b) < size+4 {
			return size + 4
		}
		length := int(b[size+3])
		more = length > 0
		size += 4 + length
	}
	return size
}

// visitGRERoutes visits what of a header holds addresses on the way: all behind the other fields,
// but for the lengths of the routes.
func (d *Decoder) visitGRERoutes(flags uint16, header []byte) {
	at := 8
	for _, field := range [...]uint16{greKey, greSequence} {
		if flags&field != 0 {
			at += 4
		}
	}
	for flags&greRoutes != 0 && at+4 <= len(header) {
		size := 4 + int(header[at+3])
		d.visit(Metadata, header[at+4:min(at+size, len(header))])
		at += size
	}
}

// greProtocol decodes what is in GRE. sequence says that packets are numbered.
func (d *Decoder) greProtocol(kind uint16, b []byte, sequence bool) {
	switch {
	case kind == greERSPAN:
		d.erspan(b, sequence)
	case kind == greERSPAN3:
		d.erspan3(b)
	case kind == etherTEB, kind == greEoIP:
		d.ethernet(b)
	case kind == etherCMD: // here the type stands in front
		if d.has("tag", b, 8) {
			d.ether(be.Uint16(b), b[8:])
		}
	case kind == grePPP:
		d.ppp(b)
	case kind == greFR:
		d.frameRelay(b)
	case kind == greWCCP:
		if len(b) > 4 && b[0]>>4 != 4 && !isIP(b) { // version 2 puts four bytes before
			b = b[4:]
		}
		d.ip(b)
	case kind >= greAruba && kind <= greAruba|0x1f0, kind == greAruba1:
		d.aruba(b)
	default:
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
// (draft-foschiano-erspan-03 section 4). Some send type III under the number of these, or type
// II without a sequence number: the header's version says so.
func (d *Decoder) erspan(b []byte, sequence bool) {
	switch {
	case sequence && len(b) < 8:
		d.short("ERSPAN")
		return
	case sequence && b[0]>>4 == 2:
		d.erspan3(b)
		return
	case sequence, len(b) >= 8 && b[0]>>4 == 1 && !isEthernet(b) && isEthernet(b[8:]):
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
