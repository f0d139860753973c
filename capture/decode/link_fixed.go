package decode

import "negotrace/capture/pcap"

// following is what follows a header of fixed length.
type following uint8

const (
	followsIP following = iota + 1
	followsEthernet
	followsLLC
	followsPPP
	followsMPLS
	followsType // an EtherType, and what follows it
)

// A fixedHeader describes a link whose header always has the same length, and has nothing else to
// decode.
type fixedHeader struct {
	name   string
	size   int
	typeAt int // offset of the EtherType, for followsType
	next   following
	macs   []int // offsets of MAC addresses
	other  int   // number of bytes at its beginning that are metadata
}

// fixedHeaders are these links.
var fixedHeaders = map[pcap.LinkType]fixedHeader{
	8:   {"SLIP", 16, 0, followsIP, nil, 16},
	10:  {"FDDI", 13, 0, followsLLC, []int{1, 7}, 0},
	11:  {"ATM", 0, 0, followsLLC, nil, 0},
	99:  {"Symantec firewall", 44, 6, followsType, nil, 0},
	100: {"ATM", 0, 0, followsLLC, nil, 0}, // RFC 2684
	106: {"ATM", 0, 0, followsLLC, nil, 0},
	109: {"enc of BSD", 12, 0, followsIP, nil, 0},
	122: {"IP over Fibre Channel", 16, 0, followsLLC, []int{2, 10}, 0}, // RFC 2625
	138: {"IP over IEEE 1394", 18, 16, followsType, nil, 16},
	166: {"PPP of pppd", 2, 0, followsPPP, nil, 0},
	219: {"MPLS", 0, 0, followsMPLS, nil, 0},
	226: {"IPNET of Solaris", 24, 0, followsIP, nil, 0},
	240: {"netANALYZER", 4, 0, followsEthernet, nil, 0},
	241: {"netANALYZER", 12, 0, followsEthernet, nil, 0},      // with the preamble
	242: {"IP over InfiniBand", 44, 40, followsType, nil, 40}, // RFC 4391, after a global route header
	259: {"Ethernet of EPON", 8, 0, followsEthernet, nil, 0},
	274: {"Ethernet mPackets", 8, 0, followsEthernet, nil, 0},
	281: {"switch tag of Broadcom", 18, 16, followsType, []int{0, 6}, 0},
	282: {"switch tag of Broadcom", 4, 0, followsEthernet, nil, 0},
	284: {"switch tag of Marvell", 18, 16, followsType, []int{0, 6}, 0},
	285: {"switch tag of Marvell", 22, 20, followsType, []int{0, 6}, 0},
}

// fixed decodes what follows a header of fixed length.
func (d *Decoder) fixed(h fixedHeader, b []byte) {
	if !d.has(h.name, b, h.size) {
		return
	}
	for _, at := range h.macs {
		d.visit(MACAddress, b[at:at+6])
	}
	d.visit(Metadata, b[:h.other])
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
