package decode

import (
	"bytes"
	"slices"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// silent decodes a frame and reports whether nothing came of it: neither an event nor a count.
func silent(link pcap.LinkType, frame []byte) bool {
	d := newDecoding()
	d.frame(link, frame)
	d.Close()
	return len(d.found) == 0 && len(d.counters.Undecoded) == 0 && len(d.counters.UnreadUDP) == 0
}

// TestNothingInSilence holds that whatever a packet is, its content is looked into or
// counted, but for protocols that manage a link and carry nothing else.
func TestNothingInSilence(t *testing.T) {
	body := bytes.Repeat([]byte{0xa5}, 64)
	ip := func(proto byte) []byte {
		return packettest.IPv4(proto, packettest.Client4.Addr(), packettest.Server4.Addr(), body)
	}
	tests := []struct {
		name    string
		numbers int
		frame   func(n int) (pcap.LinkType, []byte)
		allowed []int
	}{
		{"link types", 400, func(n int) (pcap.LinkType, []byte) { return pcap.LinkType(n), body },
			[]int{int(linkTokenRing), int(linkDOCSIS)}}, // the body is a frame that manages these
		{"EtherTypes", 1 << 16, func(n int) (pcap.LinkType, []byte) { return linkEthernet, packettest.Ethernet(n, body) },
			[]int{etherARP, etherRARP, etherLLDP, etherPPPoED, etherSlow, etherEAPOL, etherPTP, etherLoop, etherWakeOnLAN}},
		{"service access points", 1 << 8, func(n int) (pcap.LinkType, []byte) {
			return linkEthernet, packettest.Ethernet(64, slices.Concat([]byte{byte(n), byte(n), 3}, body))
		}, []int{0, 0x42, 0xfe}},
		{"SNAP of bridges", 1 << 16, func(n int) (pcap.LinkType, []byte) {
			return linkEthernet, packettest.Ethernet(64, slices.Concat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2}, packettest.U16(n), body))
		}, []int{0x0e}},
		{"routed by LLC", 1 << 8, func(n int) (pcap.LinkType, []byte) {
			return 100, slices.Concat([]byte{0xfe, 0xfe, 3, byte(n)}, body)
		}, []int{nlpidCLNP, 0x82, nlpidISIS}},
		{"A-MSDU", 1 << 16, func(n int) (pcap.LinkType, []byte) {
			frame := slices.Concat([]byte{0x88, 1, 0, 0}, make([]byte, 20), []byte{0x80, 0}, make([]byte, 12), packettest.U16(n), body)
			return linkDot11, frame
		}, nil},
		{"SNAP", 1 << 16, func(n int) (pcap.LinkType, []byte) {
			return linkEthernet, packettest.Ethernet(64, slices.Concat([]byte{0xaa, 0xaa, 3, 0}, packettest.U16(n), body))
		}, []int{0x0c, 0x80c2}},
		{"IP protocols", 1 << 8, func(n int) (pcap.LinkType, []byte) { return linkRaw, ip(byte(n)) },
			[]int{protoICMP, protoICMPv6, protoIGMP}},
		{"protocols in GRE", 1 << 16, func(n int) (pcap.LinkType, []byte) {
			return linkRaw, packettest.IPv4(protoGRE, packettest.Client4.Addr(), packettest.Server4.Addr(),
				slices.Concat([]byte{0, 0}, packettest.U16(n), body))
		}, []int{etherARP, etherRARP, etherLLDP, etherPPPoED, etherSlow, etherEAPOL, etherPTP, etherWakeOnLAN}},
		{"UDP ports", 1 << 16, func(n int) (pcap.LinkType, []byte) {
			return linkRaw, packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(50000, uint16(n), body))
		}, nil},
		{"PPP", 0x8000, func(n int) (pcap.LinkType, []byte) { return linkPPP, slices.Concat(packettest.U16(n), body) }, nil},
		{"PPP above its control protocols", 0x3a00, func(n int) (pcap.LinkType, []byte) { return linkPPP, slices.Concat(packettest.U16(0xc500+n), body) }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for n := 0; n < tt.numbers; n++ {
				if n >= 0x2000 && n>>12 != 8 && n%testcost.Step(31) != 0 {
					continue // most numbers that are given to something are lower, or EtherTypes
				}
				link, frame := tt.frame(n)
				if silent(link, frame) && !slices.Contains(tt.allowed, n) {
					t.Errorf("%#x is passed over in silence", n)
				}
			}
		})
	}
}

// TestSignsOfLife holds that a tunnel that carries nothing, as ends ask whether the other one is
// there or acknowledge what came, is no packet that could not be decoded.
func TestSignsOfLife(t *testing.T) {
	t.Parallel()
	gre := func(b string) []byte {
		return packettest.IPv4(protoGRE, packettest.Client4.Addr(), packettest.Server4.Addr(), []byte(b))
	}
	for name, frame := range map[string][]byte{
		"acknowledgement of PPTP": gre("\x20\x81\x88\x0b\x00\x00\x00\x07\x00\x00\x00\x01"),
		"keepalive of IPsec":      packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(4500, 4500, []byte{0xff})),
		"keepalive of GRE":        gre("\x00\x00\x08\x00" + string(gre("\x00\x00\x00\x00"))),
	} {
		if !silent(linkRaw, frame) {
			t.Errorf("%s is counted", name)
		}
	}
	if silent(linkRaw, gre("\x00\x00\x08\x00")) {
		t.Error("IP that is missing in GRE is not counted")
	}
}
