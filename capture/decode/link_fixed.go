package decode

import "negotrace/capture/pcap"

// What follows a header of fixed length.
type following uint8

const (
	followsIP following = iota + 1
	followsEthernet
	followsLLC
	followsPPP
	followsMPLS
	followsType // an EtherType, and what it announces
)

// A fixedHeader is a link whose header has always the same length, and of which nothing else
// matters.
type fixedHeader struct {
	name   string
	size   int
	typeAt int // where the EtherType is, for followsType
	next   following
}

// fixedHeaders are the links of that kind.
var fixedHeaders = map[pcap.LinkType]fixedHeader{
	8:   {"SLIP", 16, 0, followsIP},
	11:  {"ATM", 0, 0, followsLLC},
	99:  {"Symantec firewall", 44, 6, followsType},
	100: {"ATM", 0, 0, followsLLC}, // RFC 2684
	106: {"ATM", 0, 0, followsLLC},
	109: {"enc of BSD", 12, 0, followsIP},
	122: {"IP over Fibre Channel", 16, 0, followsLLC}, // RFC 2625
	138: {"IP over IEEE 1394", 18, 16, followsType},
	166: {"PPP of pppd", 2, 0, followsPPP},
	219: {"MPLS", 0, 0, followsMPLS},
	226: {"IPNET of Solaris", 24, 0, followsIP},
	240: {"netANALYZER", 4, 0, followsEthernet},
	241: {"netANALYZER", 12, 0, followsEthernet}, // with the preamble
	274: {"Ethernet mPackets", 8, 0, followsEthernet},
	281: {"switch tag of Broadcom", 18, 16, followsType},
	282: {"switch tag of Broadcom", 4, 0, followsEthernet},
	284: {"switch tag of Marvell", 18, 16, followsType},
	285: {"switch tag of Marvell", 22, 20, followsType},
}

// fixed decodes what follows a header of fixed length.
func (d *Decoder) fixed(h fixedHeader, b []byte) {
	if !d.has(h.name, b, h.size) {
		return
	}
	switch rest := b[h.size:]; h.next {
	case followsIP:
		d.ip(rest)
	case followsEthernet:
		d.ethernet(rest)
	case followsLLC:
		if isIP(rest) { // multiplexed by circuits, not by LLC
			d.ip(rest)
		} else {
			d.llc(rest)
		}
	case followsPPP:
		d.ppp(rest)
	case followsMPLS:
		d.mpls(rest)
	case followsType:
		d.ether(be.Uint16(b[h.typeAt:]), rest)
	}
}
