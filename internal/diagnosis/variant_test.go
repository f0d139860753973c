package diagnosis_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// split takes a little-endian packet file apart into what comes before its first packet
// and its packets, each with its header; no packets for anything else.
func split(data []byte) (head []byte, records [][]byte) {
	le := binary.LittleEndian
	switch {
	case len(data) > 28 && le.Uint32(data) == 0x0a0d0d0a && le.Uint32(data[8:]) == 0x1a2b3c4d:
		for i := 0; i+12 <= len(data); {
			n := int(le.Uint32(data[i+4:])+3) &^ 3
			if n < 12 || i+n > len(data) {
				break
			}
			if block := data[i : i+n]; le.Uint32(block) == 6 {
				records = append(records, block)
			} else if len(records) == 0 {
				head = append(head, block...)
			} else {
				records = append(records, block)
			}
			i += n
		}
	case len(data) > 24 && (le.Uint32(data) == 0xa1b2c3d4 || le.Uint32(data) == 0xa1b23c4d):
		head = data[:24]
		for i := 24; i+16 <= len(data); {
			n := 16 + int(le.Uint32(data[i+8:]))
			if i+n > len(data) {
				break
			}
			records = append(records, data[i:i+n])
			i += n
		}
	}
	return head, records
}

// ticks returns when a packet was captured: in seconds or, in a pcapng file, nanoseconds or
// what it has instead.
func ticks(record []byte) (at, minute uint64) {
	le := binary.LittleEndian
	if len(record) > 20 && le.Uint32(record) == 6 {
		return uint64(le.Uint32(record[12:]))<<32 | uint64(le.Uint32(record[16:])), 60e9
	}
	return uint64(le.Uint32(record)), 60
}

// A change makes a variant of a sample. One that is faithful leaves bytes as they are:
// nothing may be found in the variant that was not in the sample.
type change struct {
	name     string
	faithful bool
	packets  bool // it needs a packet file
	shuffled bool // requests and responses are not in the order in which they were sent
	make     func(s *sample, rnd *rand.Rand) []byte
}

var changes = []change{
	{"cut", true, false, false, func(s *sample, rnd *rand.Rand) []byte { return s.data[:rnd.IntN(len(s.data))] }},
	{"flip", false, false, false, flip},
	{"splice", false, false, false, splice},
	{"drop", true, true, false, func(s *sample, rnd *rand.Rand) []byte {
		return s.with(func(r [][]byte) [][]byte {
			share := 1 + rnd.IntN(30)
			return slices.DeleteFunc(r, func([]byte) bool { return rnd.IntN(100) < share })
		})
	}},
	{"repeat", true, true, false, func(s *sample, rnd *rand.Rand) []byte {
		return s.with(func(r [][]byte) [][]byte {
			for range 1 + rnd.IntN(10) {
				i := rnd.IntN(len(r))
				later := min(len(r), i+rnd.IntN(8))
				for at, minute := ticks(r[i]); later > i+1; later-- {
					if now, _ := ticks(r[later-1]); now <= at+minute {
						break // what is later still would not be sent again
					}
				}
				r = slices.Insert(r, later, r[i])
			}
			return r
		})
	}},
	{"reorder", true, true, true, func(s *sample, rnd *rand.Rand) []byte {
		return s.with(func(r [][]byte) [][]byte {
			for range 1 + rnd.IntN(10) {
				i := rnd.IntN(len(r))
				j := min(len(r)-1, i+1+rnd.IntN(6))
				r[i], r[j] = r[j], r[i]
			}
			return r
		})
	}},
	{"begin late", true, true, false, func(s *sample, rnd *rand.Rand) []byte {
		return s.with(func(r [][]byte) [][]byte { return r[rnd.IntN(len(r)):] })
	}},
}

// with returns the sample with other packets.
func (s *sample) with(other func([][]byte) [][]byte) []byte {
	return slices.Concat(s.head, bytes.Join(other(slices.Clone(s.records)), nil))
}

// flip changes some bits anywhere.
func flip(s *sample, rnd *rand.Rand) []byte {
	data := bytes.Clone(s.data)
	for range 1 + rnd.IntN(20) {
		data[rnd.IntN(len(data))] ^= 1 << rnd.IntN(8)
	}
	return data
}

// splice overwrites some bytes with others of the same file, or with extreme numbers.
func splice(s *sample, rnd *rand.Rand) []byte {
	data := bytes.Clone(s.data)
	for range 1 + rnd.IntN(5) {
		i, n := rnd.IntN(len(data)), 1+rnd.IntN(64)
		if rnd.IntN(2) == 0 {
			copy(data[i:min(len(data), i+n)], data[rnd.IntN(len(data)):])
			continue
		}
		fill := []byte{0, 0xff, 0x7f, 0x80}[rnd.IntN(4)]
		for k := i; k < min(len(data), i+n%9); k++ {
			data[k] = fill
		}
	}
	return data
}
