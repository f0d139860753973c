package capture

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
func (d *decoder) udp(b []byte, missing int) {
	if len(b) < 8 {
		d.short("UDP", b)
		return
	}
	if missing > 0 {
		d.isCut = true
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
	case src == httpstream.PortKerberos || dst == httpstream.PortKerberos:
		d.message((*follower).kerberos, src, dst, payload)
	case src == httpstream.PortDNS || dst == httpstream.PortDNS:
		d.message((*follower).dns, src, dst, payload)
	}
}

// message hands a datagram over to be read in its turn.
func (d *decoder) message(read func(f *follower, at httpstream.Pos, src, dst netip.AddrPort, b []byte), src, dst uint16, b []byte) {
	at, from, to := d.at, netip.AddrPortFrom(d.src, src), netip.AddrPortFrom(d.dst, dst)
	d.later(func(f *follower) { read(f, at, from, to, b) })
}
