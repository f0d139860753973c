package decode

import (
	"net/netip"
	"strings"

	"negotrace/httpstream"
)

// Tags of an exported PDU (Wireshark's epan/exported_pdu.h documents them as its format).
const (
	pduEnd      = 0
	pduProtocol = 12
	pduIPv4Src  = 20
	pduIPv4Dst  = 21
	pduIPv6Src  = 22
	pduIPv6Dst  = 23
	pduPortType = 24
	pduPortSrc  = 25
	pduPortDst  = 26

	pduPortTCP = 2
	pduPortUDP = 3

	flagPSH = 0x08 // of TCP
)

// A pduFlow is one direction of a connection.
type pduFlow struct{ src, dst netip.AddrPort }

// A pdu has the tags of an exported PDU and the bytes after them.
type pdu struct {
	protocol string
	flow     pduFlow
	ports    uint32 // port type
	payload  []byte
}

// exportedPDU decodes what Wireshark exported from packets, mostly from inside TLS. It has
// addresses, and no sequence numbers: the bytes of a connection follow one another.
func (d *Decoder) exportedPDU(b []byte) {
	d.visit(ExportedPDU, b)
	p, ok := parsePDU(b)
	switch {
	case !ok:
		d.short("exported PDU", b)
	case p.protocol == "ip" || p.protocol == "ipv6":
		d.ip(p.payload)
	case strings.HasPrefix(p.protocol, "eth_"):
		d.ethernet(p.payload)
	case p.ports == pduPortTCP && p.flow.src.IsValid() && p.flow.dst.IsValid():
		d.pduSegment(p)
	case p.ports == pduPortUDP && (isRead(p.flow.src.Port(), p.payload) || isRead(p.flow.dst.Port(), p.payload)):
		d.event().Datagram = &Datagram{At: d.at, Src: p.flow.src, Dst: p.flow.dst, Payload: p.payload}
	default:
		d.undecodable("exported PDU of another protocol than TCP")
	}
}

// parsePDU reads the tags.
func parsePDU(b []byte) (p pdu, ok bool) {
	var src, dst netip.Addr
	var srcPort, dstPort uint16
	for {
		if len(b) < 4 {
			return p, false
		}
		tag, size := be.Uint16(b), int(be.Uint16(b[2:]))
		if b = b[4:]; tag == pduEnd {
			break
		}
		if size > len(b) {
			return p, false
		}
		value := b[:size]
		b = b[size:]
		switch {
		case tag == pduProtocol:
			p.protocol = strings.TrimRight(string(value), "\x00")
		case (tag == pduIPv4Src || tag == pduIPv6Src) && (size == 4 || size == 16):
			src, _ = netip.AddrFromSlice(value)
		case (tag == pduIPv4Dst || tag == pduIPv6Dst) && (size == 4 || size == 16):
			dst, _ = netip.AddrFromSlice(value)
		case tag == pduPortType && size == 4:
			p.ports = be.Uint32(value)
		case tag == pduPortSrc && size == 4:
			srcPort = uint16(be.Uint32(value))
		case tag == pduPortDst && size == 4:
			dstPort = uint16(be.Uint32(value))
		}
	}
	p.flow = pduFlow{netip.AddrPortFrom(src, srcPort), netip.AddrPortFrom(dst, dstPort)}
	p.payload = b
	return p, true
}

// pduSegment passes on the bytes of a connection as a segment, with the sequence numbers that it
// would have if the connection had begun here.
func (d *Decoder) pduSegment(p pdu) {
	back := pduFlow{p.flow.dst, p.flow.src}
	if _, known := d.pduNext[p.flow]; !known {
		if len(d.pduNext) >= maxPDUFlows {
			d.counters.Drop("connections of exported PDUs over 32768", 1, d.at)
			return
		}
		if d.pduNext == nil {
			d.pduNext = map[pduFlow]uint32{}
		}
		d.pduNext[p.flow], d.pduNext[back] = 1, 1
	}
	e := d.event()
	*e = Event{Segment: httpstream.Segment{
		At: d.at, Src: p.flow.src, Dst: p.flow.dst, Seq: d.pduNext[p.flow], Ack: d.pduNext[back],
		Flags: httpstream.FlagACK | flagPSH, Payload: p.payload, Missing: max(d.missing, 0), Origin: d.origin, Tunnel: d.tunnel, PlainCopy: d.opened,
	}}
	d.pduNext[p.flow] += uint32(len(p.payload) + e.Segment.Missing)
}
