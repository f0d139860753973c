package plain

import (
	"encoding/binary"
	"net/netip"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// Link types of packets that are made: those of the capture where that is one of these, else
// linkRaw.
const (
	linkNull     pcap.LinkType = 0
	linkEthernet pcap.LinkType = 1
	linkRawBSD   pcap.LinkType = 12
	linkRawOpen  pcap.LinkType = 14
	linkRaw      pcap.LinkType = 101
	linkLoop     pcap.LinkType = 108
	linkSLL      pcap.LinkType = 113
	linkIPv4     pcap.LinkType = 228
	linkIPv6     pcap.LinkType = 229
	linkSLL2     pcap.LinkType = 276
)

// A header holds the values of the IP and TCP headers of a packet.
type header struct {
	src, dst netip.AddrPort
	seq, ack uint32
	flags    byte
	from     httpstream.Side
}

// packet returns a packet with its headers and checksums.
func (h *header) packet(link pcap.LinkType, content []byte) (pcap.LinkType, []byte) {
	src, dst := h.src.Addr().Unmap(), h.dst.Addr().Unmap()
	is4 := src.Is4() && dst.Is4()
	link, b := h.link(link, is4)
	tcp := h.tcp(content)
	if is4 {
		s, d := src.As4(), dst.As4()
		ip := []byte{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0} // don't fragment; TTL 64; TCP
		be.PutUint16(ip[2:], uint16(20+len(tcp)))
		ip = append(append(ip, s[:]...), d[:]...)
		be.PutUint16(ip[10:], ^onesComplementSum(0, ip))
		pseudo := append(append([]byte{0, 6, 0, 0}, s[:]...), d[:]...)
		be.PutUint16(pseudo[2:], uint16(len(tcp)))
		be.PutUint16(tcp[16:], ^onesComplementSum(uint32(onesComplementSum(0, pseudo)), tcp))
		return link, append(append(b, ip...), tcp...)
	}
	s, d := src.As16(), dst.As16()
	ip := []byte{0x60, 0, 0, 0, 0, 0, 6, 64}
	be.PutUint16(ip[4:], uint16(len(tcp)))
	ip = append(append(ip, s[:]...), d[:]...)
	pseudo := append([]byte{0, 6, 0, 0}, ip[8:]...)
	be.PutUint16(pseudo[2:], uint16(len(tcp)))
	be.PutUint16(tcp[16:], ^onesComplementSum(uint32(onesComplementSum(0, pseudo)), tcp))
	return link, append(append(b, ip...), tcp...)
}

// tcp returns the header of TCP and the content, with a checksum of 0.
func (h *header) tcp(content []byte) []byte {
	b := make([]byte, 20, 20+len(content))
	be.PutUint16(b, h.src.Port())
	be.PutUint16(b[2:], h.dst.Port())
	be.PutUint32(b[4:], h.seq)
	be.PutUint32(b[8:], h.ack)
	b[12], b[13] = 5<<4, h.flags
	be.PutUint16(b[14:], 0xffff) // window
	return append(b, content...)
}

// link returns the header of the link.
func (h *header) link(link pcap.LinkType, is4 bool) (pcap.LinkType, []byte) {
	ether := uint16(0x86dd)
	if is4 {
		ether = 0x0800
	}
	mine := []byte{2, 0, 0, 0, 0, 1 + byte(h.from)} // of local administration
	switch link {
	case linkEthernet:
		b := append([]byte{2, 0, 0, 0, 0, 1 + byte(h.from.Other())}, mine...)
		return link, be.AppendUint16(b, ether)
	case linkNull, linkLoop:
		family := uint32(24) // AF_INET6 of BSD
		if is4 {
			family = 2
		}
		if link == linkNull {
			return link, binary.LittleEndian.AppendUint32(nil, family)
		}
		return link, be.AppendUint32(nil, family)
	case linkSLL:
		b := append([]byte{0, 0, 0, 1, 0, 6}, mine...)
		return link, be.AppendUint16(append(b, 0, 0), ether)
	case linkSLL2:
		b := append(be.AppendUint16(nil, ether), 0, 0, 0, 0, 0, 1, 0, 1, 0, 6)
		return link, append(append(b, mine...), 0, 0)
	}
	if link == linkRawBSD || link == linkRawOpen || link == linkIPv4 && is4 || link == linkIPv6 && !is4 {
		return link, nil
	}
	return linkRaw, nil
}

// onesComplementSum adds 16-bit words to a sum in ones' complement (RFC 1071).
func onesComplementSum(start uint32, b []byte) uint16 {
	total := uint64(start)
	for ; len(b) >= 2; b = b[2:] {
		total += uint64(be.Uint16(b))
	}
	if len(b) == 1 {
		total += uint64(b[0]) << 8
	}
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	return uint16(total)
}
