package capture

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

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
func decoded(t testing.TB, link uint16, frames ...[]byte) (*httpstream.Segment, *httpstream.Counters) {
	t.Helper()
	r := newRun(t.Context(), Sink{}, Options{})
	d := alone(r)
	for _, f := range frames {
		d.packet(&packet{data: f, wire: len(f), link: link}, 0, httpstream.File{})
	}
	if n := len(d.events); n > 0 && d.events[n-1].segment.At.Frame == len(frames) {
		return &d.events[n-1].segment, r.counters
	}
	return nil, r.counters
}

// alone returns a decoder whose batches are followed where it is.
func alone(r *run) *decoder {
	f := newFollower(r)
	return newDecoder(r, func(b *batch) *batch {
		f.take(b)
		return b
	})
}

// TestSnapLengthCuts holds what is left of a packet of which the snap length cut the end.
func TestSnapLengthCuts(t *testing.T) {
	const fixed, options = 20, 4 // of the TCP header
	tests := []struct {
		name    string
		kept    int    // bytes from the TCP header on
		payload string // of the segment
		missing int    // -1 if there is no segment
		reason  string // why there is none
	}{
		{"before the TCP header", 0, "", -1, "cut in the TCP header"},
		{"inside the TCP header", fixed - 1, "", -1, "cut in the TCP header"},
		{"inside the TCP options", fixed + 1, "", len(payload), ""},
		{"before the payload", fixed + options, "", len(payload), ""},
		{"inside the payload", fixed + options + 10, payload[:10], len(payload) - 10, ""},
	}
	for _, version := range []struct {
		name   string
		packet []byte
		header int
	}{{"IPv4", tcpv4(), 20}, {"IPv6", tcpv6(), 40}} {
		for _, tt := range tests {
			t.Run(version.name+" "+tt.name, func(t *testing.T) {
				r := newRun(t.Context(), Sink{}, Options{})
				d := alone(r)
				n := version.header + tt.kept
				d.packet(&packet{data: version.packet[:n:n], wire: len(version.packet), link: linkRaw}, 0, httpstream.File{})
				if r.counters.Cut != 1 {
					t.Errorf("%d packets count as cut", r.counters.Cut)
				}
				if n := r.counters.Undecoded[tt.reason]; tt.reason != "" && n != 1 || tt.reason == "" && len(r.counters.Undecoded) > 0 {
					t.Errorf("undecoded: %v", r.counters.Undecoded)
				}
				switch {
				case tt.missing < 0 && len(d.events) > 0:
					t.Errorf("segment %+v", d.events[0].segment)
				case tt.missing >= 0 && len(d.events) != 1:
					t.Errorf("%d segments", len(d.events))
				case tt.missing >= 0:
					if s := &d.events[0].segment; string(s.Payload) != tt.payload || s.Missing != tt.missing || s.Seq != 1000 {
						t.Errorf("segment %+v", *s)
					}
				}
			})
		}
	}
}

// TestDNSOverTCP reads a question and its answer on a connection whose beginning is not
// in the capture, and passes over what is no message.
func TestDNSOverTCP(t *testing.T) {
	server := netip.AddrPortFrom(serverV4.Addr(), httpstream.PortDNS)
	message := func(response bool) string {
		m := dnsmessage.Message{Header: dnsmessage.Header{ID: 7, Response: response}, Questions: []dnsmessage.Question{{
			Name: dnsmessage.MustNewName("web.contoso.com."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
		b, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return string(be16(len(b))) + string(b)
	}
	var got []string
	r := newRun(t.Context(), Sink{DNS: func(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message) {
		got = append(got, fmt.Sprint(at.Frame, " ", src.Port(), " > ", dst.Port(), " ", m.Questions[0].Name, " ", m.Response))
	}}, Options{})
	frames := [][]byte{
		ipv4Packet(protoTCP, server.Addr(), clientV4.Addr(), tcpSegment(server, netip.AddrPortFrom(clientV4.Addr(), 50002), "the end of an answer")),
		ipv4Packet(protoTCP, clientV4.Addr(), server.Addr(), tcpSegment(clientV4, server, message(false))),
		ipv4Packet(protoTCP, server.Addr(), clientV4.Addr(), tcpSegment(server, netip.AddrPortFrom(clientV4.Addr(), 50001), message(true))),
	}
	r.follow(func(d *decoder) {
		for _, f := range frames {
			d.packet(&packet{data: f, wire: len(f), link: linkRaw}, 0, httpstream.File{})
		}
	})
	want := []string{"2 50000 > 53 web.contoso.com. false", "3 53 > 50001 web.contoso.com. true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
