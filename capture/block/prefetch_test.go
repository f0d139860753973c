package block_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/internal/packettest"
)

// TestPrefetch holds that all walkers find a record and together walk all of them, whatever
// kind of packet file it is and whatever packets are in it.
func TestPrefetch(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	classic := func(o binary.AppendByteOrder, magic int) (head []byte, record func([]byte) []byte) {
		return packettest.PcapHeader(o, magic, packettest.LinkRaw), func(b []byte) []byte {
			r := packettest.PcapRecord(o, 1_700_000_000, 999_999, b)
			if magic == packettest.PcapModified {
				r = slices.Insert(r, 16, make([]byte, 8)...)
			}
			return r
		}
	}
	ng := func(o binary.AppendByteOrder) (head []byte, record func([]byte) []byte) {
		return packettest.Join(packettest.Section(o), packettest.Interface(o, packettest.LinkRaw)), func(b []byte) []byte { return packettest.Enhanced(o, 0, 7e6, b) }
	}
	old, record := classic(le, packettest.PcapMicro)
	old = slices.Clone(old)
	copy(old[6:], packettest.N16(le, 2)) // version 2.2: the lengths stand the other way round
	type kind struct {
		head   []byte
		record func([]byte) []byte
	}
	kinds := map[string]kind{"version 2.2": {old, record}}
	for name, o := range map[string]binary.AppendByteOrder{"little-endian": le, "big-endian": be} {
		for _, magic := range []int{packettest.PcapMicro, packettest.PcapNano, packettest.PcapModified} {
			head, record := classic(o, magic)
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
			for len(file) < block.Sequential.Size*3/4 { // one block
				data := packettest.Noise(rnd.Uint64(), 1+rnd.IntN(1500))
				begins = append(begins, len(file))
				file = append(file, k.record(data)...)
				records++
			}
			f := &pcap.File{Blocks: block.NewReader(block.NewSync(t.Context(), bytes.NewReader(file), block.Sequential))}
			open := pcap.OpenPcap
			if pcap.IsPcapng(file) {
				open = pcap.OpenPcapng
			}
			next, err := open(f)
			if err != nil || !next(new(pcap.Packet)) {
				t.Fatal("no packet: ", err)
			}
			piece, _ := f.Blocks.Peek(0)
			pattern := f.Blocks.Pattern()
			for i := range block.Walkers {
				at := pattern.Find(piece, i*(len(piece)/block.Walkers))
				if _, true := slices.BinarySearch(begins, int(f.Blocks.Pos())+at); !true {
					t.Errorf("walker %d begins at %d of %d, where no record is", i, at, len(piece))
				}
			}
			// The first is read, and those at the end are too near to it to be looked at.
			if n := pattern.Prefetch(piece); n < records-10 || n > records-1 {
				t.Errorf("walked %d records of %d", n, records)
			}
		})
	}
}

// TestPrefetchEnds holds that walkers come to an end where there are no records, or such
// as lead nowhere.
func TestPrefetchEnds(t *testing.T) {
	for _, fill := range []byte{0, 1, 6, 0xff} {
		b := slices.Repeat([]byte{fill}, block.PrefetchLen)
		for _, order := range []block.ByteOrder{block.LittleEndian, block.BigEndian} {
			for _, begins := range []bool{false, true} {
				p := &block.RecordPattern{Magic: []byte{fill}, MagicAt: 2, Begins: func([]byte) bool { return begins }, Order: order, LengthAt: 4, Pad: 3}
				for _, n := range []int{0, 1, block.TCPOffset - 1, block.TCPOffset, block.TCPOffset + 1, 1000, len(b)} {
					if walked := p.Prefetch(b[:n]); walked > n {
						t.Errorf("walked %d records in %d bytes of %#x", walked, n, fill)
					}
				}
			}
		}
	}
}
