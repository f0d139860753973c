package pcap

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/capture/block"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

// eachPacket reads a pcapng file, and returns how often something was damaged.
func eachPacket(t testing.TB, file []byte, other func(Block), packet func(*Packet)) (damaged int) {
	t.Helper()
	source := block.NewSync(t.Context(), bytes.NewReader(file), block.Plan{Size: 4096, Ahead: 3})
	f := &File{
		Blocks: block.NewReader(source),
		Damage: func(string, ...any) { damaged++ },
		KeyLog: func([]byte) {},
		Lost:   func(Losses) {},
		Other:  other,
	}
	next, err := OpenPcapng(f)
	if err != nil {
		return 1
	}
	for k := new(Packet); next(k); {
		packet(k)
	}
	return damaged
}

// copied copies a pcapng file, with comments.
func copied(t testing.TB, file []byte, onFile []string, onPackets ...string) (copy []byte, damaged int) {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	w.Comments = onFile
	damaged = eachPacket(t, file, func(b Block) {
		if err := w.CopyBlock(b); err != nil {
			t.Error(err)
		}
	}, func(k *Packet) {
		if err := w.CopyPacket(k, onPackets); err != nil {
			t.Error(err)
		}
	})
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	return out.Bytes(), damaged
}

// everyKind returns a pcapng file with blocks of every kind in two byte orders, of which the
// packets have options or none.
func everyKind() []byte {
	var all []byte
	for _, o := range []packettest.Order{binary.LittleEndian, binary.BigEndian} {
		query := packettest.Query("abc")
		fixed := slices.Concat(packettest.N32(o, 0), packettest.N32(o, 0), packettest.N32(o, 7e6), packettest.N32(o, len(query)), packettest.N32(o, len(query)), query, make([]byte, -len(query)&3))
		end := packettest.Option(o, ngOptEnd, nil)
		all = append(all, packettest.Join(
			packettest.SectionOf(o, 0, packettest.Option(o, ngOptApplication, []byte("some program")), end),
			packettest.Interface(o, packettest.LinkRaw, packettest.Option(o, ngOptName, []byte("eth0")), end),
			packettest.Block(o, ngNames, packettest.N16(o, 0), packettest.N16(o, 0)),
			packettest.Enhanced(o, 0, 7e6, query),
			packettest.Block(o, ngEnhanced, fixed, packettest.Option(o, 2, packettest.N32(o, 1)), packettest.Option(o, ngOptComment, []byte("theirs")), end),
			packettest.Block(o, ngEnhanced, fixed, packettest.Option(o, ngOptComment, []byte("no end"))),
			packettest.Block(o, ngPacket, fixed),
			packettest.Block(o, ngDecryption, packettest.N32(o, ngTLSKeyLog), packettest.N32(o, 4), []byte("a b\n")),
			packettest.Block(o, ngSimple, packettest.N32(o, len(query)), query),
			packettest.Block(o, ngCustom, packettest.N32(o, 32473), []byte("custom!")),
			packettest.Block(o, ngJournal, []byte("MESSAGE=x")),
			packettest.Block(o, ngStatistics, packettest.N32(o, 0), packettest.N32(o, 0), packettest.N32(o, 9)),
			packettest.Block(o, 0x7777, []byte("unknown")),
		)...)
	}
	return all
}

// TestCopy holds that a copy without comments is the file, and that comments change nothing
// else.
func TestCopy(t *testing.T) {
	file := everyKind()
	same, damaged := copied(t, file, nil)
	if !bytes.Equal(same, file) || damaged > 0 {
		t.Errorf("%d times damaged, %s", damaged, cmp.Diff(file, same))
	}
	commented, _ := copied(t, file, []string{"a verdict"}, "first finding", "second")
	want, _ := read(t, file)
	got, err := read(t, commented)
	for i := range got.rows {
		if got.rows[i].Time == "00.000000000" { // of a simple packet
			got.rows[i].Time = ""
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(reading{})); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	// 5 packets in each section can have comments, and those of their own are kept.
	for text, n := range map[string]int{"a verdict": 1, "first finding": 10, "second": 10, "theirs": 2, "no end": 2, "some program": 2, "eth0": 2, "custom!": 2, "MESSAGE=x": 2, "unknown": 2} {
		if found := bytes.Count(commented, []byte(text)); found != n {
			t.Errorf("%q is there %d times, want %d", text, found, n)
		}
	}
	without := func(b []byte) (kinds []uint32) {
		eachPacket(t, b, func(b Block) { kinds = append(kinds, b.Kind) }, func(k *Packet) {
			if kinds = append(kinds, k.Block.Kind); k.Block.Kind == ngSimple {
				kinds[len(kinds)-1] = ngEnhanced
			}
		})
		return kinds
	}
	if diff := cmp.Diff(without(file), without(commented)); diff != "" {
		t.Error(diff)
	}
}

// TestCopyBehindDamage holds that the copy of a file whose first section is damaged is read, also where the next
// section is of a version that is not known.
func TestCopyBehindDamage(t *testing.T) {
	o := binary.LittleEndian
	first, other := packettest.Section(o), packettest.Section(o)
	o.PutUint32(first[4:], 0x30000030)
	o.PutUint16(other[12:], 9)
	file := packettest.Join(first, other, packettest.Interface(o, packettest.LinkRaw), packettest.Enhanced(o, 0, 7e6, packettest.Query("a")))
	for _, comments := range [][]string{nil, {"a verdict"}} {
		commented, damaged := copied(t, file, comments, "a finding")
		packets := 0
		eachPacket(t, commented, nil, func(*Packet) { packets++ })
		if packets != 1 || damaged != 2 {
			t.Errorf("%d packets, %d times damaged", packets, damaged)
		}
	}
}

// TestCopyOfPrefixes holds that a file that is cut is copied as far as it goes.
func TestCopyOfPrefixes(t *testing.T) {
	t.Parallel()
	file := everyKind()
	for n := range len(file) {
		copy, damaged := copied(t, file[:n], nil)
		if len(copy) > n && n >= 28 || damaged == 0 && !bytes.Equal(copy, file[:n]) {
			t.Fatalf("of %d bytes %d, %d times damaged", n, len(copy), damaged)
		}
	}
}

// TestWriter writes packets of every kind and reads them again.
func TestWriter(t *testing.T) {
	micro := &Interface{Link: packettest.LinkRaw, Name: "eth0", Digits: 6}
	at := func(sec, nsec int64) httpstream.Time { return httpstream.UnixTime(sec, nsec) }
	packets := []Packet{
		{Data: packettest.Query("a"), Time: at(7, 5000), Wire: 1500, Interface: micro, Process: 4711},
		{Data: packettest.Query("b"), Time: at(8, 123456789), Wire: 60, Interface: &Interface{Link: packettest.LinkRaw, Digits: 9}, Others: 2},
		{Data: packettest.Query("c"), Wire: 1500, Interface: micro},
		{Data: packettest.Query("d"), Time: at(-5_000_000_000, 1), Wire: 60, Interface: &Interface{Link: packettest.LinkRaw, Digits: 9}},
		{Data: nil, Time: at(9, 0), Wire: 0, Interface: micro},
		{Data: packettest.Query("e"), Time: at(9, 0), Wire: 60},
	}
	var out bytes.Buffer
	w := NewWriter(&out)
	w.Application, w.Comments = "this program", []string{strings.Repeat("é", maxOption)}
	var want, got []Packet
	for i := range packets {
		k := &packets[i]
		k.Link = LinkUnknown
		if k.Interface != nil {
			k.Link = k.Interface.Link
		}
		k.Wire = max(k.Wire, len(k.Data))
		if err := w.Packet(k, httpstream.FileOf("dir/x.pcap", "x.pcap", httpstream.Frames), nil); err != nil {
			t.Fatal(err)
		}
		for range k.Others {
			want = append(want, Packet{Link: NoPacket})
		}
		want = append(want, Packet{Data: k.Data, Time: k.Time, Wire: k.Wire, Link: k.Link})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	damaged := eachPacket(t, out.Bytes(), nil, func(k *Packet) {
		got = append(got, Packet{Data: slices.Clone(k.Data), Time: k.Time, Wire: k.Wire, Link: k.Link})
	})
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(httpstream.Time{}), cmpopts.EquateEmpty()); diff != "" || damaged > 0 {
		t.Errorf("%d times damaged: %s", damaged, diff)
	}
	for text, n := range map[string]int{"process id 4711": 1, "eth0": 2, "x.pcap": 5, "this program": 3} {
		if found := bytes.Count(out.Bytes(), []byte(text)); found != n {
			t.Errorf("%q is there %d times, want %d", text, found, n)
		}
	}
}

// FuzzCopy holds that a sound file is copied byte for byte, and that no file has other
// packets when they have comments.
func FuzzCopy(f *testing.F) {
	f.Add(everyKind())
	f.Fuzz(func(t *testing.T, b []byte) {
		if !IsPcapng(b) {
			return
		}
		copy, damaged := copied(t, b, nil)
		if damaged == 0 && !bytes.Equal(copy, b) {
			t.Error("the copy is another file")
		}
		commented, _ := copied(t, b, []string{"c"}, "d")
		count := func(b []byte) (n int) {
			eachPacket(t, b, nil, func(*Packet) { n++ })
			return n
		}
		if want, got := count(b), count(commented); got != want {
			t.Errorf("%d packets of %d", got, want)
		}
	})
}
