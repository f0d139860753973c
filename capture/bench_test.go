package capture

import (
	"bytes"
	"encoding/binary"
	"testing"

	"negotrace/httpstream"
)

// manyPackets is n packets of 1000 bytes of a pcap or pcapng file.
func manyPackets(ng bool, n int) []byte {
	le := binary.LittleEndian
	frame := ethernetFrame(etherIPv4, ipv4Packet(protoTCP, clientV4.Addr(), serverV4.Addr(),
		tcpSegment(clientV4, serverV4, string(bytes.Repeat([]byte("x"), 1000-14-20-24)))))
	if ng {
		return join(ngSHB(le), ngIDB(le, linkEthernet), bytes.Repeat(ngEPB(le, 0, 7e6, frame), n))
	}
	return join(pcapHeader(le, pcapMicro, linkEthernet), bytes.Repeat(pcapPacket(le, 7, 5, frame), n))
}

// walk reads the packets of a file without decoding them.
func walk(tb testing.TB, s Source) int {
	r := newRun(tb.Context(), Sink{}, Options{})
	in, err := r.open(&s, fullStride)
	if err != nil {
		tb.Fatal(err)
	}
	defer in.close()
	f, err := r.openPackets(in, httpstream.File{}, fullStride)
	if err != nil {
		tb.Fatal(err)
	}
	n := 0
	for k := new(packet); f.next(k); n++ {
	}
	f.close()
	return n
}

func BenchmarkReadPcap(b *testing.B)   { benchmarkRead(b, manyPackets(false, 1<<16)) }
func BenchmarkReadPcapng(b *testing.B) { benchmarkRead(b, manyPackets(true, 1<<16)) }

func benchmarkRead(b *testing.B, file []byte) {
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		walk(b, source("x", file))
	}
}

func BenchmarkDecode(b *testing.B) {
	inner := ethernetFrame(etherIPv4, tcpv4())
	for _, c := range []struct {
		name  string
		frame []byte
	}{
		{"IPv4", inner},
		{"IPv6", ethernetFrame(etherIPv6, tcpv6())},
		{"VXLAN", ethernetFrame(etherIPv4, ipv4Packet(protoUDP, clientV4.Addr(), serverV4.Addr(),
			udpDatagram(1, portVXLAN, join("\x08\x00\x00\x00\x00\x00\x01\x00", inner))))},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := alone(newRun(b.Context(), Sink{}, Options{}))
			k := packet{data: c.frame, wire: len(c.frame), link: linkEthernet}
			b.ReportAllocs()
			for b.Loop() {
				d.packet(&k, 0, httpstream.File{})
			}
		})
	}
}

// TestDecodeAllocates holds that packets of every day cost no memory.
func TestDecodeAllocates(t *testing.T) {
	inner := ethernetFrame(etherIPv4, tcpv4())
	frames := map[string][]byte{
		"IPv4": inner,
		"IPv6": ethernetFrame(etherIPv6, tcpv6()),
		"VLAN": join(inner[:12], "\x81\x00\x00\x05", inner[12:]),
		"GRE":  ethernetFrame(etherIPv4, ipv4Packet(protoGRE, clientV4.Addr(), serverV4.Addr(), join("\x00\x00\x65\x58", inner))),
		"ARP":  ethernetFrame(etherARP, make([]byte, 46)),
	}
	for name, frame := range frames {
		d := alone(newRun(t.Context(), Sink{}, Options{}))
		k := packet{data: frame, wire: len(frame), link: linkEthernet}
		d.packet(&k, 0, httpstream.File{})
		if n := testing.AllocsPerRun(1000, func() { d.packet(&k, 0, httpstream.File{}) }); n != 0 {
			t.Errorf("%s: %v allocations for a packet", name, n)
		}
	}
}

// TestReadAllocates holds that what reading costs does not grow with the file.
func TestReadAllocates(t *testing.T) {
	for _, ng := range []bool{false, true} {
		small, large := manyPackets(ng, 1000), manyPackets(ng, 20000)
		cost := func(file []byte) float64 { return testing.AllocsPerRun(3, func() { walk(t, source("x", file)) }) }
		if a, b := cost(small), cost(large); b-a > 50 {
			t.Errorf("pcapng %v: %v allocations for 1000 packets, %v for 20000", ng, a, b)
		}
	}
}
