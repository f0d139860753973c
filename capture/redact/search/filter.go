package search

import "math/bits"

// A filter is a Bloom filter of the beginnings of words. It has all keys that were added, and by
// chance one in some hundred others. The case of letters does not count. All bits of a key are in
// one uint64.
type filter struct {
	bits  []uint64
	shift int
}

// keysPerWord is the least number of keys for each uint64.
const keysPerWord = 3

// newFilter returns a filter for a number of keys.
func newFilter(keys int) filter {
	size := max(10, bits.Len(uint(keys/keysPerWord)))
	return filter{make([]uint64, 1<<size), 64 - size}
}

// caseBits are the bits of eight bytes that differ between upper and lower case.
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

// maskOf returns the bits of a hash in its uint64.
func maskOf(h uint64) uint64 {
	h ^= h >> 29
	return 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63)
}

// filterFactor is odd, and its ones and zeros are spread.
const filterFactor = 0x9e3779b97f4a7c15
