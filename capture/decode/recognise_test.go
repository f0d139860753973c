package decode

import (
	"slices"
	"testing"

	"negotrace/internal/packettest"
)

// TestFramesInTunnelsThatDoNotSaySo holds that a frame with any tag is found where only its own look
// shows that there is one: behind the cookie of L2TP, on another port of VXLAN, and on a line of MPLS.
func TestFramesInTunnelsThatDoNotSaySo(t *testing.T) {
	t.Parallel()
	src, dst := packettest.Client4.Addr(), packettest.Server4.Addr()
	inner := packettest.TCP4()
	plain := packettest.Ethernet(etherIPv4, inner)
	frames := map[string][]byte{
		"QinQ of old":   packettest.Ethernet(etherQinQ1, slices.Concat(packettest.U16(100), plain[12:])),
		"CMD":           packettest.Ethernet(etherCMD, slices.Concat([]byte{1, 1, 0, 1, 0, 5}, plain[12:])),
		"VN-tag":        packettest.Ethernet(etherVNTag, slices.Concat([]byte{0x80, 3, 0, 4}, plain[12:])),
		"HSR":           packettest.Ethernet(etherHSR, slices.Concat([]byte{0, 60, 0, 9}, plain[12:])),
		"E-tag":         packettest.Ethernet(etherETag, slices.Concat([]byte{0, 1, 0, 2, 0, 0}, plain[12:])),
		"R-tag":         packettest.Ethernet(etherRTag, slices.Concat([]byte{0, 0, 0, 9}, plain[12:])),
		"MACsec":        packettest.Ethernet(etherMACsec, slices.Concat([]byte{0, 0, 0, 0, 0, 7}, plain[12:], make([]byte, 16))),
		"PBB":           packettest.Ethernet(etherPBB, slices.Concat([]byte{0, 0, 1, 2}, plain)),
		"FabricPath":    packettest.Ethernet(etherFabricPath, slices.Concat([]byte{0, 0x40}, plain)),
		"TRILL":         packettest.Ethernet(etherTRILL, slices.Concat([]byte{0, 0x3f, 0, 1, 0, 2}, plain)),
		"NSH":           packettest.Ethernet(etherNSH, slices.Concat([]byte{0x0f, 0xc2, 2, 3, 0, 0, 9, 0xff}, plain)),
		"B.A.T.M.A.N.":  packettest.Ethernet(etherBATMAN, slices.Concat([]byte{0x40, 15, 50, 1}, plain[:6], plain)),
		"SNAP":          packettest.Ethernet(8+len(inner), slices.Concat([]byte{0xaa, 0xaa, 3, 0, 0, 0}, plain[12:])),
		"spanning tree": packettest.Ethernet(38, slices.Concat([]byte{0x42, 0x42, 3}, make([]byte, 35))),
	}
	for name, frame := range frames {
		carries := name != "spanning tree"
		found(t, name+" in L2TP", packettest.IPv4(protoL2TP, src, dst, slices.Concat([]byte("\x00\x00\x00\x09cook"), frame)), carries)
		vxlan := packettest.UDP(50000, 10801, slices.Concat([]byte{8, 0, 0, 0, 0, 3, 0x21, 0}, frame))
		found(t, name+" in VXLAN", packettest.IPv4(protoUDP, src, dst, vxlan), carries)
		found(t, name+" in MPLS", packettest.IPv4(protoMPLS, src, dst, slices.Concat([]byte{0, 1, 0x11, 64}, frame)), carries)
	}
}

// TestPacketsInTunnelsThatDoNotSaySo holds the same of packets: of any class of traffic, and with
// another tunnel in them. What only looks like one is none.
func TestPacketsInTunnelsThatDoNotSaySo(t *testing.T) {
	t.Parallel()
	src, dst := packettest.Client4.Addr(), packettest.Server4.Addr()
	six, four := packettest.TCP6(), packettest.TCP4()
	marked := slices.Clone(six)
	marked[0], marked[1] = 0x6b, 0x80 // expedited forwarding
	lisp := func(b []byte) []byte {
		return packettest.IPv4(protoUDP, src, dst, packettest.UDP(50000, portLISP, slices.Concat(make([]byte, 8), b)))
	}
	found(t, "IPv6", lisp(six), true)
	found(t, "IPv6 of a class", lisp(marked), true)
	found(t, "IP in IPv4", lisp(packettest.IPv4(protoIPv4, src, dst, four)), true)
	found(t, "IPv4 in IPv6", lisp(packettest.IPv6(protoIPv4, packettest.Client6.Addr(), packettest.Server6.Addr(), four)), true)
	for name, b := range map[string][]byte{
		"a class and a length that does not fit": slices.Concat(marked[:4], []byte{0xff, 0xff}, marked[6:]),
		"a wrong checksum":                       slices.Concat(four[:10], []byte{0x12, 0x34}, four[12:]),
		"an unknown protocol without a checksum": packettest.IPv4(253, src, dst, make([]byte, 40)),
	} {
		if isIP(b) {
			t.Errorf("%s is taken for IP", name)
		}
	}
	if isEthernet(packettest.Ethernet(60, make([]byte, 60))) || isEthernet(packettest.Ethernet(38, []byte("\x42\x42\x03 and too short"))) {
		t.Error("a length is taken for a frame")
	}
}

func found(t *testing.T, name string, packet []byte, carries bool) {
	t.Helper()
	segment, c := decoded(t, linkRaw, packet)
	if (segment != nil) != carries || len(c.Undecoded)+len(c.UnreadUDP) > 0 {
		t.Errorf("%s: segment %v, not decoded %v, not read %v", name, segment, c.Undecoded, c.UnreadUDP)
	}
}
