package redact

import (
	"negotrace/capture/decode"
	"negotrace/capture/redact/message"
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
		r.Unknown("exported PDUs of other protocols", len(b))
	case decode.UDP:
		if len(p.fragmentIDs) == 0 { // as in CAPWAP
			r.udp(p.Data[l.at:], b)
		}
		return
	case decode.IPv4, decode.IPv6:
		if len(p.fragmentIDs) > 0 {
			return // a fragment
		}
		r.Unknown("other protocols over IP, and fragments", len(b))
		r.overIP(p, l, b)
		return
	case decode.ICMP, decode.ICMPv6:
		r.Unknown("contents of ICMP", len(b))
	case decode.BrokenOff:
		r.Unknown("unknown protocols, and headers that are cut or malformed", len(b))
		if n := len(p.layers); n > 1 {
			r.overIP(p, &p.layers[n-2], b)
			return
		}
	default:
		r.Unknown("other protocols of links", len(b))
		if l.kind == decode.Unread {
			message.OverLink(r.Values, p.Data[:l.at], b)
			return
		}
	}
	clear(b)
}

// overIP rewrites a protocol that is not read. It stays recognisable directly behind a header of IP alone.
func (r *Redactor) overIP(p *packet, l *layer, b []byte) {
	head, protocol := 0, byte(0)
	switch l.kind {
	case decode.IPv4:
		head, protocol = int(p.Data[l.at]&0xf)*4, p.Data[l.at+9]
	case decode.IPv6:
		head, protocol = 40, p.Data[l.at+6]
	}
	if isDirect := p.offset(b) == l.at+head; !isDirect {
		protocol = 0
	}
	message.OverIP(r.Values, protocol, b)
}

// udp rewrites the payload of a datagram that is not read.
func (r *Redactor) udp(header, b []byte) {
	src, dst := be.Uint16(header), be.Uint16(header[2:])
	for i := range r.events {
		if d := r.events[i].Datagram; d != nil && len(d.Payload) > 0 && len(b) > 0 && &d.Payload[0] == &b[0] {
			clear(b[min(len(b), len(d.Payload)):])
			return
		}
	}
	message.Datagram(r.Values, src, dst, b)
}

// datagram rewrites a message of DNS or of Kerberos over UDP.
func (r *Redactor) datagram(p *packet, d *decode.Datagram) {
	if p.offset(d.Payload) < 0 {
		return // decoded by another Decoder, from a copy
	}
	message.DNSOrKerberos(r.Values, d.Src, d.Dst, d.Payload)
}
