package decode

// tokenRing decodes a frame of IEEE 802.5: access and frame control, two addresses, a route if the
// first bit of the source address says so, and LLC.
func (d *Decoder) tokenRing(b []byte) {
	if !d.has("Token Ring", b, 16) {
		return
	}
	size := 14
	if b[8]&0x80 != 0 {
		size += int(b[14] & 0x1f)
	}
	d.visit(TokenRing, b)
	if b[1]>>6 == 1 && d.has("Token Ring", b, size) { // others manage the ring
		d.llc(b[size:])
	}
}

// docsis decodes a frame of a cable network with a packet in it.
func (d *Decoder) docsis(b []byte) {
	if !d.has("DOCSIS", b, 6) {
		return
	}
	size := 6
	if b[0]&1 != 0 { // an extended header
		size += int(b[1])
	}
	if b[0]>>6 == 0 && d.has("DOCSIS", b, size) { // others manage the network
		d.ethernet(b[size:])
	}
}

// sunATM decodes a frame of Solaris: its traffic type and its circuit, then LLC, or Ethernet after
// the number of a client of LAN emulation.
func (d *Decoder) sunATM(b []byte) {
	const emulated = 1
	if !d.has("SunATM", b, 6) {
		return
	}
	if b[0]&0x7f == emulated {
		d.ethernet(b[6:])
	} else {
		d.llc(b[4:])
	}
}
