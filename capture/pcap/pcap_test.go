package pcap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/block"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// A row is what tests see of a packet: each carries a DNS query for a name.
type row struct {
	Frame int
	Time  string
	Name  string
}

// A reading is what was read of a file.
type reading struct {
	rows    []row
	packets int
	bytes   int      // of packets
	others  int      // packets that are none, or of no interface
	damage  []string // with the number of the packet before
	keyLog  string
}

// read reads a file to its end. The error is that of opening it.
func read(t testing.TB, file []byte) (got reading, err error) {
	t.Helper()
	f := &File{
		Blocks: block.NewReader(block.NewSync(t.Context(), bytes.NewReader(file), block.Plan{Size: 4096, Ahead: 3})),
		Damage: func(format string, args ...any) {
			got.damage = append(got.damage, fmt.Sprintf("%d: %s", got.packets, fmt.Sprintf(format, args...)))
		},
		KeyLog: func(secrets []byte) { got.keyLog += string(secrets) },
		Lost:   func(Losses) {},
	}
	open := OpenPcap
	if IsPcapng(file) {
		open = OpenPcapng
	} else if !IsPcap(file) {
		return got, fmt.Errorf("neither pcap nor pcapng")
	}
	next, err := open(f)
	if err != nil {
		return got, err
	}
	for k := new(Packet); next(k); {
		got.packets++
		got.bytes += len(k.Data)
		if k.Link == NoPacket || k.Link == LinkUnknown {
			got.others++
			continue
		}
		stamp := ""
		if !k.Time.IsZero() {
			stamp = k.Time.UTC().Format("05.000000000")
		}
		got.rows = append(got.rows, row{got.packets, stamp, packettest.QueriedName(k.Data)})
	}
	return got, nil
}

func TestPcap(t *testing.T) {
	a, b := packettest.Query("a"), packettest.Query("b")
	le, be := binary.LittleEndian, binary.BigEndian
	want := []row{{1, "07.000005000", "a"}, {2, "08.000006000", "b"}}
	tests := []struct {
		name string
		file []byte
	}{
		{"little endian", packettest.Join(packettest.PcapHeader(le, pcapMicro, packettest.LinkRaw), packettest.PcapRecord(le, 7, 5, a), packettest.PcapRecord(le, 8, 6, b))},
		{"big endian", packettest.Join(packettest.PcapHeader(be, pcapMicro, packettest.LinkRaw), packettest.PcapRecord(be, 7, 5, a), packettest.PcapRecord(be, 8, 6, b))},
		{"nanoseconds", packettest.Join(packettest.PcapHeader(le, pcapNano, packettest.LinkRaw), packettest.PcapRecord(le, 7, 5000, a), packettest.PcapRecord(le, 8, 6000, b))},
		{"nanoseconds big endian", packettest.Join(packettest.PcapHeader(be, pcapNano, packettest.LinkRaw), packettest.PcapRecord(be, 7, 5000, a), packettest.PcapRecord(be, 8, 6000, b))},
		{"snaplen 0", packettest.Join(packettest.PcapHeaderSnap(le, pcapMicro, packettest.LinkRaw, 0), packettest.PcapRecord(le, 7, 5, a), packettest.PcapRecord(le, 8, 6, b))},
		{"caplen > snaplen", packettest.Join(packettest.PcapHeaderSnap(le, pcapMicro, packettest.LinkRaw, len(a)-1), packettest.PcapRecord(le, 7, 5, a), packettest.PcapRecord(le, 8, 6, b))},
		{"snaplen 2^32-1", packettest.Join(packettest.PcapHeaderSnap(le, pcapMicro, packettest.LinkRaw, 1<<32-1), packettest.PcapRecord(le, 7, 5, a), packettest.PcapRecord(le, 8, 6, b))},
		{"Kuznetzov a1b2cd34", packettest.Join(packettest.PcapHeader(le, pcapModified, packettest.LinkRaw),
			packettest.PcapRecord(le, 7, 5, nil)[:8], packettest.N32(le, len(a)), packettest.N32(le, len(a)), make([]byte, 8), a,
			packettest.PcapRecord(le, 8, 6, nil)[:8], packettest.N32(le, len(b)), packettest.N32(le, len(b)), make([]byte, 8), b)},
		{"length of check sequences beside the link type",
			packettest.Join(packettest.PcapHeader(le, pcapMicro, 0x24000000|packettest.LinkRaw), packettest.PcapRecord(le, 7, 5, a), packettest.PcapRecord(le, 8, 6, b))},
		{"caplen > len",
			packettest.Join(packettest.PcapHeader(le, pcapMicro, packettest.LinkRaw), packettest.PcapRecord(le, 7, 5, nil)[:8], packettest.N32(le, len(a)), packettest.N32(le, 10), a, packettest.PcapRecord(le, 8, 6, b))},
		{"lengths swapped, version 2.2", func() []byte {
			f := packettest.Join(packettest.PcapHeader(le, pcapMicro, packettest.LinkRaw),
				packettest.PcapRecord(le, 7, 5, nil)[:8], packettest.N32(le, 1500), packettest.N32(le, len(a)), a,
				packettest.PcapRecord(le, 8, 6, nil)[:8], packettest.N32(le, 1500), packettest.N32(le, len(b)), b)
			f[6] = 2
			return f
		}()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(t, tt.file)
			if err != nil || len(got.damage) > 0 {
				t.Fatal(err, got.damage)
			}
			if diff := cmp.Diff(want, got.rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPcapng(t *testing.T) {
	a, b, c := packettest.Query("a"), packettest.Query("b"), packettest.Query("c")
	le, be := binary.LittleEndian, binary.BigEndian
	ether := packettest.Ethernet(0x0800, c)
	tsresol := func(o binary.AppendByteOrder, v byte) []byte { return packettest.Option(o, ngOptTSResol, []byte{v}) }
	tests := []struct {
		name string
		file []byte
		want []row
	}{
		{"two sections of different byte order", packettest.Join(
			packettest.Section(le), packettest.Interface(le, packettest.LinkRaw), packettest.Enhanced(le, 0, 7e6, a),
			packettest.Section(be), packettest.Interface(be, packettest.LinkEthernet, tsresol(be, 9)), packettest.Enhanced(be, 0, 8e9, ether)),
			[]row{{1, "07.000000000", "a"}, {2, "08.000000000", "c"}}},
		{"interfaces of their own link types and resolutions", packettest.Join(
			packettest.Section(le), packettest.Interface(le, packettest.LinkRaw), packettest.Interface(le, packettest.LinkEthernet, tsresol(le, 3)), packettest.Interface(le, packettest.LinkSLL2, tsresol(le, 0x80|32)),
			packettest.Enhanced(le, 1, 7500, ether), packettest.Enhanced(le, 0, 8e6, a),
			packettest.Enhanced(le, 2, 9<<32|1<<31, packettest.Join("\x08\x00", make([]byte, 18), b))),
			[]row{{1, "07.500000000", "c"}, {2, "08.000000000", "a"}, {3, "09.500000000", "b"}}},
		{"simple, obsolete and unknown blocks", packettest.Join(
			packettest.Section(be), packettest.Interface(be, packettest.LinkRaw), packettest.Block(be, ngSimple, packettest.N32(be, len(a)), a), packettest.Block(be, 0x7777, []byte("x")),
			packettest.Block(be, ngNames, packettest.N32(be, 0)), packettest.Block(be, ngPacket, packettest.N16(be, 0), packettest.N16(be, 3), packettest.N32(be, 0), packettest.N32(be, 7e6), packettest.N32(be, len(b)), packettest.N32(be, len(b)), b)),
			[]row{{1, "", "a"}, {2, "07.000000000", "b"}}},
		{"options after the packet", packettest.Join(
			packettest.Section(le), packettest.Interface(le, packettest.LinkRaw), packettest.Block(le, ngEnhanced, packettest.N32(le, 0), packettest.N32(le, 0), packettest.N32(le, 7e6), packettest.N32(le, len(a)), packettest.N32(le, len(a)),
				a, make([]byte, -len(a)&3), packettest.Option(le, 1, []byte("comment")), packettest.Option(le, 0, nil))),
			[]row{{1, "07.000000000", "a"}}},
		{"option length 65535 in the section header", packettest.Join(
			packettest.SectionOf(le, 0, packettest.Option(le, 1, bytes.Repeat([]byte("c"), 65535))), packettest.Interface(le, packettest.LinkRaw), packettest.Enhanced(le, 0, 7e6, a)),
			[]row{{1, "07.000000000", "a"}}},
		{"option length 65535 in a shorter section header", packettest.Join(
			packettest.SectionOf(le, 0, packettest.N16(le, 1), packettest.N16(le, 65535), []byte("comment")), packettest.Interface(le, packettest.LinkRaw), packettest.Enhanced(le, 0, 7e6, a)),
			[]row{{1, "07.000000000", "a"}}},
		{"sections of version 1.2", packettest.Join(
			packettest.SectionOf(le, 2), packettest.Interface(le, packettest.LinkRaw), packettest.Enhanced(le, 0, 7e6, a),
			packettest.SectionOf(be, 2), packettest.Interface(be, packettest.LinkRaw), packettest.Enhanced(be, 0, 8e6, b)),
			[]row{{1, "07.000000000", "a"}, {2, "08.000000000", "b"}}},
		{"a block whose length leaves out the padding", packettest.Join(packettest.Section(le), packettest.Interface(le, packettest.LinkRaw), func() []byte {
			b := packettest.Block(le, 0x7777, []byte("x"))
			b[4], b[len(b)-4] = 13, 13
			return b
		}(), packettest.Enhanced(le, 0, 7e6, a)), []row{{1, "07.000000000", "a"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(t, tt.file)
			if err != nil || len(got.damage) > 0 || got.others > 0 {
				t.Fatal(err, got.damage, got.others)
			}
			if diff := cmp.Diff(tt.want, got.rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPcapngRecords holds that blocks which Wireshark numbers like packets have a number.
func TestPcapngRecords(t *testing.T) {
	le := binary.LittleEndian
	for _, kind := range []int{ngJournal, ngCustom, ngCustomNoCopy, ngSysdig} {
		got, err := read(t, packettest.Join(packettest.Section(le), packettest.Interface(le, packettest.LinkRaw),
			packettest.Block(le, kind, make([]byte, 40)), packettest.Enhanced(le, 0, 7e6, packettest.Query("a"))))
		if err != nil || len(got.rows) != 1 || got.rows[0].Frame != 2 || got.packets != 2 || got.others != 1 {
			t.Errorf("block type %#x: %+v, %v", kind, got, err)
		}
	}
}

// TestPcapngSecrets reads the TLS secrets that a file has among its packets.
func TestPcapngSecrets(t *testing.T) {
	le := binary.LittleEndian
	got, err := read(t, packettest.Join(packettest.Section(le), packettest.Interface(le, packettest.LinkRaw),
		packettest.Block(le, ngDecryption, packettest.N32(le, ngTLSKeyLog), packettest.N32(le, 4), []byte("a b\n")),
		packettest.Block(le, ngDecryption, packettest.N32(le, 0x57474b4c), packettest.N32(le, 4), []byte("c d\n"))))
	if err != nil || got.keyLog != "a b\n" {
		t.Errorf("%q, %v", got.keyLog, err)
	}
}

func TestPcapngTime(t *testing.T) {
	le := binary.LittleEndian
	resolution := func(v byte) []byte { return packettest.Option(le, ngOptTSResol, []byte{v}) }
	offset := func(n int64) []byte { return packettest.Option(le, ngOptTSOffset, le.AppendUint64(nil, uint64(n))) }
	unix := httpstream.UnixTime
	tests := []struct {
		name    string
		options []byte
		units   uint64
		want    httpstream.Time
	}{
		{"microseconds by default", nil, 7_500_001, unix(7, 500_001_000)},
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
		{"short tsoffset option is none", packettest.Option(le, ngOptTSOffset, []byte{1, 2, 3, 4}), 1e6, unix(1, 0)},
		{"tsoffset that overflows", offset(-1 << 63), 1e6, httpstream.Time{}},
		{"year 500000", resolution(0), 1 << 44, httpstream.Time{}},
		{"option longer than the block", packettest.Join(packettest.N16(le, 2), packettest.N16(le, 65535), "x"), 1e6, unix(1, 0)},
		{"after the end of options", packettest.Join(packettest.Option(le, 0, nil), resolution(3)), 1e6, unix(1, 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := newInterface(block.LittleEndian, packettest.Join(packettest.N16(le, packettest.LinkRaw), packettest.N16(le, 0), packettest.N32(le, 0), tt.options))
			if got := i.time(tt.units); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestPcapngDamage(t *testing.T) {
	le := binary.LittleEndian
	good := func(name string) []byte { return packettest.Enhanced(le, 0, 7e6, packettest.Query(name)) }
	start := packettest.Join(packettest.Section(le), packettest.Interface(le, packettest.LinkRaw))
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
		{"unknown interface", packettest.Enhanced(le, 9, 7e6, packettest.Query("x")), "interface 9", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(t, packettest.Join(start, good("a"), tt.bad, good("b")))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.rows) == 0 || got.rows[0].Name != "a" || got.rows[len(got.rows)-1].Name != "b" || got.packets != 2+tt.packet {
				t.Errorf("got %+v", got)
			}
			if len(got.damage) != 1 || !strings.HasPrefix(got.damage[0], "1: ") || !strings.Contains(got.damage[0], tt.damage) {
				t.Errorf("damage = %q", got.damage)
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
		{"pcap", packettest.PcapHeader(le, pcapMicro, packettest.LinkRaw), packettest.PcapRecord(le, 7, 5, packettest.Query("a"))},
		{"pcapng", packettest.Join(packettest.Section(le), packettest.Interface(le, packettest.LinkRaw)), packettest.Enhanced(le, 0, 7e6, packettest.Query("a"))},
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			whole := packettest.Join(f.header, f.packet, f.packet, f.packet)
			for n := range whole {
				got, err := read(t, whole[:n])
				if n < len(f.header) {
					continue // an error or no packets
				}
				body := n - len(f.header)
				if err != nil || len(got.rows) != body/len(f.packet) || got.packets != len(got.rows) {
					t.Fatalf("cut at %d: %d packets, %v", n, len(got.rows), err)
				}
				if cut := body%len(f.packet) > 0; cut != (len(got.damage) == 1) {
					t.Fatalf("cut at %d: damage %q", n, got.damage)
				}
			}
		})
	}
}

// TestPcapResync finds the records behind one whose length is damaged.
func TestPcapResync(t *testing.T) {
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []int{pcapMicro, pcapNano} {
			file := packettest.PcapHeader(o, magic, packettest.LinkRaw)
			var at []int // where records begin
			for i, name := range []string{"a", "b", "c", "d", "e"} {
				at = append(at, len(file))
				file = append(file, packettest.PcapRecord(o, 1700000000+i, 5, packettest.Query(name))...)
			}
			for damaged := range at {
				b := slices.Clone(file)
				copy(b[at[damaged]+8:], "\xff\xff\xff\xff")
				got, err := read(t, b)
				if err != nil || len(got.damage) != 1 || !strings.Contains(got.damage[0], "bytes are passed over") {
					t.Fatalf("record %d: %q, %v", damaged, got.damage, err)
				}
				if len(got.rows) != len(at)-1 {
					t.Errorf("record %d damaged: %d packets, want %d", damaged, len(got.rows), len(at)-1)
				}
			}
		}
	}
}
