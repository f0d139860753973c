package redact

import (
	"net/netip"

	"negotrace/capture/decode"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// Ports of protocols that have the form of DNS.
const (
	portNetBIOS = 137
	portMDNS    = 5353
	portLLMNR   = 5355
)

// payload rewrites what follows the last known header, unless an event covers it. Most of it
// becomes zeros.
func (r *Redactor) payload(p *packet, at, end int) {
	l, b := &p.layers[len(p.layers)-1], p.Data[at:end]
	switch l.kind {
	case decode.TCP:
		return // a segment
	case decode.ExportedPDU:
		if len(r.events) > 0 {
			return // the content of a segment or a datagram
		}
		r.unknown("exported PDUs of other protocols", len(b))
	case decode.UDP:
		if len(p.fragmentIDs) == 0 { // as in CAPWAP
			r.udp(p.Data[l.at:], b)
		}
		return
	case decode.IPv4, decode.IPv6:
		if len(p.fragmentIDs) > 0 {
			return // a fragment
		}
		r.unknown("other protocols over IP, and fragments", len(b))
		r.overIP(p, l, b)
		return
	case decode.ICMP, decode.ICMPv6:
		r.unknown("contents of ICMP", len(b))
	case decode.BrokenOff:
		r.unknown("unknown protocols, and headers that are cut or malformed", len(b))
		if n := len(p.layers); n > 1 {
			r.overIP(p, &p.layers[n-2], b)
			return
		}
	default:
		r.unknown("other protocols of links", len(b))
		if l.kind == decode.Unread {
			r.linkProtocol(p.Data[:l.at], b)
			return
		}
	}
	clear(b)
}

// Numbers of protocols over IP of which heads stay.
const (
	protocolIGMP  = 2
	protocolEIGRP = 88
	protocolSCTP  = 132
)

// overIP rewrites a protocol that is not read. It stays recognisable directly behind a header of IP alone.
func (r *Redactor) overIP(p *packet, l *layer, b []byte) {
	head, protocol := 0, byte(0)
	switch l.kind {
	case decode.IPv4:
		head, protocol = int(p.Data[l.at]&0xf)*4, p.Data[l.at+9]
	case decode.IPv6:
		head, protocol = 40, p.Data[l.at+6]
	}
	switch isDirect := p.offset(b) == l.at+head; {
	case isDirect && protocol == protocolIGMP:
		r.igmp(b)
	case isDirect && protocol == protocolEIGRP:
		r.eigrp(b)
	case isDirect && protocol == protocolSCTP:
		r.sctp(b)
	default:
		clear(b)
	}
}

// notReadDatagrams names datagrams that are counted and not understood.
const notReadDatagrams = "datagrams of protocols that are not read"

// udp rewrites the payload of a datagram that is not read.
func (r *Redactor) udp(header, b []byte) {
	src, dst := be.Uint16(header), be.Uint16(header[2:])
	for i := range r.events {
		if d := r.events[i].Datagram; d != nil && len(d.Payload) > 0 && len(b) > 0 && &d.Payload[0] == &b[0] {
			clear(b[min(len(b), len(d.Payload)):])
			return
		}
	}
	for _, port := range []uint16{src, dst} {
		switch port {
		case portMDNS, portLLMNR, portNetBIOS:
			r.dns(b, port == portNetBIOS)
			return
		}
	}
	if r.headedDatagram(src, dst, b) || r.quic(b) {
		r.unknown(notReadDatagrams, len(b))
		return
	}
	keep := max(decode.ProtocolPrefixLen(src, b), decode.ProtocolPrefixLen(dst, b))
	const portESP = 4500
	if (src == portESP || dst == portESP) && keep > 1 { // the number of a key
		copy(b, r.names.Opaque(b[:min(keep, len(b))]))
	}
	b = b[min(keep, len(b)):]
	r.unknown(notReadDatagrams, len(b))
	clear(b)
}

// datagram rewrites a message of DNS or of Kerberos over UDP.
func (r *Redactor) datagram(p *packet, d *decode.Datagram) {
	if p.offset(d.Payload) < 0 {
		return // decoded by another Decoder, from a copy
	}
	r.message(d.Src, d.Dst, d.Payload)
}

// message rewrites a message of DNS or of Kerberos.
func (r *Redactor) message(src, dst netip.AddrPort, b []byte) {
	at := func(port uint16) bool { return src.Port() == port || dst.Port() == port }
	switch {
	case len(b) == 0:
	case at(httpstream.PortDNS):
		r.dns(b, false)
	case at(httpstream.PortKpasswd) && tokens.IsKpasswd(b):
		r.kerberos(r.mask.Kpasswd, b)
	default:
		r.kerberos(r.mask.KDC, b)
	}
}

// kerberos masks a message in its place.
func (r *Redactor) kerberos(masked func([]byte) ([]byte, int), b []byte) {
	r.Counts.Kerberos++
	m, unknown := masked(b)
	copy(b, m)
	r.unknown("parts of Kerberos messages", unknown)
}
