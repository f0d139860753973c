package capture

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"negotrace/httpstream"
)

// Addresses and ports of the packets that tests make.
var (
	clientV4 = netip.MustParseAddrPort("192.0.2.10:50000")
	serverV4 = netip.MustParseAddrPort("198.51.100.80:80")
	clientV6 = netip.MustParseAddrPort("[2001:db8::10]:50000")
	serverV6 = netip.MustParseAddrPort("[2001:db8::80]:80")
)

const payload = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

func be16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func be32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

// tcpHeader is a segment with ACK and PSH, 4 bytes of options and a payload.
func tcpSegment(src, dst netip.AddrPort, data string) []byte {
	return slices.Concat(be16(int(src.Port())), be16(int(dst.Port())), be32(1000), be32(2000),
		[]byte{6 << 4, 0x18}, be16(8192), be16(0), be16(0), []byte{1, 1, 1, 1}, []byte(data))
}

func udpDatagram(src, dst uint16, data []byte) []byte {
	return slices.Concat(be16(int(src)), be16(int(dst)), be16(8+len(data)), be16(0), data)
}

// ipv4Packet has a header without options. The length can be told as something else
// than it is.
func ipv4Packet(proto byte, src, dst netip.Addr, data []byte) []byte {
	s, d := src.As4(), dst.As4()
	return slices.Concat([]byte{0x45, 0}, be16(20+len(data)), be16(7), be16(0), []byte{64, proto}, be16(0), s[:], d[:], data)
}

func ipv6Packet(next byte, src, dst netip.Addr, data []byte) []byte {
	s, d := src.As16(), dst.As16()
	return slices.Concat(be32(6<<28), be16(len(data)), []byte{next, 64}, s[:], d[:], data)
}

func tcpv4() []byte {
	return ipv4Packet(protoTCP, clientV4.Addr(), serverV4.Addr(), tcpSegment(clientV4, serverV4, payload))
}

func tcpv6() []byte {
	return ipv6Packet(protoTCP, clientV6.Addr(), serverV6.Addr(), tcpSegment(clientV6, serverV6, payload))
}

// ethernetFrame puts an Ethernet header before data.
func ethernetFrame(kind int, data []byte) []byte {
	return slices.Concat([]byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}, be16(kind), data)
}

// decoded runs frames through a decoder and returns the segment that the last one
// gave, nil if it gave none, and the reasons for what was not decoded.
func decoded(t testing.TB, link uint16, frames ...[]byte) (*httpstream.Segment, *httpstream.Tally) {
	t.Helper()
	r := newRun(t.Context(), Sink{}, Options{})
	d := newDecoder(r)
	for _, f := range frames {
		d.packet(&packet{data: f, wire: len(f), link: link}, 0, "")
	}
	if d.segment.At.Frame != len(frames) {
		return nil, r.tally
	}
	return &d.segment, r.tally
}
