package decode

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/pcap"
	"negotrace/internal/packettest"
)

// TestNotDecoded holds by which words packets are counted that are not decoded: what they
// are, and where that helps what to do.
func TestNotDecoded(t *testing.T) {
	t.Parallel()
	body := make([]byte, 40)
	dot11 := func(flags byte) []byte {
		return packettest.Join([]byte{0x08, flags, 0, 0}, make([]byte, 20), "\x00\x00\x20\x00\x01\x02\x03\x04", body)
	}
	ip := func(proto byte) []byte {
		return packettest.IPv4(proto, packettest.Client4.Addr(), packettest.Server4.Addr(), body)
	}
	for _, tt := range []struct {
		link  pcap.LinkType
		frame []byte
		want  string
	}{
		{220, body, "link type 220 (USB, which is not read: record on the network interface)"},
		{201, body, "link type 201 (Bluetooth"},
		{147, body, "link type 147 (private use: if it is Ethernet, say so with `editcap -T ether IN OUT`)"},
		{290, body, "events of Windows: give the trace (.etl) itself"},
		{399, body, "link type 399 (not known here: Wireshark's `tshark -r IN -U IP"},
		{pcap.LinkUnknown, body, "no link type"},
		{pcap.NoPacket, body, "something else than a packet"},
		{linkEthernet, nil, "empty packet"},
		{linkDot11, dot11(0x41), "802.11 encrypted by WPA or WEP: record on the machine itself"},
		{linkDot11, dot11(0x05), "fragment of 802.11"},
		{linkEthernet, packettest.Ethernet(0x88e5, packettest.Join("\x2c\x00\x00\x00\x00\x07", body)), "MACsec, encrypted"},
		{linkEthernet, packettest.Ethernet(0x8892, body), "PROFINET (EtherType 0x8892)"},
		{linkEthernet, packettest.Ethernet(0x4242, body), "EtherType 0x4242"},
		{linkEthernet, packettest.Ethernet(0x4305, packettest.Join("\x41\x0f\x32\x00", body)), "fragments of B.A.T.M.A.N., which are not put together: record on"},
		{linkEthernet, packettest.Ethernet(0x8847, packettest.Join("\x00\x00\xd1\x40\x10\x00\x00\x07", body)), "messages about a line over MPLS, in associated channel 7"},
		{linkRaw, ip(103), "PIM (IP protocol 103)"},
		{linkRaw, ip(protoESP), "ESP, encrypted by IPsec: record at an end of it"},
		{linkRaw, ip(132), "SCTP (IP protocol 132)"},
		{linkRaw, ip(200), "IP protocol 200"},
		{linkRaw, packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(),
			packettest.UDP(50000, portCAPWAP, packettest.Join("\x01\x00\x00\x00", body))), "CAPWAP, encrypted by DTLS"},
	} {
		_, counters := decoded(t, tt.link, tt.frame)
		reasons := slices.Collect(maps.Keys(counters.Undecoded))
		if len(reasons) != 1 || !strings.Contains(reasons[0], tt.want) {
			t.Errorf("link type %d: counted as %q, want %q", tt.link, reasons, tt.want)
		}
	}
}
