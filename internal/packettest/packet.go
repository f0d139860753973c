// Package packettest makes packets and packet files for tests, byte by byte, so that a
// test can also make files that no program writes.
package packettest

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"

	"golang.org/x/net/dns/dnsmessage"
)

// The endpoints of the connections in packets.
var (
	Client4 = netip.MustParseAddrPort("192.0.2.10:50000")
	Server4 = netip.MustParseAddrPort("198.51.100.80:80")
	Client6 = netip.MustParseAddrPort("[2001:db8::10]:50000")
	Server6 = netip.MustParseAddrPort("[2001:db8::80]:80")
)

// Request is what TCP4 and TCP6 carry.
const Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

// The IP protocol numbers that tests use most.
const (
	protoTCP = 6
	protoUDP = 17
)

// Join joins strings and slices of bytes.
func Join(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		default:
			panic("neither a string nor bytes")
		}
	}
	return b
}

// Noise returns n random bytes, the same for the same seed.
func Noise(seed uint64, n int) []byte {
	rnd := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
}

// U16 returns n in 2 bytes, in network byte order.
func U16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

// U32 returns n in 4 bytes, in network byte order.
func U32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

// Segment returns a TCP segment with ACK and PSH, 4 bytes of options and a payload.
func Segment(src, dst netip.AddrPort, data string) []byte {
	return slices.Concat(U16(int(src.Port())), U16(int(dst.Port())), U32(1000), U32(2000),
		[]byte{6 << 4, 0x18}, U16(8192), U16(0), U16(0), []byte{1, 1, 1, 1}, []byte(data))
}

// UDP returns a UDP datagram without a checksum.
func UDP(src, dst uint16, data []byte) []byte {
	return slices.Concat(U16(int(src)), U16(int(dst)), U16(8+len(data)), U16(0), data)
}

// IPv4 returns an IPv4 packet with a header of 20 bytes, without a checksum.
func IPv4(proto byte, src, dst netip.Addr, data []byte) []byte {
	s, d := src.As4(), dst.As4()
	return slices.Concat([]byte{0x45, 0}, U16(20+len(data)), U16(7), U16(0), []byte{64, proto}, U16(0), s[:], d[:], data)
}

// IPv6 returns an IPv6 packet.
func IPv6(next byte, src, dst netip.Addr, data []byte) []byte {
	s, d := src.As16(), dst.As16()
	return slices.Concat(U32(6<<28), U16(len(data)), []byte{next, 64}, s[:], d[:], data)
}

// TCP4 returns an IPv4 packet with Request.
func TCP4() []byte {
	return IPv4(protoTCP, Client4.Addr(), Server4.Addr(), Segment(Client4, Server4, Request))
}

// TCP6 returns an IPv6 packet with Request.
func TCP6() []byte {
	return IPv6(protoTCP, Client6.Addr(), Server6.Addr(), Segment(Client6, Server6, Request))
}

// Ethernet returns an Ethernet frame of that EtherType.
func Ethernet(kind int, data []byte) []byte {
	return slices.Concat([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}, U16(kind), data)
}

// Query returns an IPv4 packet with a DNS query for a name of one label.
func Query(name string) []byte {
	m := dnsmessage.Message{Questions: []dnsmessage.Question{{
		Name: dnsmessage.MustNewName(name + "."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return IPv4(protoUDP, Client4.Addr(), Server4.Addr(), UDP(40000, 53, b))
}

// QueriedName returns the name in a packet that ends with a Query, whatever is in front of it.
func QueriedName(packet []byte) string {
	end := max(len(packet)-5, 0) // without the end of the name, the type and the class
	begin := end
	for begin > 0 && packet[begin-1] >= '0' {
		begin--
	}
	return string(packet[begin:end])
}
