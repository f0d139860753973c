package decode

// Tags are between the addresses of a frame and its type. They end with the type of what follows.

// tag decodes what follows a tag.
func (d *Decoder) tag(kind uint16, b []byte) {
	size := 0 // with the type of what follows
	switch kind {
	case etherCMD, etherETag, etherMarvell:
		size = 8
	case etherVNTag, etherHSR, etherRTag, etherBroadcom:
		size = 6
	case etherArista: // a version says how long the time is
		if size = 14; len(b) >= 4 && b[3]&0xf0 == 0x20 {
			size = 12
		}
	case etherMACsec:
		d.macsec(b)
		return
	}
	if d.has("tag", b, size) && d.enter() {
		d.ether(be.Uint16(b[size-2:]), b[size:])
	}
}

// macsec decodes a frame that is signed and not encrypted (IEEE 802.1AE section 9).
func (d *Decoder) macsec(b []byte) {
	const (
		channel   = 0x20
		encrypted = 0x08
		changed   = 0x04
	)
	if !d.has("MACsec", b, 6) {
		return
	}
	size := 6
	if b[0]&channel != 0 {
		size += 8
		if len(b) >= size {
			d.visit(MACAddress, b[6:12])
		}
	}
	switch {
	case b[0]&(encrypted|changed) != 0:
		d.passOver(b[min(size, len(b)):])
		d.undecodable("MACsec, encrypted: record on the machine itself")
	case d.has("MACsec", b, size+2) && d.enter():
		d.ether(be.Uint16(b[size:]), b[size+2:])
	}
}

// bridged decodes a frame inside another frame: of provider backbone bridges (IEEE 802.1ah), TRILL
// (RFC 6325), or FabricPath.
func (d *Decoder) bridged(kind uint16, b []byte) {
	size := 4 // PBB: the number of the service
	switch kind {
	case etherFabricPath:
		size = 2
	case etherTRILL:
		if !d.has("TRILL", b, 6) {
			return
		}
		size = 6 + int(be.Uint16(b)>>6&0x1f)*4
	}
	if d.has("bridge", b, size) && d.enter() {
		d.ethernet(b[size:])
	}
}

// batman decodes the frame in a packet of a mesh, B.A.T.M.A.N. Advanced of version 15 (Linux,
// include/uapi/linux/batadv_packet.h).
func (d *Decoder) batman(b []byte) {
	const version, broadcast, coded, unicast, fragment, unicast4 = 15, 0x01, 0x02, 0x40, 0x41, 0x42
	if !d.has("B.A.T.M.A.N.", b, 2) {
		return
	}
	size := 0
	switch kind := b[0]; {
	case b[1] == version && kind == fragment:
		d.breakOff(b, 2)
		d.undecodable("fragments of B.A.T.M.A.N., which are not put together: record on a bridge or an interface of the mesh's network (bat0)")
		return
	case b[1] != version || kind == coded:
	case kind == broadcast:
		size = 14
	case kind == unicast:
		size = 10
	case kind == unicast4:
		size = 18
	default: // of the mesh itself
		d.passOver(b)
		return
	}
	if size == 0 {
		d.passOver(b)
		d.unknownEther(etherBATMAN, b)
	} else if d.has("B.A.T.M.A.N.", b, size) && d.enter() {
		d.ethernet(b[size:])
	}
}

// Next protocols of a Network Service Header and of VXLAN-GPE (RFC 8300 section 2.2).
const (
	nextIPv4     = 1
	nextIPv6     = 2
	nextEthernet = 3
	nextNSH      = 4
	nextMPLS     = 5
)

// nsh decodes a Network Service Header (RFC 8300).
func (d *Decoder) nsh(b []byte) {
	if !d.has("NSH", b, 8) {
		return
	}
	size := int(b[1]&0x3f) * 4
	if size < 8 {
		d.breakOff(b, 2)
		d.undecodable("malformed NSH")
		return
	}
	if d.has("NSH", b, size) && d.enter() {
		d.visit(Metadata, b[8:size])
		d.nextProtocol(b[3], b[size:])
	}
}

// nextProtocol decodes the next protocol of NSH or VXLAN-GPE.
func (d *Decoder) nextProtocol(next byte, b []byte) {
	switch next {
	case nextIPv4, nextIPv6:
		d.ip(b)
	case nextEthernet:
		d.ethernet(b)
	case nextNSH:
		d.nsh(b)
	case nextMPLS:
		d.mpls(b)
	default:
		d.passOver(b)
		d.undecodableNumber("next protocol of a tunnel", uint16(next))
	}
}
