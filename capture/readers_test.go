package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

// A row is what tests see of a packet: each carries a DNS query for a name.
type row struct {
	Frame int
	Time  string
	File  string
	Name  string
}

// query is a raw IP packet with a DNS query for name.
func query(name string) []byte {
	m := dnsmessage.Message{Questions: []dnsmessage.Question{{
		Name: dnsmessage.MustNewName(name + "."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return ipv4Packet(protoUDP, clientV4.Addr(), serverV4.Addr(), udpDatagram(40000, httpstream.PortDNS, b))
}

// source is a file of a test.
func source(name string, b []byte) Source {
	return Source{Name: name, Size: int64(len(b)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b)), nil
	}}
}

// rows reads sources and returns the packets as their DNS queries tell them.
func rows(t testing.TB, sources ...Source) ([]row, *httpstream.Counters, error) {
	t.Helper()
	var got []row
	counters, err := Read(t.Context(), sources, Sink{
		DNS: func(at httpstream.Pos, _, _ netip.AddrPort, m *dnsmessage.Message) {
			name := strings.TrimSuffix(m.Questions[0].Name.String(), ".")
			stamp := ""
			if !at.Time.IsZero() {
				stamp = at.Time.UTC().Format("05.000000000")
			}
			got = append(got, row{at.Frame, stamp, at.File.String(), name})
		},
	}, Options{})
	return got, counters, err
}

func u16(o binary.AppendByteOrder, n int) []byte { return o.AppendUint16(nil, uint16(n)) }
func u32(o binary.AppendByteOrder, n int) []byte { return o.AppendUint32(nil, uint32(n)) }

// pcapHeader is the header of a pcap file with a snapshot length that is too small.
func pcapHeader(o binary.AppendByteOrder, magic, link int) []byte {
	return pcapHeaderSnap(o, magic, link, 16)
}

func pcapHeaderSnap(o binary.AppendByteOrder, magic, link, snaplen int) []byte {
	return slices.Concat(u32(o, magic), u16(o, 2), u16(o, 4), u32(o, 0), u32(o, 0), u32(o, snaplen), u32(o, link))
}

func pcapPacket(o binary.AppendByteOrder, sec, frac int, data []byte) []byte {
	return slices.Concat(u32(o, sec), u32(o, frac), u32(o, len(data)), u32(o, len(data)), data)
}

// ngBlock is a pcapng block.
func ngBlock(o binary.AppendByteOrder, kind int, body ...[]byte) []byte {
	b := slices.Concat(body...)
	b = append(b, make([]byte, -len(b)&3)...)
	n := u32(o, 12+len(b))
	return slices.Concat(u32(o, kind), n, b, n)
}

func ngSHB(o binary.AppendByteOrder) []byte { return ngSHBOf(o, 0) }

// ngSHBOf begins a section of pcapng version 1.minor.
func ngSHBOf(o binary.AppendByteOrder, minor int, options ...[]byte) []byte {
	return ngBlock(o, ngSection, u32(o, ngByteOrder), u16(o, 1), u16(o, minor), u32(o, -1), u32(o, -1), slices.Concat(options...))
}

func ngIDB(o binary.AppendByteOrder, link int, options ...[]byte) []byte {
	return ngBlock(o, ngInterface, u16(o, link), u16(o, 0), u32(o, 0), slices.Concat(options...))
}

func ngOption(o binary.AppendByteOrder, code int, value []byte) []byte {
	return slices.Concat(u16(o, code), u16(o, len(value)), value, make([]byte, -len(value)&3))
}

func ngEPB(o binary.AppendByteOrder, iface int, units uint64, data []byte) []byte {
	return ngBlock(o, ngEnhanced, u32(o, iface), u32(o, int(units>>32)), u32(o, int(units&0xffffffff)),
		u32(o, len(data)), u32(o, len(data)), data)
}

func TestPcap(t *testing.T) {
	a, b := query("a"), query("b")
	le, be := binary.LittleEndian, binary.BigEndian
	want := []row{{1, "07.000005000", "", "a"}, {2, "08.000006000", "", "b"}}
	tests := []struct {
		name string
		file []byte
	}{
		{"little endian", join(pcapHeader(le, pcapMicro, linkRaw), pcapPacket(le, 7, 5, a), pcapPacket(le, 8, 6, b))},
		{"big endian", join(pcapHeader(be, pcapMicro, linkRaw), pcapPacket(be, 7, 5, a), pcapPacket(be, 8, 6, b))},
		{"nanoseconds", join(pcapHeader(le, pcapNano, linkRaw), pcapPacket(le, 7, 5000, a), pcapPacket(le, 8, 6000, b))},
		{"nanoseconds big endian", join(pcapHeader(be, pcapNano, linkRaw), pcapPacket(be, 7, 5000, a), pcapPacket(be, 8, 6000, b))},
		{"snaplen 0", join(pcapHeaderSnap(le, pcapMicro, linkRaw, 0), pcapPacket(le, 7, 5, a), pcapPacket(le, 8, 6, b))},
		{"caplen > snaplen", join(pcapHeaderSnap(le, pcapMicro, linkRaw, len(a)-1), pcapPacket(le, 7, 5, a), pcapPacket(le, 8, 6, b))},
		{"snaplen 2^32-1", join(pcapHeaderSnap(le, pcapMicro, linkRaw, 1<<32-1), pcapPacket(le, 7, 5, a), pcapPacket(le, 8, 6, b))},
		{"Kuznetzov a1b2cd34", join(pcapHeader(le, pcapModified, linkRaw),
			pcapPacket(le, 7, 5, nil)[:8], u32(le, len(a)), u32(le, len(a)), make([]byte, 8), a,
			pcapPacket(le, 8, 6, nil)[:8], u32(le, len(b)), u32(le, len(b)), make([]byte, 8), b)},
		{"length of check sequences beside the link type",
			join(pcapHeader(le, pcapMicro, 0x24000000|linkRaw), pcapPacket(le, 7, 5, a), pcapPacket(le, 8, 6, b))},
		{"caplen > len",
			join(pcapHeader(le, pcapMicro, linkRaw), pcapPacket(le, 7, 5, nil)[:8], u32(le, len(a)), u32(le, 10), a, pcapPacket(le, 8, 6, b))},
		{"lengths swapped, version 2.2", func() []byte {
			f := join(pcapHeader(le, pcapMicro, linkRaw),
				pcapPacket(le, 7, 5, nil)[:8], u32(le, 1500), u32(le, len(a)), a,
				pcapPacket(le, 8, 6, nil)[:8], u32(le, 1500), u32(le, len(b)), b)
			f[6] = 2
			return f
		}()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, counters, err := rows(t, source("x", tt.file))
			if err != nil || len(counters.Damage) > 0 {
				t.Fatal(err, counters.Damage)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPcapng(t *testing.T) {
	a, b, c := query("a"), query("b"), query("c")
	le, be := binary.LittleEndian, binary.BigEndian
	ether := ethernetFrame(etherIPv4, c)
	tsresol := func(o binary.AppendByteOrder, v byte) []byte { return ngOption(o, ngOptTSResol, []byte{v}) }
	tests := []struct {
		name string
		file []byte
		want []row
	}{
		{"two sections of different byte order", join(
			ngSHB(le), ngIDB(le, linkRaw), ngEPB(le, 0, 7e6, a),
			ngSHB(be), ngIDB(be, linkEthernet, tsresol(be, 9)), ngEPB(be, 0, 8e9, ether)),
			[]row{{1, "07.000000000", "", "a"}, {2, "08.000000000", "", "c"}}},
		{"interfaces of their own link types and resolutions", join(
			ngSHB(le), ngIDB(le, linkRaw), ngIDB(le, linkEthernet, tsresol(le, 3)), ngIDB(le, linkSLL2, tsresol(le, 0x80|32)),
			ngEPB(le, 1, 7500, ether), ngEPB(le, 0, 8e6, a),
			ngEPB(le, 2, 9<<32|1<<31, join("\x08\x00", make([]byte, 18), b))),
			[]row{{1, "07.500000000", "", "c"}, {2, "08.000000000", "", "a"}, {3, "09.500000000", "", "b"}}},
		{"simple, obsolete and unknown blocks", join(
			ngSHB(be), ngIDB(be, linkRaw), ngBlock(be, ngSimple, u32(be, len(a)), a), ngBlock(be, 0x7777, []byte("x")),
			ngBlock(be, ngNames, u32(be, 0)), ngBlock(be, ngPacket, u16(be, 0), u16(be, 3), u32(be, 0), u32(be, 7e6), u32(be, len(b)), u32(be, len(b)), b)),
			[]row{{1, "", "", "a"}, {2, "07.000000000", "", "b"}}},
		{"options after the packet", join(
			ngSHB(le), ngIDB(le, linkRaw), ngBlock(le, ngEnhanced, u32(le, 0), u32(le, 0), u32(le, 7e6), u32(le, len(a)), u32(le, len(a)),
				a, make([]byte, -len(a)&3), ngOption(le, 1, []byte("comment")), ngOption(le, 0, nil))),
			[]row{{1, "07.000000000", "", "a"}}},
		{"option length 65535 in the section header", join(
			ngSHBOf(le, 0, ngOption(le, 1, bytes.Repeat([]byte("c"), 65535))), ngIDB(le, linkRaw), ngEPB(le, 0, 7e6, a)),
			[]row{{1, "07.000000000", "", "a"}}},
		{"option length 65535 in a shorter section header", join(
			ngSHBOf(le, 0, u16(le, 1), u16(le, 65535), []byte("comment")), ngIDB(le, linkRaw), ngEPB(le, 0, 7e6, a)),
			[]row{{1, "07.000000000", "", "a"}}},
		{"sections of version 1.2", join(
			ngSHBOf(le, 2), ngIDB(le, linkRaw), ngEPB(le, 0, 7e6, a),
			ngSHBOf(be, 2), ngIDB(be, linkRaw), ngEPB(be, 0, 8e6, b)),
			[]row{{1, "07.000000000", "", "a"}, {2, "08.000000000", "", "b"}}},
		{"a block whose length leaves out the padding", join(ngSHB(le), ngIDB(le, linkRaw), func() []byte {
			b := ngBlock(le, 0x7777, []byte("x"))
			b[4], b[len(b)-4] = 13, 13
			return b
		}(), ngEPB(le, 0, 7e6, a)), []row{{1, "07.000000000", "", "a"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, counters, err := rows(t, source("x", tt.file))
			if err != nil || len(counters.Damage) > 0 || len(counters.Undecoded) > 0 {
				t.Fatal(err, counters.Damage, counters.Undecoded)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPcapngRecords holds that blocks which Wireshark numbers like packets have a number.
func TestPcapngRecords(t *testing.T) {
	le := binary.LittleEndian
	for _, kind := range []int{ngJournal, ngCustom, ngCustomNoCopy, ngSysdig} {
		got, counters, err := rows(t, source("x", join(ngSHB(le), ngIDB(le, linkRaw), ngBlock(le, kind, make([]byte, 40)), ngEPB(le, 0, 7e6, query("a")))))
		if err != nil || len(got) != 1 || got[0].Frame != 2 || counters.Packets != 2 || len(counters.Undecoded) != 1 {
			t.Errorf("block type %#x: %v, %d packets, undecoded %v, %v", kind, got, counters.Packets, counters.Undecoded, err)
		}
	}
}

func TestPcapngTime(t *testing.T) {
	le := binary.LittleEndian
	resolution := func(v byte) []byte { return ngOption(le, ngOptTSResol, []byte{v}) }
	offset := func(n int64) []byte { return ngOption(le, ngOptTSOffset, le.AppendUint64(nil, uint64(n))) }
	unix := httpstream.UnixTime
	tests := []struct {
		name    string
		options []byte
		units   uint64
		want    httpstream.Time
	}{
		{"microseconds unless told", nil, 7_500_001, unix(7, 500_001_000)},
		{"10^0", resolution(0), 1000, unix(1000, 0)},
		{"10^-12", resolution(12), 7_000_000_001_999, unix(7, 1)},
		{"10^-19", resolution(19), 15e18, unix(1, 500_000_000)},
		{"10^-20", resolution(20), 15e18, unix(0, 150_000_000)},
		{"10^-127", resolution(127), 1 << 63, unix(0, 0)},
		{"2^-32", resolution(0x80 | 32), 5<<32 | 1<<31, unix(5, 500_000_000)},
		{"2^-63", resolution(0x80 | 63), 3 << 62, unix(1, 500_000_000)},
		{"2^-64", resolution(0x80 | 64), 1 << 63, unix(0, 500_000_000)},
		{"2^-127", resolution(0x80 | 127), 1 << 63, unix(0, 0)},
		{"2^0", resolution(0x80), 12, unix(12, 0)},
		{"tsoffset +", offset(100), 1e6, unix(101, 0)},
		{"tsoffset -", offset(-100), 200e6, unix(100, 0)},
		{"short tsoffset option is none", ngOption(le, ngOptTSOffset, []byte{1, 2, 3, 4}), 1e6, unix(1, 0)},
		{"tsoffset that overflows", offset(-1 << 63), 1e6, httpstream.Time{}},
		{"year 500000", resolution(0), 1 << 44, httpstream.Time{}},
		{"option longer than the block", join(u16(le, 2), u16(le, 65535), "x"), 1e6, unix(1, 0)},
		{"after the end of options", join(ngOption(le, 0, nil), resolution(3)), 1e6, unix(1, 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := newNgIface(littleEndian, join(u16(le, linkRaw), u16(le, 0), u32(le, 0), tt.options))
			if got := i.time(tt.units); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestPcapngDamage(t *testing.T) {
	le := binary.LittleEndian
	good := func(name string) []byte { return ngEPB(le, 0, 7e6, query(name)) }
	start := join(ngSHB(le), ngIDB(le, linkRaw))
	lying := good("x")
	lying[len(lying)-2]++
	zero := good("x")
	clear(zero[4:8])
	huge := good("x")
	copy(huge[4:], "\xff\xff\xff\xff")
	long := good("x")
	copy(long[20:], "\xff\x00\x00\x00")
	tests := []struct {
		name   string
		bad    []byte
		damage string
		packet int // what the damaged part still counts as
	}{
		{"length not repeated", lying, "that ends in length", 0},
		{"length 0", zero, "a block of 0 bytes", 0},
		{"length 4 GB", huge, "a block of 4294967295 bytes", 0},
		{"noise", bytes.Repeat([]byte{0xa5}, 1001), "bytes are passed over", 0},
		{"more captured than the block holds", long, "a packet of 255 bytes", 1},
		{"unknown interface", ngEPB(le, 9, 7e6, query("x")), "interface 9", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, counters, err := rows(t, source("x", join(start, good("a"), tt.bad, good("b"))))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 || got[0].Name != "a" || got[len(got)-1].Name != "b" || counters.Packets != 2+tt.packet {
				t.Errorf("rows = %v, %d packets", got, counters.Packets)
			}
			if len(counters.Damage) != 1 || !strings.Contains(counters.Damage[0].Text, tt.damage) || counters.Damage[0].Pos.Frame != 1 {
				t.Errorf("damage = %v", counters.Damage)
			}
		})
	}
}

// TestCut cuts captures at every byte: every packet that is there to its end is read,
// and a cut inside of one is said.
func TestCut(t *testing.T) {
	le := binary.LittleEndian
	files := []struct {
		name   string
		header []byte
		packet []byte
	}{
		{"pcap", pcapHeader(le, pcapMicro, linkRaw), pcapPacket(le, 7, 5, query("a"))},
		{"pcapng", join(ngSHB(le), ngIDB(le, linkRaw)), ngEPB(le, 0, 7e6, query("a"))},
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			whole := join(f.header, f.packet, f.packet, f.packet)
			for n := range whole {
				got, counters, err := rows(t, source("x", whole[:n]))
				if n < len(f.header) {
					continue // an error or no packets
				}
				body := n - len(f.header)
				if err != nil || len(got) != body/len(f.packet) || counters.Packets != len(got) {
					t.Fatalf("cut at %d: %d packets, %v", n, len(got), err)
				}
				if cut := body%len(f.packet) > 0; cut != (len(counters.Damage) == 1) {
					t.Fatalf("cut at %d: damage %v", n, counters.Damage)
				}
			}
		})
	}
}

// TestPcapResync finds the records behind one whose length is damaged.
func TestPcapResync(t *testing.T) {
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []int{pcapMicro, pcapNano} {
			file := pcapHeader(o, magic, linkRaw)
			var at []int // where records begin
			for i, name := range []string{"a", "b", "c", "d", "e"} {
				at = append(at, len(file))
				file = append(file, pcapPacket(o, 1700000000+i, 5, query(name))...)
			}
			for damaged := range at {
				b := slices.Clone(file)
				copy(b[at[damaged]+8:], "\xff\xff\xff\xff")
				got, counters, err := rows(t, source("x", b))
				if err != nil || len(counters.Damage) != 1 || !strings.Contains(counters.Damage[0].Text, "bytes are passed over") {
					t.Fatalf("record %d: %v, %v", damaged, counters.Damage, err)
				}
				if len(got) != len(at)-1 {
					t.Errorf("record %d damaged: %d packets, want %d", damaged, len(got), len(at)-1)
				}
			}
		}
	}
}
