package decode

import (
	"encoding/binary"

	"negotrace/capture/pcap"
)

// Link types that are decoded here; gopacket is asked for all others.
const (
	linkNull     pcap.LinkType = 0
	linkEthernet pcap.LinkType = 1
	linkPPP      pcap.LinkType = 9
	linkRawBSD   pcap.LinkType = 12 // DLT_RAW of most systems, as it leaks into files
	linkRawOpen  pcap.LinkType = 14 // DLT_RAW of OpenBSD
	linkPPPHDLC  pcap.LinkType = 50
	linkPPPoE    pcap.LinkType = 51
	linkRaw      pcap.LinkType = 101
	linkCHDLC    pcap.LinkType = 104
	linkLoop     pcap.LinkType = 108
	linkSLL      pcap.LinkType = 113
	linkIPv4     pcap.LinkType = 228
	linkIPv6     pcap.LinkType = 229
	linkSLL2     pcap.LinkType = 276
)

// EtherTypes.
const (
	etherIPv4   = 0x0800
	etherARP    = 0x0806
	etherVLAN   = 0x8100
	etherIPv6   = 0x86dd
	etherMPLS   = 0x8847
	etherMPLSMC = 0x8848
	etherPPPoED = 0x8863
	etherPPPoE  = 0x8864
	etherQinQ   = 0x88a8
	etherQinQ1  = 0x9100
	etherQinQ2  = 0x9200
	etherTEB    = 0x6558 // transparent Ethernet bridging: Ethernet in GRE or Geneve
	etherLLDP   = 0x88cc
)

var be = binary.BigEndian

// link decodes the packet at hand, from its link layer on.
func (d *Decoder) link(link pcap.LinkType, b []byte) {
	switch link {
	case linkEthernet:
		d.ethernet(b)
	case linkSLL:
		if len(b) < 16 {
			d.short("SLL")
			return
		}
		d.ether(be.Uint16(b[14:]), b[16:])
	case linkSLL2:
		if len(b) < 20 {
			d.short("SLL2")
			return
		}
		d.ether(be.Uint16(b), b[20:])
	case linkNull, linkLoop:
		// The address family is in the byte order of an unknown host, and the number
		// for IPv6 is another one on each system.
		if len(b) < 5 {
			d.short("loopback")
			return
		}
		d.ip(b[4:])
	case linkRaw, linkRawBSD, linkRawOpen, linkIPv4, linkIPv6:
		d.ip(b)
	case linkPPP, linkPPPHDLC:
		d.ppp(b)
	case linkPPPoE:
		d.pppoe(b)
	case linkCHDLC:
		if len(b) < 4 {
			d.short("Cisco HDLC")
			return
		}
		d.ether(be.Uint16(b[2:]), b[4:])
	default:
		d.unknownLink(link, b)
	}
}

// ethernet decodes an Ethernet II or IEEE 802.3 frame.
func (d *Decoder) ethernet(b []byte) {
	if len(b) < 14 {
		d.short("Ethernet")
		return
	}
	d.ether(be.Uint16(b[12:]), b[14:])
}

// ether decodes what an EtherType announces. Below 0x600 it is a length, or on a
// Linux cooked link a number for the kind of frame, and LLC follows.
func (d *Decoder) ether(kind uint16, b []byte) {
	for kind == etherVLAN || kind == etherQinQ || kind == etherQinQ1 || kind == etherQinQ2 {
		if len(b) < 4 {
			d.short("VLAN")
			return
		}
		kind, b = be.Uint16(b[2:]), b[4:]
	}
	switch {
	case kind == etherIPv4:
		d.ipv4(b)
	case kind == etherIPv6:
		d.ipv6(b)
	case kind < 0x600:
		d.llc(b)
	case kind == etherMPLS || kind == etherMPLSMC:
		d.mpls(b)
	case kind == etherPPPoE:
		d.pppoe(b)
	case kind == etherTEB:
		if d.enter() {
			d.ethernet(b)
		}
	case kind == etherARP || kind == etherLLDP || kind == etherPPPoED:
		// nothing that could belong to a connection
	default:
		d.unknownEther(kind, b)
	}
}

// llc decodes an IEEE 802.2 header, of which only SNAP (RFC 1042) leads to IP.
func (d *Decoder) llc(b []byte) {
	if len(b) < 3 {
		d.short("LLC")
		return
	}
	if b[0] != 0xaa || b[1] != 0xaa {
		return // spanning tree and the like
	}
	if len(b) < 8 {
		d.short("SNAP")
		return
	}
	if b[3]|b[4]|b[5] != 0 {
		return // a maker's own protocol: CDP and the like
	}
	if kind := be.Uint16(b[6:]); kind >= 0x600 && d.enter() {
		d.ether(kind, b[8:])
	}
}

// ppp decodes a PPP frame (RFC 1661, RFC 1662), with or without address and control.
func (d *Decoder) ppp(b []byte) {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b = b[2:]
	}
	if len(b) < 2 {
		d.short("PPP")
		return
	}
	kind := uint16(b[0])
	if kind&1 != 0 { // compressed to one byte
		b = b[1:]
	} else {
		kind, b = be.Uint16(b), b[2:]
	}
	switch kind {
	case 0x21:
		d.ipv4(b)
	case 0x57:
		d.ipv6(b)
	case 0x281:
		d.mpls(b)
	case 0xfd:
		d.undecodable("compressed PPP")
	default:
		if kind < 0x8000 { // above are control protocols
			d.undecodableNumber("PPP protocol", kind)
		}
	}
}

// pppoe decodes a PPPoE session frame (RFC 2516).
func (d *Decoder) pppoe(b []byte) {
	if len(b) < 8 {
		d.short("PPPoE")
		return
	}
	if b[1] == 0 { // session; all others are discovery
		d.ppp(b[6:])
	}
}

// mpls strips a label stack (RFC 3032). What is below does not say what it is: a first
// nibble of 4 or 6 is IP, and 0 the control word of Ethernet over MPLS (RFC 4385).
func (d *Decoder) mpls(b []byte) {
	for bottom := false; !bottom; b = b[4:] {
		if len(b) < 4 {
			d.short("MPLS")
			return
		}
		bottom = b[2]&1 != 0
	}
	switch {
	case len(b) == 0:
		d.short("MPLS")
	case b[0]>>4 == 4 || b[0]>>4 == 6:
		d.ip(b)
	case b[0]>>4 == 0 && len(b) >= 4 && d.enter():
		d.ethernet(b[4:])
	default:
		d.undecodable("MPLS payload")
	}
}
