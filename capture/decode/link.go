package decode

import (
	"encoding/binary"

	"negotrace/capture/pcap"
)

// Link types that are decoded here. gopacket decodes the others.
const (
	linkNull        pcap.LinkType = 0
	linkEthernet    pcap.LinkType = 1
	linkTokenRing   pcap.LinkType = 6
	linkPPP         pcap.LinkType = 9
	linkRawBSD      pcap.LinkType = 12 // DLT_RAW of most systems, which some files have
	linkRawOpen     pcap.LinkType = 14 // DLT_RAW of OpenBSD
	linkPPPHDLC     pcap.LinkType = 50
	linkPPPoE       pcap.LinkType = 51
	linkRaw         pcap.LinkType = 101
	linkCHDLC       pcap.LinkType = 104
	linkDot11       pcap.LinkType = 105
	linkFrameRelay  pcap.LinkType = 107
	linkLoop        pcap.LinkType = 108
	linkSLL         pcap.LinkType = 113
	linkPFLOG       pcap.LinkType = 117
	linkPrism       pcap.LinkType = 119
	linkSunATM      pcap.LinkType = 123
	linkRadiotap    pcap.LinkType = 127
	linkDOCSIS      pcap.LinkType = 143
	linkUser2       pcap.LinkType = 149 // PKTAP of older macOS
	linkAVS         pcap.LinkType = 163
	linkJuniperEth  pcap.LinkType = 178
	linkJuniperPPP  pcap.LinkType = 179
	linkJuniperFR   pcap.LinkType = 180
	linkJuniperHDLC pcap.LinkType = 181
	linkPPI         pcap.LinkType = 192
	linkERF         pcap.LinkType = 197
	linkPPPWithDir  pcap.LinkType = 204
	linkHDLCWithDir pcap.LinkType = 205
	linkFRWithDir   pcap.LinkType = 206
	linkIPv4        pcap.LinkType = 228
	linkIPv6        pcap.LinkType = 229
	linkNFLOG       pcap.LinkType = 239
	linkExportedPDU pcap.LinkType = 252
	linkPKTAP       pcap.LinkType = 258
	linkSLL2        pcap.LinkType = 276
)

var (
	be = binary.BigEndian
	le = binary.LittleEndian
)

// link decodes the current packet from its link layer on.
func (d *Decoder) link(link pcap.LinkType, b []byte) {
	switch link {
	case linkEthernet:
		d.ethernet(b)
	case linkSLL:
		if d.has("SLL", b, 16) {
			d.visit(SLL, b)
			d.cooked(be.Uint16(b[2:]), be.Uint16(b[14:]), b[16:])
		}
	case linkSLL2:
		if d.has("SLL2", b, 20) {
			d.visit(SLL2, b)
			d.cooked(be.Uint16(b[8:]), be.Uint16(b), b[20:])
		}
	case linkNull, linkLoop:
		// The address family is in the byte order of an unknown host, and its number for IPv6
		// differs between systems.
		if d.has("loopback", b, 5) {
			d.ip(b[4:])
		}
	case linkRaw, linkRawBSD, linkRawOpen, linkIPv4, linkIPv6:
		d.ip(b)
	case linkDot11:
		d.dot11(b, false)
	case linkRadiotap:
		d.radiotap(b)
	case linkPrism, linkAVS:
		d.avs(b)
	case linkPPI:
		d.ppi(b)
	case linkUser2, linkPKTAP:
		d.pktap(link, b)
	case linkNFLOG:
		d.nflog(b)
	case linkExportedPDU:
		d.exportedPDU(b)
	case linkJuniperEth, linkJuniperPPP, linkJuniperFR, linkJuniperHDLC:
		d.juniper(link, b)
	case linkERF:
		d.erf(b)
	case linkPFLOG:
		d.pflog(b)
	case linkTokenRing:
		d.tokenRing(b)
	case linkSunATM:
		d.sunATM(b)
	case linkDOCSIS:
		d.docsis(b)
	default:
		if h, ok := fixedHeaders[link]; ok {
			d.fixed(h, b)
			return
		}
		d.serial(link, b)
	}
}

// has reports whether n bytes of a header are there. If not, it counts the packet.
func (d *Decoder) has(header string, b []byte, n int) bool {
	if len(b) >= n {
		return true
	}
	d.short(header, b)
	return false
}

// linkTypeOf returns the link type with a number.
func linkTypeOf(n uint32) pcap.LinkType {
	if n >= uint32(pcap.NoPacket) {
		return pcap.LinkUnknown
	}
	return pcap.LinkType(n)
}
