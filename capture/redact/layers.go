package redact

import (
	"encoding/binary"

	"negotrace/capture/decode"
	"negotrace/capture/pcap"
)

var be = binary.BigEndian

// rewrite rewrites the headers of a packet and what follows the last known one. It leaves out the
// content of TCP and of datagrams that are read: events name these.
func (r *Redactor) rewrite(p *packet) {
	if p.Link == pcap.NoPacket {
		p.Data = p.Data[:0]
		return
	}
	if len(p.layers) == 0 {
		r.Unknown("packets whose headers are not known", len(p.Data))
		clear(p.Data)
		return
	}
	maskText(p.Data[:p.layers[0].at])
	for _, m := range p.marks {
		switch m.kind {
		case decode.MACAddress:
			r.MACAddresses(p.Data[m.at:m.end], 0)
		case decode.Metadata:
			clear(p.Data[m.at:m.end])
		}
	}
	known, end := 0, len(p.Data)
	for i := range p.layers {
		l := &p.layers[i]
		end = min(end, l.end)
		known = r.header(p, l)
	}
	p.clearBehind(end)
	if known < end {
		r.payload(p, known, end)
	}
}

// clearBehind clears what is behind the content: padding, or a sum that is wrong now. Trailers stay.
func (p *packet) clearBehind(end int) {
	for i := len(p.marks) - 1; i >= 0; i-- { // the innermost first
		if m := p.marks[i]; m.kind == decode.Trailer && m.at >= end {
			clear(p.Data[end:m.at])
			end = m.end
		}
	}
	clear(p.Data[end:])
}

// header rewrites a header and returns where it ends.
func (r *Redactor) header(p *packet, l *layer) int {
	b := p.Data[l.at:l.end]
	switch l.kind {
	case decode.Ethernet:
		r.MACAddresses(b, 0, 6)
		return l.at + 14
	case decode.SLL:
		if be.Uint16(b[4:]) == 6 {
			r.MACAddresses(b, 6)
			clear(b[12:14])
		} else {
			clear(b[6:14])
		}
		return l.at + 16
	case decode.SLL2:
		if b[11] == 6 {
			r.MACAddresses(b, 12)
			clear(b[18:20])
		} else {
			clear(b[12:20])
		}
		return l.at + 20
	case decode.Dot11:
		return l.at + r.dot11(b)
	case decode.ARP:
		return l.at + r.arp(b)
	case decode.IPv4:
		return l.at + r.ipv4(b)
	case decode.IPv6:
		r.Address(b[8:24])
		r.Address(b[24:40])
		return l.at + 40
	case decode.ICMP, decode.ICMPv6:
		return l.at + r.icmp(l.kind, b)
	case decode.UDP:
		return l.at + 8
	case decode.TCP:
		return l.at + tcpOptions(b)
	case decode.GRE:
		return l.at + r.gre(b)
	case decode.MPLS:
		return l.at + r.mplsEntry(b)
	case decode.TokenRing:
		const hasRoute = 0x80
		flag := b[8] & hasRoute
		r.MACAddresses(b, 2, 8)
		b[8] |= flag
		return l.at + 14
	case decode.ExportedPDU:
		return l.at + r.exportedPDU(b)
	}
	return l.at
}

// dot11 rewrites the header of a frame of a wireless network and returns its length.
func (r *Redactor) dot11(b []byte) int {
	r.MACAddresses(b, 4, 10, 16)
	const toDS, fromDS, data = 1, 2, 2
	if b[0]>>2&3 != data {
		return min(len(b), 24) // what the network says of itself is not read
	}
	if b[1]&(toDS|fromDS) == toDS|fromDS {
		r.MACAddresses(b, 24)
		return min(len(b), 30)
	}
	return min(len(b), 24)
}

// arp rewrites a message of ARP between Ethernet and IPv4 and returns its length.
func (r *Redactor) arp(b []byte) int {
	if len(b) < 28 || be.Uint16(b) != 1 || be.Uint16(b[2:]) != 0x800 || b[4] != 6 || b[5] != 4 {
		return min(len(b), 8)
	}
	r.MACAddresses(b, 8, 18)
	r.Address(b[14:18])
	r.Address(b[24:28])
	return 28
}

// ipv4 rewrites a header of IPv4 and returns its length. Options stay if they hold no address.
func (r *Redactor) ipv4(b []byte) int {
	size := min(int(b[0]&0xf)*4, len(b))
	r.Address(b[12:16])
	r.Address(b[16:20])
	const recordRoute, timestamp, looseRoute, strictRoute, routerAlert = 7, 68, 131, 137, 148
	options(b[min(20, size):size], func(kind byte, option []byte) {
		switch kind {
		case routerAlert:
		case recordRoute, timestamp, looseRoute, strictRoute: // behind a pointer
			clear(option[min(len(option), 3):])
		default:
			clear(option[2:])
		}
	})
	return size
}

// tcpOptions removes the values of options that may name a connection elsewhere, and returns
// the length of the header.
func tcpOptions(b []byte) int {
	size := min(int(b[12]>>4)*4, len(b))
	const maximum, scale, allowed, sack, times = 2, 3, 4, 5, 8
	options(b[min(20, size):size], func(kind byte, option []byte) {
		switch kind {
		case maximum, scale, allowed, sack, times:
		default:
			clear(option[2:])
		}
	})
	return size
}

// options calls redact with each option of a header of IPv4 or TCP that has a length, and removes what is behind one
// whose length cannot be right.
func options(b []byte, redact func(kind byte, option []byte)) {
	const end, nop = 0, 1
	for len(b) > 0 && b[0] != end {
		n := 1
		if b[0] != nop {
			if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
				clear(b)
				return
			}
			n = int(b[1])
			redact(b[0], b[:n])
		}
		b = b[n:]
	}
}

// maskText hides words before the first known header: names of interfaces and programs.
func maskText(b []byte) {
	for at := 0; at < len(b); at++ {
		end := at
		for end < len(b) && b[end] > 0x20 && b[end] < 0x7f {
			end++
		}
		if end-at >= 4 {
			for i := at; i < end; i++ {
				b[i] = 'x'
			}
		}
		at = max(at, end-1)
	}
}
