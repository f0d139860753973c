package decode

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// TestUnread holds by what name datagrams are counted that nobody looks into, and that none
// is passed over.
func TestUnread(t *testing.T) {
	quic := func(version uint32) []byte {
		return packettest.Join(binary.BigEndian.AppendUint32([]byte{0xc3}, version), "\x08\x01\x02\x03\x04\x05\x06\x07\x08\x00", make([]byte, 30))
	}
	tests := []struct {
		name     string
		port     uint16
		payloads [][]byte
		want     string // by which they are counted; nothing if they are read
		http3    bool
	}{
		{"QUIC", 443, [][]byte{quic(1), []byte("\x41 what follows has a short header")}, "QUIC version 1 (HTTP/3) on port 443", true},
		{"QUIC of two versions", 8443, [][]byte{quic(0x6b3343cf), quic(0xff00001d)}, "QUIC draft 29 (HTTP/3), QUIC version 2 (HTTP/3) on port 8443", true},
		{"QUIC of Google", 443, [][]byte{quic(0x51303530)}, "QUIC of Google Q050 (HTTP/3) on port 443", true},
		{"the middle of QUIC", 443, [][]byte{[]byte("\x41 what follows has a short header")}, "probably QUIC (HTTP/3) on port 443", true},
		{"DTLS", 5684, [][]byte{[]byte("\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01x")}, "DTLS (encrypted) on port 5684", false},
		{"WireGuard", 51820, [][]byte{packettest.Join("\x01\x00\x00\x00", make([]byte, 144))}, "WireGuard (encrypted) on port 51820", false},
		{"ESP in UDP", 4500, [][]byte{packettest.Join("\x00\x00\x10\x01\x00\x00\x00\x01", make([]byte, 64))}, "IPsec ESP (encrypted) on port 4500", false},
		{"IKE behind a translator", 4500, [][]byte{packettest.Join("\x00\x00\x00\x00", make([]byte, 64))}, "IKE on port 4500", false},
		{"STUN", 3478, [][]byte{packettest.Join("\x00\x01\x00\x00\x21\x12\xa4\x42", make([]byte, 12))}, "STUN on port 3478", false},
		{"by its port", 5353, [][]byte{[]byte("a query of any kind")}, "mDNS on port 5353", false},
		{"by nothing", 7777, [][]byte{[]byte("x"), []byte("y"), []byte("z")}, "port 7777", false},
		{"CAPWAP", 5247, [][]byte{packettest.Join("\x01\x00\x00\x00", make([]byte, 64))}, "", false},
		{"VXLAN that is none", 4789, [][]byte{[]byte("\x00 is not the flag")}, "port 4789", false},
		{"GTP-U of signalling", 2152, [][]byte{[]byte("\x32\x01\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00")}, "GTP on port 2152", false},
		{"nothing in it", 7777, [][]byte{nil}, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDecoding()
			for i, b := range tt.payloads {
				src, dst := uint16(50000), tt.port
				if i%2 > 0 {
					src, dst = dst, src
				}
				d.frame(linkRaw, packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(src, dst, b)))
			}
			d.Close()
			want := map[string]int{}
			if tt.want != "" {
				want[tt.want] = len(tt.payloads)
			}
			if got := d.counters.UnreadUDP; !maps.Equal(got, want) {
				t.Error(cmp.Diff(want, got))
			}
			if http3 := len(d.counters.Notes) == 1; http3 != tt.http3 || http3 && !strings.Contains(d.counters.Notes[0].Text, "--disable-quic") {
				t.Errorf("notes %v", d.counters.Notes)
			}
		})
	}
}

// TestPlacesOfLosses holds where what is not decoded, cut and not read is said to be first.
func TestPlacesOfLosses(t *testing.T) {
	t.Parallel()
	d := newDecoding()
	udp := func(dst uint16) []byte {
		return packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(50000, dst, []byte("x")))
	}
	first := packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), make([]byte, 64))
	binary.BigEndian.PutUint16(first[6:], 0x2000) // more fragments, which do not come
	for _, b := range [][]byte{
		packettest.Ethernet(0x8137, make([]byte, 40)),       // 1
		packettest.Ethernet(0x0800, first),                  // 2
		packettest.Ethernet(0x0800, udp(7777)),              // 3
		packettest.Ethernet(0x8137, make([]byte, 40)),       // 4
		packettest.Ethernet(0x0800, udp(7777)),              // 5
		packettest.Ethernet(0x0800, udp(9999)),              // 6
		packettest.Ethernet(0x0800, udp(9999)[:24]),         // 7, in the UDP header
		packettest.Ethernet(0x0800, make([]byte, 0, 1))[:9], // 8
	} {
		d.frame(linkEthernet, b)
	}
	d.Packet(&pcap.Packet{Frame: 9, Data: packettest.Ethernet(0x0800, udp(7777))[:40], Wire: 60, Link: linkEthernet}, 0, httpstream.File{})
	d.Close()
	got := map[string]int{}
	for _, m := range []map[string]httpstream.Pos{d.counters.Places.Undecoded, d.counters.Places.UnreadUDP} {
		for what, at := range m {
			what, _, _ = strings.Cut(what, ":")
			got[what] = at.Frame
		}
	}
	want := map[string]int{"IPX (EtherType 0x8137)": 1, "IP fragments whose others are missing": 2, "port 7777": 3, "port 9999": 6, "cut in the UDP header": 7, "too short for Ethernet": 8}
	if cut := d.counters.Places.Cut; cut.Frame != 9 {
		t.Errorf("the first that is cut is %v", cut)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestUnreadPorts holds that a scan of all ports takes no more memory than some.
func TestUnreadPorts(t *testing.T) {
	t.Parallel()
	d := newDecoding()
	for port := 1000; port < 1200; port++ {
		d.frame(linkRaw, packettest.IPv4(protoUDP, packettest.Client4.Addr(), packettest.Server4.Addr(), packettest.UDP(50000, uint16(port), []byte("x"))))
	}
	d.Close()
	sum := 0
	for _, n := range d.counters.UnreadUDP {
		sum += n
	}
	if n := len(d.counters.UnreadUDP); n != maxUnreadPorts+1 || sum != 200 || d.counters.UnreadUDP["other ports"] != 200-maxUnreadPorts {
		t.Errorf("%d ports, %d datagrams: %v", n, sum, slices.Sorted(maps.Keys(d.counters.UnreadUDP)))
	}
}

// TestCutBehindPackets holds that a packet is not cut of which only the padding of its frame is missing.
func TestCutBehindPackets(t *testing.T) {
	t.Parallel()
	frame := packettest.Ethernet(0x0800, packettest.TCP4())
	for missing, cut := range map[int]int{0: 0, 6: 0, -1: 1} {
		d := newDecoding()
		data := frame[:len(frame)+min(missing, 0)]
		d.Packet(&pcap.Packet{Frame: 1, Data: data, Wire: len(frame) + max(missing, 0), Link: linkEthernet}, 0, httpstream.File{})
		d.Close()
		if d.counters.Cut != cut || len(d.found) == 1 && d.found[0].Segment.Missing != cut {
			t.Errorf("%d bytes behind: %d packets cut", missing, d.counters.Cut)
		}
	}
}
