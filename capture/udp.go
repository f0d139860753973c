package capture

import (
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

// UDP ports that are looked into.
const (
	portDNS      = 53
	portKerberos = 88
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
	case src == portKerberos || dst == portKerberos:
		d.kerberos(d.at, netip.AddrPortFrom(d.src, src), netip.AddrPortFrom(d.dst, dst), payload)
	case src == portDNS || dst == portDNS:
		d.dns(d.at, netip.AddrPortFrom(d.src, src), netip.AddrPortFrom(d.dst, dst), payload)
	}
}

// kerberos tells the sink of a message to or from a KDC. What could be decoded of a
// damaged or cut one is told too.
func (d *decoder) kerberos(at httpstream.Pos, src, dst netip.AddrPort, b []byte) {
	if d.sink.Kerberos == nil || len(b) == 0 {
		return
	}
	m, err := d.opts.Decoder.KDC(b)
	if err != nil {
		d.undecoded("malformed Kerberos")
	}
	if m != nil && m.MsgType != 0 {
		d.sink.Kerberos(at, src, dst, m)
	}
}

// record is a Kerberos or DNS message that came over TCP.
func (d *decoder) record(c *httpstream.Conn, from httpstream.Side, at httpstream.Pos, b []byte) {
	src, dst := c.Client, c.Server
	if from == httpstream.Server {
		src, dst = dst, src
	}
	if src.Port() == portDNS || dst.Port() == portDNS {
		d.dns(at, src, dst, b)
		return
	}
	d.kerberos(at, src, dst, b)
}

// dns tells the sink of a DNS message (RFC 1035).
func (d *decoder) dns(at httpstream.Pos, src, dst netip.AddrPort, b []byte) {
	if d.sink.DNS == nil || len(b) == 0 {
		return
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil {
		d.undecoded("malformed DNS")
		return
	}
	d.sink.DNS(at, src, dst, &m)
}
