package etw

import (
	"encoding/binary"
	"time"

	"negotrace/httpstream"
)

// copyTime is how long after a packet another component may log it again: a filter may have
// held it. A retransmission takes longer, or is logged by the same component.
const copyTime = time.Second

// copies knows packets that were logged before. Windows logs a packet at every interface,
// filter and component that it passes. pktmon numbers packets, but not those that are sent
// on as others; ndiscap does not number them. So packets are known by their bytes, too: by
// those of IP, for a filter makes Ethernet of a Wi-Fi frame, or takes padding away.
type copies struct {
	known memory[passage]
	ids   memory[struct{}] // of pktmon
}

// maxLayers is how many components one packet is counted at: few machines have more filters.
const maxLayers = 6

// A passage is which components logged the same bytes, and how often.
type passage struct {
	at      httpstream.Time // the last time
	packets uint32
	layers  [maxLayers]layerCount
}

type layerCount struct {
	layer uint64
	n     uint32
}

// isNew reports whether a packet was not logged before.
func (c *copies) isNew(p *logged, at httpstream.Time) bool {
	if p.number != (pktmonNumber{}) {
		if _, known := c.ids.find(p.number.sum()); known {
			return false
		}
	}
	w, known := c.known.find(sum(p.network()))
	if known && at.Sub(w.at) > copyTime {
		*w = passage{}
	}
	w.at = at
	if w.log(p.layer) <= w.packets {
		return false
	}
	w.packets++
	return true
}

// sum is a hash. Its seed is always the same: which packets are remembered is a part of the
// result, and one file gives one result. Whoever makes packets that collide has packets
// counted twice.
func sum(b []byte) uint64 {
	h := uint64(len(b)) + 1
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h ^ binary.LittleEndian.Uint64(b))
	}
	for _, c := range b {
		h = mix(h ^ uint64(c))
	}
	return h
}

// mix spreads every bit over the others (the finalizer of SplitMix64).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

// log counts that a component logged the packet, and returns how often it has. One for which
// there is no room logs a packet that others have.
func (w *passage) log(layer uint64) uint32 {
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
	memorySets = 4096
	memoryWays = 4
)

// A memory remembers values by hashes of 64 bits, the last few of each set.
type memory[T any] struct {
	sets [memorySets]*memorySet[T] // made when they are needed
}

type memorySet[T any] struct {
	next  uint8 // to be replaced
	sums  [memoryWays]uint64
	items [memoryWays]T
}

// find returns the value of a hash: a zero one, if it is not known yet.
func (m *memory[T]) find(sum uint64) (item *T, known bool) {
	sum |= 1 << 63 // 0 is none
	s := m.sets[sum%memorySets]
	if s == nil {
		s = new(memorySet[T])
		m.sets[sum%memorySets] = s
	}
	for i := range s.sums {
		if s.sums[i] == sum {
			return &s.items[i], true
		}
	}
	i := s.next
	s.next = (i + 1) % memoryWays
	s.sums[i], s.items[i] = sum, *new(T)
	return &s.items[i], false
}
