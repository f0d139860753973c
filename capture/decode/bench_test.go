package decode

import (
	"testing"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// ethernetUDP returns a frame with a datagram to a port.
func ethernetUDP(port uint16, data []byte) []byte {
	return packettest.Ethernet(etherIPv4, packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(50000, port, data)))
}

// discarding returns a Decoder whose events nobody looks at.
func discarding() *Decoder {
	return New(new(httpstream.Counters), 1024, func(events []Event) []Event { return events[:0] })
}

func BenchmarkDecode(b *testing.B) {
	inner := packettest.Ethernet(etherIPv4, packettest.TCP4())
	for _, c := range []struct {
		name  string
		frame []byte
	}{
		{"IPv4", inner},
		{"IPv6", packettest.Ethernet(etherIPv6, packettest.TCP6())},
		{"VXLAN", packettest.Ethernet(etherIPv4, packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(),
			packettest.UDP(1, portVXLAN, packettest.Join("\x08\x00\x00\x00\x00\x00\x01\x00", inner))))},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := discarding()
			k := pcap.Packet{Data: c.frame, Wire: len(c.frame), Link: linkEthernet}
			b.ReportAllocs()
			for b.Loop() {
				d.Packet(&k, 0, httpstream.File{})
			}
		})
	}
}

// TestDecodeAllocates holds that packets of every day cost no memory.
func TestDecodeAllocates(t *testing.T) {
	inner := packettest.Ethernet(etherIPv4, packettest.TCP4())
	frames := map[string][]byte{
		"IPv4":  inner,
		"IPv6":  packettest.Ethernet(etherIPv6, packettest.TCP6()),
		"VLAN":  packettest.Join(inner[:12], "\x81\x00\x00\x05", inner[12:]),
		"GRE":   packettest.Ethernet(etherIPv4, packettest.IPv4(protoGRE, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.Join("\x00\x00\x65\x58", inner))),
		"VXLAN": ethernetUDP(portVXLAN, packettest.Join("\x08\x00\x00\x00\x00\x00\x01\x00", inner)),
		"GTP-U": ethernetUDP(portGTPU, packettest.Join("\x30\xff\x00\x00\x00\x00\x00\x01", packettest.TCP4())),
		"mDNS":  ethernetUDP(5353, []byte("a query of any kind")),
		"ARP":   packettest.Ethernet(etherARP, make([]byte, 46)),
	}
	for name, frame := range frames {
		d := discarding()
		k := pcap.Packet{Data: frame, Wire: len(frame), Link: linkEthernet}
		d.Packet(&k, 0, httpstream.File{})
		if n := testing.AllocsPerRun(1000, func() { d.Packet(&k, 0, httpstream.File{}) }); n != 0 {
			t.Errorf("%s: %v allocations for a packet", name, n)
		}
	}
}
