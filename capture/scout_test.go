package capture

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"negotrace/httpstream"
)

// far opens a packet file as if it were mapped.
func far(t testing.TB, file []byte) (*packetFile, error) {
	t.Helper()
	r := newRun(t.Context(), Sink{}, Options{})
	s := source("x", file)
	in, err := r.open(&s, fullStride)
	if err != nil {
		return nil, err
	}
	t.Cleanup(in.close)
	in.blocks.isFar = true
	if in.format.packets == nil {
		return nil, nil
	}
	return r.openPackets(in, httpstream.File{}, fullStride)
}

// TestScouts holds that all scouts find a record and together walk all of them, whatever
// kind of packet file it is and whatever packets are in it.
func TestScouts(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	pcap := func(o binary.AppendByteOrder, magic int) (head []byte, record func([]byte) []byte) {
		return pcapHeader(o, magic, linkRaw), func(b []byte) []byte {
			r := pcapPacket(o, 1_700_000_000, 999_999, b)
			if magic == pcapModified {
				r = slices.Insert(r, 16, make([]byte, pcapModifiedRecord-pcapRecord)...)
			}
			return r
		}
	}
	ng := func(o binary.AppendByteOrder) (head []byte, record func([]byte) []byte) {
		return join(ngSHB(o), ngIDB(o, linkRaw)), func(b []byte) []byte { return ngEPB(o, 0, 7e6, b) }
	}
	old, record := pcap(le, pcapMicro)
	old = slices.Clone(old)
	copy(old[6:], u16(le, 2)) // version 2.2: the lengths stand the other way round
	type kind struct {
		head   []byte
		record func([]byte) []byte
	}
	kinds := map[string]kind{"version 2.2": {old, record}}
	for name, o := range map[string]binary.AppendByteOrder{"little-endian": le, "big-endian": be} {
		for _, magic := range []int{pcapMicro, pcapNano, pcapModified} {
			head, record := pcap(o, magic)
			kinds[fmt.Sprintf("%s %x", name, magic)] = kind{head, record}
		}
		head, record := ng(o)
		kinds[name+" pcapng"] = kind{head, record}
	}
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(9, 10))
			file, records := slices.Clone(k.head), 0
			var begins []int
			for len(file) < fullStride.size*3/4 { // one block
				data := noise(rnd.Uint64(), 1+rnd.IntN(1500))
				begins = append(begins, len(file))
				file = append(file, k.record(data)...)
				records++
			}
			f, err := far(t, file)
			if err != nil || !f.next(new(packet)) {
				t.Fatal("no packet: ", err)
			}
			piece := f.blocks.buf
			trail := f.blocks.trail()
			for i := range scouts {
				at := trail.find(piece, i*(len(piece)/scouts))
				if _, true := slices.BinarySearch(begins, int(f.blocks.pos)+at); !true {
					t.Errorf("scout %d begins at %d of %d, where no record is", i, at, len(piece))
				}
			}
			// The first is read, and those at the end are too near to it to be looked at.
			if n := trail.scout(piece); n < records-10 || n > records-1 {
				t.Errorf("walked %d records of %d", n, records)
			}
		})
	}
}

// TestScoutsGoHome holds that scouts come to an end where there are no records, or such
// as lead nowhere.
func TestScoutsGoHome(t *testing.T) {
	for _, fill := range []byte{0, 1, 6, 0xff} {
		b := slices.Repeat([]byte{fill}, scoutLen)
		for _, order := range []byteOrder{littleEndian, bigEndian} {
			for _, begins := range []bool{false, true} {
				tr := &trail{mark: []byte{fill}, at: 2, begins: func([]byte) bool { return begins }, order: order, length: 4, pad: 3}
				for _, n := range []int{0, 1, transport - 1, transport, transport + 1, 1000, len(b)} {
					if walked := tr.scout(b[:n]); walked > n {
						t.Errorf("walked %d records in %d bytes of %#x", walked, n, fill)
					}
				}
			}
		}
	}
}
