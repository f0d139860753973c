package decode

import (
	"bytes"
	"testing"

	"negotrace/internal/packettest"
)

// TestF5 holds that nothing is said of what BIG-IP puts into a capture beside the traffic:
// a first frame about the capture, and a trailer behind the IP packet of each frame.
func TestF5(t *testing.T) {
	t.Parallel()
	info := packettest.Ethernet(etherF5, []byte("F5-Pseudo-pkt\x00CMD: tcpdump -s0 -i 0.0:nnn\x00VER: BIG-IP 15.1.2\x00"))
	if segment, counters := decoded(t, linkEthernet, info); segment != nil || len(counters.Undecoded) != 0 {
		t.Errorf("the first frame: %+v, not decoded %v", segment, counters.Undecoded)
	}
	if _, counters := decoded(t, linkEthernet, packettest.Ethernet(etherF5, bytes.Repeat([]byte{0xa5}, 40))); len(counters.Undecoded) != 1 {
		t.Errorf("another frame of that type is passed over in silence")
	}
	const trailer = "\xf5\xde\xb0\xf5\x00\x20\x00\x01\x01\x1d\x01\x00\x00/Common/web_vs\x00\x00\x00\x00\x00\x00"
	plain, _ := decoded(t, linkEthernet, packettest.Ethernet(etherIPv4, packettest.TCP4()))
	segment, counters := decoded(t, linkEthernet, packettest.Ethernet(etherIPv4, packettest.Join(packettest.TCP4(), trailer)))
	if segment == nil || string(segment.Payload) != string(plain.Payload) || counters.Cut != 0 || len(counters.Undecoded) != 0 {
		t.Errorf("a trailer: %+v, %d cut, not decoded %v", segment, counters.Cut, counters.Undecoded)
	}
}
