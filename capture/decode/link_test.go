package decode

import (
	"slices"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/internal/packettest"
)

// TestLinks wraps the same two segments in every link layer and encapsulation.
func TestLinks(t *testing.T) {
	v4, v6 := packettest.TCP4(), packettest.TCP6()
	mac := "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
	udp4 := func(dst uint16, data []byte) []byte {
		return packettest.Ethernet(etherIPv4, packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(40000, dst, data)))
	}
	ip4 := func(proto byte, data []byte) []byte {
		return packettest.Ethernet(etherIPv4, packettest.IPv4(proto, packettest.Client4.Addr(), packettest.Server4.Addr(), data))
	}
	ip6 := func(next byte, data []byte) []byte {
		return packettest.Ethernet(etherIPv6, packettest.IPv6(next, packettest.Client6.Addr(), packettest.Server6.Addr(), data))
	}
	tcp6 := packettest.Segment(packettest.Client6, packettest.Server6, packettest.Request)
	tests := []struct {
		name  string
		link  pcap.LinkType
		frame []byte
	}{
		{"Ethernet IPv4", linkEthernet, packettest.Ethernet(etherIPv4, v4)},
		{"Ethernet IPv6", linkEthernet, packettest.Ethernet(etherIPv6, v6)},
		{"Ethernet padding", linkEthernet, packettest.Join(packettest.Ethernet(etherIPv4, v4), make([]byte, 24))},
		{"802.1Q", linkEthernet, packettest.Join(mac, "\x81\x00\x00\x05\x08\x00", v4)},
		{"88a8 and 8100", linkEthernet, packettest.Join(mac, "\x88\xa8\x00\x05\x81\x00\x00\x06\x08\x00", v4)},
		{"8100 twice", linkEthernet, packettest.Join(mac, "\x81\x00\x00\x05\x81\x00\x00\x06\x08\x00", v4)},
		{"9100", linkEthernet, packettest.Join(mac, "\x91\x00\x00\x05\x81\x00\x00\x06\x86\xdd", v6)},
		{"SNAP", linkEthernet, packettest.Join(mac, packettest.U16(8+len(v4)), "\xaa\xaa\x03\x00\x00\x00\x08\x00", v4)},
		{"SLL", linkSLL, packettest.Join("\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x08\x00", v4)},
		{"SLL with a hostile address length", linkSLL, packettest.Join("\x00\x00\x00\x01\xff\xff\x02\x00\x00\x00\x00\x01\x00\x00\x86\xdd", v6)},
		{"SLL VLAN", linkSLL, packettest.Join("\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x81\x00\x00\x05\x08\x00", v4)},
		{"SLL2", linkSLL2, packettest.Join("\x08\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00", v4)},
		{"NULL little endian", linkNull, packettest.Join("\x02\x00\x00\x00", v4)},
		{"NULL big endian", linkNull, packettest.Join("\x00\x00\x00\x02", v4)},
		{"NULL IPv6 of Windows", linkNull, packettest.Join("\x17\x00\x00\x00", v6)},
		{"NULL IPv6 of macOS", linkNull, packettest.Join("\x1e\x00\x00\x00", v6)},
		{"LOOP", linkLoop, packettest.Join("\x00\x00\x00\x18", v6)},
		{"RAW 12", linkRawBSD, v4},
		{"RAW 14", linkRawOpen, v6},
		{"RAW 101", linkRaw, v6},
		{"IPV4", linkIPv4, v4},
		{"IPV6", linkIPv6, v6},
		{"PPP", linkPPP, packettest.Join("\xff\x03\x00\x21", v4)},
		{"PPP compressed", linkPPP, packettest.Join("\x57", v6)},
		{"PPP HDLC", linkPPPHDLC, packettest.Join("\xff\x03\x00\x57", v6)},
		{"PPPoE", linkEthernet, packettest.Join(mac, "\x88\x64\x11\x00\x00\x01", packettest.U16(2+len(v4)), "\x00\x21", v4)},
		{"Cisco HDLC", linkCHDLC, packettest.Join("\x0f\x00\x08\x00", v4)},
		{"MPLS", linkEthernet, packettest.Join(mac, "\x88\x47\x00\x01\x00\x40\x00\x02\x01\x40", v6)},
		{"Ethernet over MPLS", linkEthernet, packettest.Join(mac, "\x88\x47\x00\x01\x01\x40\x00\x00\x00\x00", packettest.Ethernet(etherIPv4, v4))},
		{"radiotap 802.11, by gopacket", 127, packettest.Join(
			"\x00\x00\x08\x00\x00\x00\x00\x00", "\x08\x01\x00\x00", mac, "\x02\x00\x00\x00\x00\x03\x00\x00",
			"\xaa\xaa\x03\x00\x00\x00\x08\x00", v4, "\x00\x00\x00\x00")},
		{"IP in IP", linkEthernet, ip4(protoIPv4, v4)},
		{"6in4", linkEthernet, ip4(protoIPv6, v6)},
		{"4in6", linkEthernet, ip6(protoIPv4, v4)},
		{"GRE", linkEthernet, ip4(protoGRE, packettest.Join("\x00\x00\x08\x00", v4))},
		{"GRE with checksum, key and sequence number", linkEthernet, ip4(protoGRE, packettest.Join("\xb0\x00\x86\xdd", make([]byte, 12), v6))},
		{"GRE Ethernet", linkEthernet, ip4(protoGRE, packettest.Join("\x20\x00\x65\x58\x00\x00\x07\x00", packettest.Ethernet(etherIPv4, v4)))},
		{"PPTP", linkEthernet, ip4(protoGRE, packettest.Join("\x30\x81\x88\x0b\x00\x00\x00\x07\x00\x00\x00\x01\x00\x00\x00\x01\xff\x03\x00\x21", v4))},
		{"WCCP", linkEthernet, ip4(protoGRE, packettest.Join("\x00\x00\x88\x3e\x00\x00\x00\x00", v4))},
		{"ERSPAN I", linkEthernet, ip4(protoGRE, packettest.Join("\x00\x00\x88\xbe", packettest.Ethernet(etherIPv4, v4)))},
		{"ERSPAN II", linkEthernet, ip4(protoGRE, packettest.Join("\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x01\x00\x01\x00\x00\x00\x00", packettest.Ethernet(etherIPv4, v4)))},
		{"ERSPAN III", linkEthernet, ip4(protoGRE, packettest.Join("\x10\x00\x22\xeb\x00\x00\x00\x01", make([]byte, 12), packettest.Ethernet(etherIPv4, v4)))},
		{"ERSPAN III with subheader", linkEthernet, ip4(protoGRE, packettest.Join("\x10\x00\x22\xeb\x00\x00\x00\x01", make([]byte, 11), "\x01", make([]byte, 8), packettest.Ethernet(etherIPv6, v6)))},
		{"ERSPAN III of IP", linkEthernet, ip4(protoGRE, packettest.Join("\x10\x00\x22\xeb\x00\x00\x00\x01", make([]byte, 10), "\x08\x00", v6))},
		{"VXLAN", linkEthernet, udp4(portVXLAN, packettest.Join("\x08\x00\x00\x00\x00\x00\x2a\x00", packettest.Ethernet(etherIPv4, v4)))},
		{"VXLAN on Linux's port", linkEthernet, udp4(portVXLANOld, packettest.Join("\x08\x00\x00\x00\x00\x00\x2a\x00", packettest.Ethernet(etherIPv6, v6)))},
		{"Geneve with options", linkEthernet, udp4(portGeneve, packettest.Join("\x01\x00\x65\x58\x00\x00\x2a\x00\x00\x00\x00\x00", packettest.Ethernet(etherIPv4, v4)))},
		{"Geneve of IP", linkEthernet, udp4(portGeneve, packettest.Join("\x00\x00\x08\x00\x00\x00\x2a\x00", v4))},
		{"EtherIP", linkEthernet, ip4(protoEtherIP, packettest.Join("\x30\x00", packettest.Ethernet(etherIPv4, v4)))},
		{"AH", linkEthernet, ip4(protoAH, packettest.Join("\x06\x04", make([]byte, 22), v4[20:]))},
		{"hop-by-hop and destination options", linkEthernet, ip6(protoHopByHop, packettest.Join("\x3c\x00\x01\x04\x00\x00\x00\x00", "\x06\x00\x01\x04\x00\x00\x00\x00", tcp6))},
		{"segment routing", linkEthernet, ip6(protoRouting, packettest.Join("\x06\x02\x04\x00\x00\x00\x00\x00", make([]byte, 16), tcp6))},
		{"IPv6 AH", linkEthernet, ip6(protoAH, packettest.Join("\x06\x04", make([]byte, 22), tcp6))},
		{"IPv6 atomic fragment", linkEthernet, ip6(protoFragment, packettest.Join("\x06\x00\x00\x00\x00\x00\x00\x01", tcp6))},
		{"IPv4 length 0", linkEthernet, func() []byte {
			b := slices.Clone(v4)
			b[2], b[3] = 0, 0
			return packettest.Ethernet(etherIPv4, b)
		}()},
		{"IPv6 length 0", linkEthernet, func() []byte {
			b := slices.Clone(v6)
			b[4], b[5] = 0, 0
			return packettest.Ethernet(etherIPv6, b)
		}()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, counters := decoded(t, tt.link, tt.frame)
			if s == nil {
				t.Fatalf("no segment; undecoded: %v", counters.Undecoded)
			}
			if got := string(s.Payload); got != packettest.Request {
				t.Errorf("payload = %q", got)
			}
			src, dst := packettest.Client4, packettest.Server4
			if s.Src.Addr().Is6() {
				src, dst = packettest.Client6, packettest.Server6
			}
			if s.Src != src || s.Dst != dst || s.Seq != 1000 || s.Ack != 2000 || s.Flags != 0x18 || s.Missing != 0 {
				t.Errorf("segment = %+v", *s)
			}
			if counters.Cut != 0 || len(counters.Undecoded) != 0 {
				t.Errorf("cut %d, undecoded %v", counters.Cut, counters.Undecoded)
			}
			// No prefix of it makes trouble, and none gives more than is there.
			for n := range tt.frame {
				if s, _ := decoded(t, tt.link, tt.frame[:n:n]); s != nil && len(s.Payload) > n {
					t.Fatalf("payload of %d bytes out of %d", len(s.Payload), n)
				}
			}
		})
	}
}
