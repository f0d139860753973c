package search

import "math/bits"

// A filter is a Bloom filter of the beginnings of words: it has all that were added, and one in
// some hundred others. The case of letters does not count. All bits of a key are in one word.
type filter struct {
	bits  []uint64
	shift int
}

// keysPerWord is for how many keys there is a word of bits at least.
const keysPerWord = 3

// newFilter returns a filter for so many keys.
func newFilter(keys int) filter {
	size := max(10, bits.Len(uint(keys/keysPerWord)))
	return filter{make([]uint64, 1<<size), 64 - size}
}

// caseBits are the bits in which the cases of letters differ, in eight bytes.
const caseBits = 0x2020202020202020

func (f *filter) add(key uint64) {
	h := (key | caseBits) * filterFactor
	f.bits[h>>f.shift] |= maskOf(h)
}

func (f *filter) has(key uint64) bool {
	h := (key | caseBits) * filterFactor
	m := maskOf(h)
	return f.bits[h>>f.shift]&m == m
}

// maskOf returns the bits of a hash in its word.
func maskOf(h uint64) uint64 {
	h ^= h >> 29
	return 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63)
}

// filterFactor is odd, and has ones and zeros all over.
const filterFactor = 0x9e3779b97f4a7c15
