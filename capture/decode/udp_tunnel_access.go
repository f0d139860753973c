package decode

// Tunnels between subscribers, or access points, and their network.

// gtpu decodes the traffic of a subscriber in a mobile network (3GPP TS 29.281 section 5), and
// reports whether the datagram is that. Both directions have their own numbers, so the two ends
// name the tunnel.
func (d *Decoder) gtpu(b []byte) bool {
	const carries = 255
	if len(b) < 8 || b[0]>>4 != 3 || b[1] != carries {
		return false
	}
	flags, next := b[0]&7, byte(0)
	b = b[8:]
	if flags != 0 { // a sequence number, a number of a packet, and the type of an extension
		if len(b) < 4 {
			return false
		}
		next, b = b[3], b[4:]
		if flags&4 == 0 {
			next = 0
		}
	}
	for next != 0 {
		size := 0
		if len(b) > 0 {
			size = int(b[0]) * 4
		}
		if size == 0 || size > len(b) {
			return false
		}
		d.visit(Metadata, b[1:size-1])
		next, b = b[size-1], b[size:]
	}
	if isEthernet(b) && !isIP(b) {
		d.inTunnel((*Decoder).ethernet, b)
	} else {
		d.inTunnel((*Decoder).ip, b)
	}
	return true
}

// gtp0 does the same as gtpu for the version of GPRS (3GPP TS 09.60 section 6).
func (d *Decoder) gtp0(b []byte) bool {
	const (
		header  = 20
		carries = 255
	)
	if len(b) <= header || b[0]>>4 != 1 || b[1] != carries {
		return false
	}
	d.visit(Metadata, b[12:header]) // the subscriber
	d.inTunnel((*Decoder).ip, b[header:])
	return true
}

// l2tp decodes a data message of version 2 (RFC 2661 section 3.1) or 3 (RFC 3931 section 4.1),
// and reports whether the datagram is one. Version 3 says neither how long its cookie is nor
// what it carries.
func (d *Decoder) l2tp(b []byte) bool {
	const (
		control  = 0x8000
		length   = 0x4000
		sequence = 0x0800
		offset   = 0x0200
	)
	if len(b) < 6 || be.Uint16(b)&control != 0 {
		return false
	}
	flags := be.Uint16(b)
	if flags&0xf == 3 && len(b) >= 8 {
		return d.l2tp3(b[8:])
	}
	size := 6
	if flags&length != 0 {
		size += 2
	}
	if flags&sequence != 0 {
		size += 4
	}
	if flags&offset != 0 {
		if size += 2; len(b) >= size {
			size += int(be.Uint16(b[size-2:]))
		}
	}
	if flags&0xff != 2 || len(b) < size { // the bits in front of the version are reserved
		return false
	}
	d.inTunnel((*Decoder).ppp, b[size:])
	return true
}

// l2tp3 decodes the frame in a session of version 3, and reports whether there is one: after a
// cookie of 0, 4 or 8 bytes, and perhaps 4 more bytes for Ethernet.
func (d *Decoder) l2tp3(b []byte) bool {
	for size := 0; size <= 12 && size < len(b); size += 4 {
		if isEthernet(b[size:]) {
			d.visit(Metadata, b[:size])
			d.inTunnel((*Decoder).ethernet, b[size:])
			return true
		}
	}
	return false
}

// capwap decodes a packet of a station between an access point and its controller (RFC 5415
// section 4.3), and reports whether the datagram is one.
func (d *Decoder) capwap(b []byte) bool {
	const (
		encrypted = 1
		native    = 0x01 // a frame of 802.11, not of Ethernet
		fragment  = 0x80
		last      = 0x40
	)
	if len(b) < 8 {
		return false
	}
	if b[0]&0xf == encrypted {
		d.breakOff(b, 1)
		d.undecodable("CAPWAP, encrypted by DTLS: record behind the controller")
		return true
	}
	size := int(b[1]>>3) * 4
	if b[0] != 0 || size < 8 || len(b) <= size || b[3]&fragment == 0 && len(b) < size+24 {
		return false
	}
	kind := b[2] & native
	d.visit(Metadata, b[8:size])
	if b[3]&fragment != 0 {
		key := fragmentKey{src: d.src, dst: d.dst, id: uint32(be.Uint16(b[4:])), proto: kind, capwap: true}
		d.fragment(key, int(be.Uint16(b[6:])&^7), b[3]&last == 0, b[size:], d.missing)
		return true
	}
	d.stationFrame(kind, b[size:])
	return true
}

// stationFrame decodes a frame in CAPWAP: of 802.11 if kind is not 0, else of Ethernet. Some senders
// swap the two bytes of the frame control of 802.11.
func (d *Decoder) stationFrame(kind byte, b []byte) {
	switch {
	case kind == 0:
		d.inTunnel((*Decoder).ethernet, b)
		return
	case len(b) > 1 && b[1]&^dot11QoS == dot11Data<<2 && b[0]&^dot11QoS != dot11Data<<2:
		b = append([]byte{b[1], b[0]}, b[2:]...)
	}
	d.inTunnel((*Decoder).plainDot11, b)
}
