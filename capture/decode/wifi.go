package decode

import "bytes"

// 802.11 frame control (IEEE 802.11-2020 section 9.2.4.1).
const (
	dot11Data      = 2 // type
	dot11QoS       = 0x80
	dot11NoData    = 0x40
	dot11ToDS      = 0x01
	dot11FromDS    = 0x02
	dot11More      = 0x04
	dot11Protected = 0x40
	dot11Order     = 0x80
	dot11Mesh      = 0x01 // in the QoS control field
)

var snapHeader = []byte{0xaa, 0xaa, 0x03, 0, 0, 0}

// dot11 decodes a frame of a wireless network. It may end with its check sequence, which is
// ignored because IP has its own length. aligned says that the header is padded to a multiple of 4
// bytes, as some drivers do.
func (d *Decoder) dot11(b []byte, aligned bool) {
	if len(b) < 2 {
		d.short("802.11", b)
		return
	}
	if b[0]&3 != 0 {
		d.breakOff(b, 1)
		d.undecodable("malformed 802.11")
		return
	}
	d.visit(Dot11, b)
	if b[0]>>2&3 != dot11Data || b[0]&dot11NoData != 0 {
		return // management, control, and frames without data
	}
	size := dot11HeaderLen(b)
	if aligned {
		size = (size + 3) &^ 3
	}
	if len(b) < size {
		d.short("802.11", b)
		return
	}
	body, open := b[size:], true
	aggregate := b[0]&dot11QoS != 0 && dot11IsAggregate(b)
	if b[1]&dot11Protected != 0 {
		body, open = dot11Decrypted(body, aggregate)
	}
	switch {
	case !open:
		d.undecodable("802.11 encrypted by WPA or WEP: record on the machine itself")
	case b[1]&dot11More != 0 || b[22]&0xf != 0:
		d.undecodable("fragment of 802.11")
	case aggregate:
		d.amsdu(body)
	case len(body) > 0:
		mesh := dot11MeshLen(b, body)
		for at := 6; at < mesh; at += 6 {
			d.visit(MACAddress, body[at:at+6])
		}
		d.llc(body[mesh:])
	}
}

// dot11Decrypted returns the body of a frame that the driver has decrypted without marking it so.
// The driver may leave a header before the body: that of CCMP or TKIP, or that of WEP.
func dot11Decrypted(body []byte, aggregate bool) (plain []byte, ok bool) {
	for _, left := range [...]int{0, 8, 4} {
		at := left
		if aggregate { // the addresses and the length of the first frame
			at += 14
		}
		if len(body) > at && bytes.HasPrefix(body[at:], snapHeader) {
			return body[left:], true
		}
	}
	return nil, false
}

// dot11MeshLen returns the length of the Mesh Control field before a body (section 9.2.4.8.3).
// In a frame outside of a mesh its flag means something else, so what follows must confirm it.
func dot11MeshLen(b, body []byte) int {
	if b[0]&dot11QoS == 0 || dot11QoSControl(b)[1]&dot11Mesh == 0 || bytes.HasPrefix(body, snapHeader) {
		return 0
	}
	size := 6 + 6*int(body[0]&3) // with none, one or two more addresses
	if len(body) < size || !bytes.HasPrefix(body[size:], snapHeader) {
		return 0
	}
	return size
}

// dot11HeaderLen returns the length of the header of a data frame.
func dot11HeaderLen(b []byte) int {
	n := 24
	if b[1]&(dot11ToDS|dot11FromDS) == dot11ToDS|dot11FromDS { // from access point to access point
		n += 6
	}
	if b[0]&dot11QoS != 0 {
		if n += 2; b[1]&dot11Order != 0 { // high throughput control
			n += 4
		}
	}
	return n
}

// dot11IsAggregate reports whether a QoS data frame holds several frames.
func dot11IsAggregate(b []byte) bool { return dot11QoSControl(b)[0]&0x80 != 0 }

// dot11QoSControl returns that field of a QoS data frame.
func dot11QoSControl(b []byte) []byte {
	at := 24
	if b[1]&(dot11ToDS|dot11FromDS) == dot11ToDS|dot11FromDS {
		at += 6
	}
	return b[at : at+2]
}

// amsdu decodes the frames in an A-MSDU (section 9.3.2.2), each with addresses, a length and
// padding.
func (d *Decoder) amsdu(b []byte) {
	const leftOver = 7 // padding and a check sequence
	missing := d.missing
	for len(b) > leftOver {
		if len(b) < 14 {
			d.short("A-MSDU", b)
			return
		}
		size := 14 + int(be.Uint16(b[12:]))
		if size == 14 || size > len(b)+missing {
			d.breakOff(b, 0)
			d.undecodable("malformed A-MSDU")
			return
		}
		if d.missing = max(size-len(b), 0); d.missing > 0 {
			d.cut = true
		}
		d.visit(MACAddress, b[:6])
		d.visit(MACAddress, b[6:12])
		d.llc(b[14:min(size, len(b))])
		b = b[min((size+3)&^3, len(b)):]
	}
}

// isDot11 reports whether an Ethernet frame with the first byte of a data frame of 802.11 is one,
// as pktmon writes them: it has the header of LLC at its place there.
func isDot11(b []byte) bool {
	if len(b) < 24 {
		return false
	}
	size := dot11HeaderLen(b)
	return len(b) >= size+8 && bytes.HasPrefix(b[size:], snapHeader)
}

// radiotap decodes the header that most drivers put before a frame.
func (d *Decoder) radiotap(b []byte) {
	if len(b) < 8 || len(b) < int(le.Uint16(b[2:])) || le.Uint16(b[2:]) < 8 {
		d.short("radiotap", b)
		return
	}
	d.dot11(b[le.Uint16(b[2:]):], radiotapFlags(b)&0x20 != 0)
}

// radiotapFlags returns the field Flags, 0 if it is missing. Before it there can only be the bit
// maps of the fields, and the time, which is aligned to 8 bytes.
func radiotapFlags(b []byte) byte {
	size := int(le.Uint16(b[2:]))
	present := le.Uint32(b[4:])
	at := 8
	for more := present; more&(1<<31) != 0; at += 4 {
		if at+4 > size {
			return 0
		}
		more = le.Uint32(b[at:])
	}
	if present&1 != 0 {
		at = (at+7)&^7 + 8
	}
	if present&2 == 0 || at >= size {
		return 0
	}
	return b[at]
}

// avs decodes the header of AVS, or else that of Prism. Both have their own length.
func (d *Decoder) avs(b []byte) {
	if len(b) < 8 {
		d.short("AVS", b)
		return
	}
	size := be.Uint32(b[4:])
	if be.Uint16(b) != 0x8021 {
		if size = be.Uint32(b[4:]); size > 1024 { // in the byte order of the host
			size = le.Uint32(b[4:])
		}
		if size == 0 {
			size = 144
		}
	}
	if size < 8 || uint32(len(b)) < size {
		d.short("AVS", b)
		return
	}
	d.dot11(b[size:], false)
}

// ppi decodes a Per-Packet Information header, which has the link type of what follows.
func (d *Decoder) ppi(b []byte) {
	if len(b) < 8 || len(b) < int(le.Uint16(b[2:])) || le.Uint16(b[2:]) < 8 {
		d.short("PPI", b)
		return
	}
	if d.enter() {
		d.visit(Metadata, b[8:le.Uint16(b[2:])]) // may have GPS positions
		d.link(linkTypeOf(le.Uint32(b[4:])), b[le.Uint16(b[2:]):])
	}
}

// plainDot11 decodes a frame whose header is not padded.
func (d *Decoder) plainDot11(b []byte) { d.dot11(b, false) }
