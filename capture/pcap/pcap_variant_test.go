package pcap

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/block"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// TestPcapVariants reads pcap as programs have written it in ways of their own.
func TestPcapVariants(t *testing.T) {
	t.Parallel()
	a, b, c := packettest.Query("a"), packettest.Query("bb"), packettest.Query("ccc")
	for _, order := range []packettest.Order{binary.LittleEndian, binary.BigEndian} {
		header := func(magic, minor, link int, more ...byte) []byte {
			h := packettest.PcapHeader(order, magic, link)
			copy(h[6:], packettest.N16(order, minor))
			return append(h, more...)
		}
		record := func(sec, frac int, data []byte, more int) []byte {
			r := packettest.PcapRecord(order, sec, frac, data)
			return slices.Insert(r, 16, make([]byte, more)...)
		}
		records := func(unit, more int) []byte {
			return slices.Concat(record(1e9+7, 5*unit, a, more), record(1e9+8, 6*unit, b, more), record(1e9+9, 7*unit, c, more))
		}
		plain := slices.Concat(header(packettest.PcapMicro, 4, 1), records(1, 0))
		want, err := read(t, plain)
		if err != nil || want.packets != 3 {
			t.Fatalf("%d packets, %v", want.packets, err)
		}
		for name, file := range map[string][]byte{
			"Nokia":               slices.Concat(header(packettest.PcapMicro, 4, 1), records(1, 4)),
			"Nokia, one packet":   slices.Concat(header(packettest.PcapMicro, 4, 1), record(1e9+7, 5, a, 4)),
			"Kuznetzov":           slices.Concat(header(packettest.PcapModified, 4, 1), records(1, 8)),
			"Kuznetzov, SuSE":     slices.Concat(header(packettest.PcapModified, 4, 1), records(1, 12)),
			"AIX":                 slices.Concat(header(packettest.PcapMicro, 2, 6), records(1000, 0)),
			"Ixia, hardware":      slices.Concat(header(pcapIxiaHard, 4, 1, 0, 0, 0, 99), records(1, 0)),
			"Ixia, software":      slices.Concat(header(pcapIxiaSoft, 4, 1, 0, 0, 0, 99), records(1, 0)),
			"joined":              slices.Concat(plain[:24+16+len(a)], plain[:24], plain[24+16+len(a):]),
			"joined in the midst": slices.Concat(plain[:24], plain),
		} {
			got := readWhole(t, file)
			expected := want
			if name == "Nokia, one packet" {
				expected.rows, expected.packets, expected.bytes = want.rows[:1], 1, len(a)
			}
			if diff := cmp.Diff(expected, got, cmp.AllowUnexported(reading{})); diff != "" {
				t.Errorf("%s, %v: %s", name, order, diff)
			}
			for n := 0; n < len(file); n += testcost.Step(3) {
				readWhole(t, file[:n])
			}
		}
	}
}

// readWhole reads a file that can be read at any place.
func readWhole(t testing.TB, file []byte) (got reading) {
	t.Helper()
	f := &File{
		Blocks: block.NewReader(block.NewSync(t.Context(), bytes.NewReader(file), block.Plan{Size: 4096, Ahead: 3})),
		At:     bytes.NewReader(file), Size: int64(len(file)),
		Damage: func(format string, _ ...any) { got.damage = append(got.damage, format) },
		KeyLog: func([]byte) {},
	}
	if !IsPcap(file) {
		return got
	}
	next, err := OpenPcap(f)
	if err != nil {
		return got
	}
	for k := new(Packet); next(k); {
		got.packets++
		got.bytes += len(k.Data)
		if k.Link == 1 {
			got.rows = append(got.rows, row{got.packets, k.Time.UTC().Format("05.000000000"), packettest.QueriedName(k.Data)})
		}
	}
	return got
}

// TestUnpadded reads blocks whose lengths are no multiples of 4 and that are not padded.
func TestUnpadded(t *testing.T) {
	t.Parallel()
	order := binary.LittleEndian
	unpadded := func(data []byte) []byte {
		b := packettest.Enhanced(order, 0, 7e6, data)
		n := 32 + len(data)
		b = append(b[:n-4], packettest.N32(order, n)...)
		order.PutUint32(b[4:], uint32(n))
		return b
	}
	file := packettest.Join(packettest.Section(order), packettest.Interface(order, 1))
	for _, name := range []string{"a", "bb", "ccc", "dddd", "eeeee"} {
		file = append(file, unpadded(packettest.Query(name))...)
	}
	got, err := read(t, file)
	if err != nil || len(got.damage) > 0 || len(got.rows) != 5 || got.rows[4].Name != "eeeee" {
		t.Errorf("%+v, %v", got, err)
	}
	next, err := OpenPcapng(&File{Blocks: block.NewReader(block.NewSync(t.Context(), bytes.NewReader(file), block.Plan{Size: 4096, Ahead: 3}))})
	if err != nil {
		t.Fatal(err)
	}
	for k := new(Packet); next(k); { // what is copied is padded
		if b := k.Block.Bytes; len(b)%4 != 0 || int(order.Uint32(b[4:])) != len(b) || int(order.Uint32(b[len(b)-4:])) != len(b) {
			t.Errorf("block of %d bytes", len(b))
		}
	}
	for n := range file {
		if cut, _ := read(t, file[:n]); cut.packets > 4 || cut.bytes > n {
			t.Errorf("cut at %d: %d packets of %d bytes", n, cut.packets, cut.bytes)
		}
	}
}
