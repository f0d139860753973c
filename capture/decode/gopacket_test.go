package decode

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// TestSecondOpinion changes bytes of the headers of good packets at random, and holds
// that wherever gopacket and this package both see TCP, they see the same.
func TestSecondOpinion(t *testing.T) {
	frames := [][]byte{
		packettest.Ethernet(etherIPv4, packettest.TCP4()),
		packettest.Ethernet(etherIPv6, packettest.TCP6()),
		packettest.Ethernet(etherVLAN, packettest.Join("\x00\x05\x08\x00", packettest.TCP4())),
		packettest.Ethernet(etherIPv6, packettest.IPv6(protoHopByHop, packettest.Client6.Addr(), packettest.Server6.Addr(),
			packettest.Join("\x06\x00\x01\x04\x00\x00\x00\x00", packettest.Segment(packettest.Client6, packettest.Server6, packettest.Request)))),
		packettest.Ethernet(etherIPv4, packettest.IPv4(protoGRE, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.Join("\x00\x00\x08\x00", packettest.TCP4()))),
	}
	random := rand.New(rand.NewPCG(1, 2))
	agreed := 0
	for range 20000 {
		frame := slices.Clone(frames[random.IntN(len(frames))])
		for range random.IntN(3) {
			frame[random.IntN(min(len(frame), 80))] ^= 1 << random.IntN(8)
		}
		frame = frame[:len(frame)-random.IntN(3)*random.IntN(20)]
		ours, _ := decoded(t, linkEthernet, frame)
		theirs := gopacket.NewPacket(slices.Clone(frame), layers.LayerTypeEthernet, gopacket.NoCopy)
		tcp, ok := theirs.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if ours == nil || !ok || theirs.ErrorLayer() != nil {
			continue
		}
		agreed++
		if diff := differs(ours, theirs, tcp); diff != "" {
			t.Fatalf("%s of % x:\nours   %+v\ntheirs %v", diff, frame, *ours, theirs)
		}
	}
	if agreed < 5000 {
		t.Errorf("only %d packets were compared", agreed)
	}
}

func differs(ours *httpstream.Segment, theirs gopacket.Packet, tcp *layers.TCP) string {
	var src string
	for _, layer := range theirs.Layers() { // the innermost counts
		if n, ok := layer.(gopacket.NetworkLayer); ok {
			src = n.NetworkFlow().Src().String()
		}
	}
	flags := uint8(0)
	for i, set := range []bool{tcp.FIN, tcp.SYN, tcp.RST, tcp.PSH, tcp.ACK, tcp.URG, tcp.ECE, tcp.CWR} {
		if set {
			flags |= 1 << i
		}
	}
	switch {
	case ours.Src.Addr().String() != src:
		return "source"
	case ours.Src.Port() != uint16(tcp.SrcPort) || ours.Dst.Port() != uint16(tcp.DstPort):
		return "ports"
	case ours.Seq != tcp.Seq || ours.Ack != tcp.Ack:
		return "sequence"
	case ours.Flags != flags:
		return "flags"
	case theirs.Layer(layers.LayerTypeIPv6HopByHop) != nil:
		return "" // gopacket counts the length of these options twice
	case string(ours.Payload) != string(tcp.Payload):
		return "payload"
	}
	return ""
}
