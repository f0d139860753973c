package etw

import (
	"encoding/binary"
	"time"

	"negotrace/httpstream"
)

// duplicateTime is how long after a packet another component may log it again: a filter may have
// held it. A retransmission takes longer, or is logged by the same component.
const duplicateTime = time.Second

// duplicates finds packets that were logged before. Windows logs a packet at every interface,
// filter and component that it passes. pktmon numbers packets, but a packet that is forwarded gets
// a new number; ndiscap does not number them. So packets are also compared by their bytes. These
// are the bytes from the IP header on, because a filter makes Ethernet of a Wi-Fi frame, or
// removes padding.
type duplicates struct {
	byContent hashCache[layerCounts]
	byNumber  hashCache[struct{}] // of pktmon
}

// maxLayers is how many components are counted for one packet. Few machines have more filters.
const maxLayers = 6

// A layerCounts counts how often each component logged the same bytes.
type layerCounts struct {
	last    httpstream.Time // when they were last logged
	packets uint32
	layers  [maxLayers]layerCount
}

type layerCount struct {
	layer uint64
	n     uint32
}

// isNew reports whether a packet was not logged before.
func (c *duplicates) isNew(p *loggedPacket, at httpstream.Time) bool {
	if p.number != (pktmonNumber{}) {
		if _, known := c.byNumber.find(p.number.hash64()); known {
			return false
		}
	}
	w, known := c.byContent.find(hash64(p.networkPacket()))
	if known && at.Sub(w.last) > duplicateTime {
		*w = layerCounts{}
	}
	w.last = at
	if w.count(p.layer) <= w.packets {
		return false
	}
	w.packets++
	return true
}

// hash64 returns a hash of b. It has no random seed, so that the same file always gives the same
// result. Packets that were made to collide may be taken for duplicates.
func hash64(b []byte) uint64 {
	h := uint64(len(b)) + 1
	for ; len(b) >= 8; b = b[8:] {
		h = mix64(h ^ binary.LittleEndian.Uint64(b))
	}
	for _, c := range b {
		h = mix64(h ^ uint64(c))
	}
	return h
}

// mix64 returns the finalizer of SplitMix64: each bit changes about half of the others.
func mix64(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

// count adds one for a component, and returns how often it has logged the packet. It returns 1 for
// a component above maxLayers.
func (w *layerCounts) count(layer uint64) uint32 {
	for i := range w.layers {
		if l := &w.layers[i]; l.n == 0 || l.layer == layer {
			l.layer = layer
			l.n++
			return l.n
		}
	}
	return 1
}

const (
	cacheSets = 4096
	cacheWays = 4
)

// A hashCache is a set-associative cache of values by hashes of 64 bits.
type hashCache[T any] struct {
	sets [cacheSets]*cacheSet[T] // nil until used
}

type cacheSet[T any] struct {
	next  uint8 // index of the item to be replaced next
	sums  [cacheWays]uint64
	items [cacheWays]T
}

// find returns the value of a hash, a new zero value if there is none.
func (m *hashCache[T]) find(sum uint64) (item *T, known bool) {
	sum |= 1 << 63 // 0 is none
	s := m.sets[sum%cacheSets]
	if s == nil {
		s = new(cacheSet[T])
		m.sets[sum%cacheSets] = s
	}
	for i := range s.sums {
		if s.sums[i] == sum {
			return &s.items[i], true
		}
	}
	i := s.next
	s.next = (i + 1) % cacheWays
	s.sums[i], s.items[i] = sum, *new(T)
	return &s.items[i], false
}
