package decode

// Two flows with equal addresses in two tunnels are two flows, so what names the tunnel is part of
// the flow's key: the number of the virtual network (VXLAN, Geneve), or otherwise the two ends of
// the tunnel. Mirrors (ERSPAN) and labels (VLAN, MPLS, PPPoE, the key of GRE) name no network: the
// two directions of one connection often have different numbers there.
//
// Wireshark's tcp.stream uses only the inner addresses and counts such flows as one.

// enterNetwork adds the number of a virtual network to the name of the current tunnel.
func (d *Decoder) enterNetwork(id uint64) {
	d.tunnel = (d.tunnel ^ id) * 0x9e3779b97f4a7c15
}

// enterTunnel names the tunnel by its two ends, which gives the same name in both directions.
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

// EtherTypes that only GRE carries.
const (
	greERSPAN  = 0x88be // types I and II
	greERSPAN3 = 0x22eb
	grePPP     = 0x880b // PPTP, RFC 2637
	greWCCP    = 0x883e // redirection to a web cache
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
	d.visitGRERoutes(flags, b[:min(size, len(b))])
	if len(b) < size {
		if len(b) >= 8 { // the lengths of routes
			d.visit(GRE, b)
		}
		d.shortBehind("GRE", b, len(b))
		return
	}
	d.visit(GRE, b)
	if kind != greERSPAN && kind != greERSPAN3 {
		d.enterTunnel()
	}
	if len(b) == size && (kind == 0 || flags&greVersion == 1) {
		return // a sign of life, or no more than an acknowledgement
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

// greHeaderLen returns the length of a header with these flags.
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

// visitGRERoutes visits the part of a header that holds the addresses of routes: everything after
// the other fields, without the lengths of the routes. The number of the next route, and the
// checksum if there is none, say nothing to anybody else.
func (d *Decoder) visitGRERoutes(flags uint16, header []byte) {
	if flags&greRoutes == 0 {
		return
	}
	if flags&greChecksum == 0 {
		d.visit(Metadata, header[min(4, len(header)):min(6, len(header))])
	}
	d.visit(Metadata, header[min(6, len(header)):min(8, len(header))])
	at := 8
	for _, field := range [...]uint16{greKey, greSequence} {
		if flags&field != 0 {
			at += 4
		}
	}
	for at+4 <= len(header) {
		size := 4 + int(header[at+3])
		d.visit(Metadata, header[at:at+3])
		d.visit(Metadata, header[at+4:min(at+size, len(header))])
		at += size
	}
}

// greProtocol decodes the content of GRE. sequence says that the packets are numbered.
func (d *Decoder) greProtocol(kind uint16, b []byte, sequence bool) {
	switch {
	case kind == greERSPAN:
		d.erspan(b, sequence)
	case kind == greERSPAN3:
		d.erspan3(b)
	case kind == etherTEB, kind == greEoIP:
		d.ethernet(b)
	case kind == etherCMD: // here the type comes first
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

// aruba decodes packets between an access point of Aruba and its controller.
func (d *Decoder) aruba(b []byte) {
	if isEthernet(b) {
		d.ethernet(b)
		return
	}
	d.dot11(b, false)
}

// erspan decodes a mirrored frame of ERSPAN type I, which has no header of its own, or type II,
// which has one of 8 bytes and requires the sequence number of GRE (draft-foschiano-erspan-03
// section 4). Some senders use their GRE protocol number for type III, or send type II without a
// sequence number: the version in the header shows it.
func (d *Decoder) erspan(b []byte, sequence bool) {
	switch {
	case sequence && len(b) < 8:
		d.short("ERSPAN", b)
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
		d.short("ERSPAN", b)
		return
	}
	frame, size := b[10]>>2&0x1f, 12
	if b[11]&1 != 0 { // platform specific subheader
		size += 8
	}
	if len(b) < size {
		d.short("ERSPAN", b)
		return
	}
	if frame == 2 { // IP without a link layer
		d.ip(b[size:])
		return
	}
	d.ethernet(b[size:])
}
