package decode

import (
	"bytes"
	"fmt"
)

// EtherTypes.
const (
	etherF5         = 0x05ff // first frame of a capture of BIG-IP, which describes it
	etherIPv4       = 0x0800
	etherARP        = 0x0806
	etherWakeOnLAN  = 0x0842
	etherTRILL      = 0x22f3
	etherTEB        = 0x6558 // transparent Ethernet bridging: Ethernet in GRE or Geneve
	etherRARP       = 0x8035
	etherBATMAN     = 0x4305
	etherVLAN       = 0x8100
	etherSlow       = 0x8809 // LACP and similar
	etherIPv6       = 0x86dd
	etherPPP        = 0x880b
	etherMPLS       = 0x8847
	etherMPLSMC     = 0x8848
	etherPPPoED     = 0x8863
	etherPPPoE      = 0x8864
	etherJumbo      = 0x8870 // LLC in a frame too long for its length
	etherBroadcom   = 0x8874 // tag of a switch, as Linux gets it
	etherEAPOL      = 0x888e
	etherQinQ       = 0x88a8
	etherLLDP       = 0x88cc
	etherMACsec     = 0x88e5
	etherPBB        = 0x88e7
	etherPTP        = 0x88f7
	etherFabricPath = 0x8903
	etherCMD        = 0x8909 // Cisco MetaData
	etherVNTag      = 0x8926 // Cisco
	etherHSR        = 0x892f
	etherETag       = 0x893f // IEEE 802.1BR
	etherNSH        = 0x894f
	etherLoop       = 0x9000
	etherQinQ1      = 0x9100
	etherQinQ2      = 0x9200
	etherArista     = 0xd28b // when a switch mirrored the frame
	etherMarvell    = 0xdada // tag of a switch, as Linux gets it
	etherRTag       = 0xf1c1 // IEEE 802.1CB
)

// ethernet decodes an Ethernet II or IEEE 802.3 frame.
func (d *Decoder) ethernet(b []byte) {
	switch {
	case !d.has("Ethernet", b, 14):
	case b[0]&^dot11QoS == dot11Data<<2 && isDot11(b):
		d.dot11(b, false)
	case b[0] == 0x01 && isISL(b):
		if d.enter() {
			d.visit(MACAddress, b[6:12])
			d.visit(Metadata, b[17:20]) // the vendor of the sender
			d.ethernet(b[26:])
		}
	default:
		d.visit(Ethernet, b)
		d.ether(be.Uint16(b[12:]), b[14:])
	}
}

// isISL reports whether a frame is inside one of Cisco's Inter-Switch Link: it has the address of
// that link, and SNAP follows.
func isISL(b []byte) bool {
	return len(b) >= 26 && b[2] == 0x0c && b[1]|b[3]|b[4] == 0 && b[14] == 0xaa && b[15] == 0xaa && b[16] == 0x03
}

// ether decodes what follows an EtherType. Below 0x600 it is a length, or in a cooked header of
// Linux a number for the kind of frame, and LLC follows.
func (d *Decoder) ether(kind uint16, b []byte) {
	for kind == etherVLAN || kind == etherQinQ || kind == etherQinQ1 || kind == etherQinQ2 {
		if !d.has("VLAN", b, 4) {
			return
		}
		kind, b = be.Uint16(b[2:]), b[4:]
	}
	switch {
	case kind == etherIPv4:
		d.ipv4(b)
	case kind == etherIPv6:
		d.ipv6(b)
	case kind == etherF5 && bytes.HasPrefix(b, []byte("F5-Pseudo-pkt\x00")):
		d.passOver(b[len("F5-Pseudo-pkt\x00"):])
	case kind < 0x600:
		d.llc(b)
	default:
		d.rareEther(kind, b)
	}
}

// rareEther decodes what follows the other EtherTypes.
func (d *Decoder) rareEther(kind uint16, b []byte) {
	switch kind {
	case etherMPLS, etherMPLSMC:
		d.mpls(b)
	case etherPPPoE:
		d.pppoe(b)
	case etherTEB:
		if d.enter() {
			d.ethernet(b)
		}
	case etherPPP:
		d.ppp(b)
	case etherJumbo:
		d.llc(b)
	case etherCMD, etherVNTag, etherHSR, etherETag, etherRTag, etherArista, etherMACsec, etherBroadcom, etherMarvell:
		d.tag(kind, b)
	case etherPBB, etherFabricPath, etherTRILL:
		d.bridged(kind, b)
	case etherNSH:
		d.nsh(b)
	case etherBATMAN:
		d.batman(b)
	case etherARP, etherRARP:
		d.visit(ARP, b)
	case etherLLDP, etherPPPoED, etherSlow, etherEAPOL, etherPTP, etherLoop, etherWakeOnLAN:
		d.passOver(b)
	default:
		d.passOver(b)
		d.unknownEther(kind, b)
	}
}

// llc decodes an IEEE 802.2 header. Only SNAP (RFC 1042) leads to IP.
func (d *Decoder) llc(b []byte) {
	if !d.has("LLC", b, 3) {
		return
	}
	const (
		sapSNAP     = 0xaa
		sapSpanning = 0x42 // spanning tree
		sapRouting  = 0xfe // IS-IS
		sapNull     = 0x00 // tests of the link
		sapIP       = 0x06
	)
	switch b[0] {
	case sapSNAP:
		d.snap(b[3:])
	case sapIP:
		d.ip(b[3:])
	case sapRouting:
		d.routed(b[3:])
	case sapSpanning:
		d.passOver(b[3:])
	default:
		d.passOver(b[3:])
		if b[0] == sapNull && isLinkTest(b[2]) {
			return
		}
		d.undecodable(fmt.Sprintf("LLC to service access point 0x%02x", b[0]))
	}
}

// routed decodes what follows the access point of routing, by its NLPID: IP on an ATM circuit (RFC
// 2684 section 5.1), otherwise IS-IS and similar.
func (d *Decoder) routed(b []byte) {
	switch {
	case len(b) == 0 || b[0] >= nlpidCLNP && b[0] <= nlpidISIS:
		d.passOver(b[min(1, len(b)):])
	case b[0] == nlpidIPv4, b[0] == nlpidIPv6:
		d.ip(b[1:])
	default:
		d.passOver(b[1:])
		d.undecodableNumber("NLPID", uint16(b[0]))
	}
}

// isLinkTest reports whether a control field of LLC is XID or TEST, with which two machines test
// their link (IEEE 802.2 section 5.4.1).
func isLinkTest(control byte) bool { return control&^0x10 == 0xaf || control&^0x10 == 0xe3 }

// snap decodes what follows a SNAP header: the number of an organisation, and an EtherType or a
// number of that organisation.
func (d *Decoder) snap(b []byte) {
	if !d.has("SNAP", b, 5) {
		return
	}
	const (
		ethernetNumbers = 0
		tunnelledBridge = 0x0000f8 // IEEE 802.1H
		cisco           = 0x00000c // CDP and similar
		bridges         = 0x0080c2
		bridgeBPDU      = 0x000e // spanning tree
	)
	kind := be.Uint16(b[3:])
	switch organisation := uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]); {
	case (organisation == ethernetNumbers || organisation == tunnelledBridge) && kind >= 0x600:
		if d.enter() {
			d.ether(kind, b[5:])
		}
	case organisation == bridges && (kind == 1 || kind == 7): // Ethernet (RFC 2427)
		frame := b[5:]
		if len(frame) > 2 && frame[0]|frame[1] == 0 && isEthernet(frame[2:]) { // padded (RFC 2684)
			frame = frame[2:]
		}
		if d.enter() {
			d.ethernet(frame)
		}
	case organisation == cisco, organisation == bridges && kind == bridgeBPDU:
		d.passOver(b[5:])
	default:
		d.passOver(b[5:])
		d.undecodable(fmt.Sprintf("SNAP of organisation 0x%06x", organisation))
	}
}
