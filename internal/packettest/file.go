package packettest

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Magic numbers of pcap files: with microseconds, with nanoseconds, and Alexey Kuznetzov's
// with longer record headers.
const (
	PcapMicro    = 0xa1b2c3d4
	PcapNano     = 0xa1b23c4d
	PcapModified = 0xa1b2cd34
)

// Link types of files.
const (
	LinkEthernet = 1
	LinkRaw      = 101
	LinkSLL2     = 276
)

// An Order is a byte order of files.
type Order = binary.AppendByteOrder

// N16 returns n in 2 bytes of that order.
func N16(o Order, n int) []byte { return o.AppendUint16(nil, uint16(n)) }

// N32 returns n in 4 bytes of that order.
func N32(o Order, n int) []byte { return o.AppendUint32(nil, uint32(n)) }

// PcapHeader returns the header of a pcap file with a snapshot length that is too small.
func PcapHeader(o Order, magic, link int) []byte { return PcapHeaderSnap(o, magic, link, 16) }

// PcapHeaderSnap returns the header of a pcap file with that snapshot length.
func PcapHeaderSnap(o Order, magic, link, snaplen int) []byte {
	return slices.Concat(N32(o, magic), N16(o, 2), N16(o, 4), N32(o, 0), N32(o, 0), N32(o, snaplen), N32(o, link))
}

// PcapRecord returns a packet of a pcap file, frac being its fraction of a second.
func PcapRecord(o Order, sec, frac int, data []byte) []byte {
	return slices.Concat(N32(o, sec), N32(o, frac), N32(o, len(data)), N32(o, len(data)), data)
}

// Block returns a pcapng block.
func Block(o Order, kind int, body ...[]byte) []byte {
	b := slices.Concat(body...)
	b = append(b, make([]byte, -len(b)&3)...)
	n := N32(o, 12+len(b))
	return slices.Concat(N32(o, kind), n, b, n)
}

// Section begins a section of pcapng 1.0.
func Section(o Order) []byte { return SectionOf(o, 0) }

// SectionOf begins a section of pcapng version 1.minor.
func SectionOf(o Order, minor int, options ...[]byte) []byte {
	return Block(o, 0x0a0d0d0a, N32(o, 0x1a2b3c4d), N16(o, 1), N16(o, minor), N32(o, -1), N32(o, -1), slices.Concat(options...))
}

// Interface returns an Interface Description Block.
func Interface(o Order, link int, options ...[]byte) []byte {
	return Block(o, 1, N16(o, link), N16(o, 0), N32(o, 0), slices.Concat(options...))
}

// Option returns an option of a block.
func Option(o Order, code int, value []byte) []byte {
	return slices.Concat(N16(o, code), N16(o, len(value)), value, make([]byte, -len(value)&3))
}

// Enhanced returns an Enhanced Packet Block.
func Enhanced(o Order, iface int, units uint64, data []byte) []byte {
	return Block(o, 6, N32(o, iface), N32(o, int(units>>32)), N32(o, int(units&0xffffffff)),
		N32(o, len(data)), N32(o, len(data)), data)
}

// ManyPackets returns n packets of 1000 bytes in a pcap or pcapng file.
func ManyPackets(ng bool, n int) []byte {
	le := binary.LittleEndian
	frame := Ethernet(0x0800, IPv4(protoTCP, Client4.Addr(), Server4.Addr(),
		Segment(Client4, Server4, string(bytes.Repeat([]byte("x"), 1000-14-20-24)))))
	if ng {
		return Join(Section(le), Interface(le, LinkEthernet), bytes.Repeat(Enhanced(le, 0, 7e6, frame), n))
	}
	return Join(PcapHeader(le, PcapMicro, LinkEthernet), bytes.Repeat(PcapRecord(le, 7, 5, frame), n))
}
