package decode

// Mirrored frames that access points, switches and routers send to an observer.

// tzsp decodes a frame that an access point or a router mirrors, and reports whether the
// datagram is one: a header, tags, and the frame.
func (d *Decoder) tzsp(b []byte) bool {
	const (
		padding = 0
		end     = 1
	)
	if len(b) < 5 || b[0] != 1 {
		return false
	}
	kind := be.Uint16(b[2:])
	for b = b[4:]; len(b) > 0 && b[0] != end; {
		size := 1
		if b[0] != padding {
			if len(b) < 2 {
				return false
			}
			size = 2 + int(b[1])
		}
		if size > len(b) {
			return false
		}
		d.visit(Metadata, b[min(2, size):size])
		b = b[size:]
	}
	if len(b) < 2 || !d.enter() {
		return len(b) >= 2
	}
	switch b = b[1:]; kind {
	case 1:
		d.ethernet(b)
	case 18:
		d.dot11(b, false)
	case 119, 127:
		d.avs(b)
	default:
		d.passOver(b)
		d.undecodableNumber("TZSP protocol", kind)
	}
	return true
}

// peek decodes a frame that an access point sends to Omnipeek, and reports whether the datagram
// is one. Before the frame is a header about its reception: one that begins with a mark and has
// its own length, or an older one of 20 bytes that has the length of the frame twice.
func (d *Decoder) peek(b []byte) bool {
	const (
		mark      = 0x00ffabcd
		oldHeader = 20
	)
	size := oldHeader
	switch {
	case len(b) >= 13 && be.Uint32(b) == mark:
		if size = int(be.Uint32(b[5:]) & 0xffff); size < 13 {
			return false
		}
	case len(b) < oldHeader+24 || be.Uint16(b[2:]) != be.Uint16(b[4:]) || int(be.Uint16(b[4:])) != len(b)-oldHeader:
		return false
	}
	if len(b) <= size {
		return false
	}
	d.inTunnel((*Decoder).plainDot11, b[size:])
	return true
}

// heard decodes a frame of a wireless network, which may have a radiotap header. That begins like
// an association request; a data frame after it shows what it is.
func (d *Decoder) heard(b []byte) {
	if len(b) >= 8 && b[0]|b[1] == 0 {
		if size := int(le.Uint16(b[2:])); size >= 8 && size < len(b) && isDot11(b[size:]) {
			d.radiotap(b)
			return
		}
	}
	d.dot11(b, false)
}
