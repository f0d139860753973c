package decode

import (
	"net/netip"

	"negotrace/httpstream"
)

// udp decodes a datagram (RFC 768).
func (d *Decoder) udp(b []byte, missing int) {
	if !d.has("UDP", b, 8) {
		return
	}
	if missing > 0 {
		d.cut = true
	}
	d.visit(UDP, b)
	src, dst := be.Uint16(b), be.Uint16(b[2:])
	payload := b[8:]
	if length := int(be.Uint16(b[4:])); length >= 8 && length <= len(b) {
		payload = b[8:length]
	}
	switch {
	case isRead(src, payload) || isRead(dst, payload):
		d.event().Datagram = &Datagram{
			At:      d.at,
			Src:     netip.AddrPortFrom(d.src, src),
			Dst:     netip.AddrPortFrom(d.dst, dst),
			Payload: payload,
			Cut:     missing > 0,
		}
	case d.udpTunnel(src, dst, payload):
	default:
		d.unread.udp(d.at, src, dst, payload)
		if src == portHTTP3 {
			d.unread.answered(d.dst)
		}
	}
}

// isRead reports whether datagrams to or from a port are read.
func isRead(port uint16, payload []byte) bool {
	return port == httpstream.PortDNS || httpstream.IsKerberosDatagram(port, payload)
}
