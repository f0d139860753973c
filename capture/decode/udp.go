package decode

import (
	"net/netip"

	"negotrace/httpstream"
)

// The UDP ports of tunnels.
const (
	portVXLAN    = 4789
	portVXLANOld = 8472 // what Linux used before there was a registered one
	portGeneve   = 6081
)

// udp decodes a datagram (RFC 768).
func (d *Decoder) udp(b []byte, missing int) {
	if len(b) < 8 {
		d.short("UDP")
		return
	}
	if missing > 0 {
		d.cut = true
	}
	src, dst := be.Uint16(b), be.Uint16(b[2:])
	payload := b[8:]
	if length := int(be.Uint16(b[4:])); length >= 8 && length <= len(b) {
		payload = b[8:length]
	}
	switch {
	case (dst == portVXLAN || dst == portVXLANOld) && isVXLAN(payload):
		d.vxlan(payload)
	case dst == portGeneve && isGeneve(payload):
		d.geneve(payload)
	case src == httpstream.PortKerberos || dst == httpstream.PortKerberos || src == httpstream.PortDNS || dst == httpstream.PortDNS:
		d.event().Datagram = &Datagram{
			At:      d.at,
			Src:     netip.AddrPortFrom(d.src, src),
			Dst:     netip.AddrPortFrom(d.dst, dst),
			Payload: payload,
		}
	}
}
