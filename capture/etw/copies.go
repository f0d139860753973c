package etw

import (
	"hash/maphash"
	"time"

	"negotrace/httpstream"
)

// copyTime is how long after a packet another component may log it again: a filter may have
// held it. A retransmission takes longer, or is logged by the same component.
const copyTime = time.Second

// copies knows packets that were logged before. Windows logs a packet at every interface,
// filter and component that it passes. pktmon numbers packets, but not those that are sent
// on as others; ndiscap does not number them. So packets are known by their bytes, too.
type copies struct {
	seed     maphash.Seed
	numbers  map[pktmonNumber]struct{}
	numbered ring[pktmonNumber]
	bytes    map[uint64]*passage
	passed   ring[uint64]
}

// A passage is which components logged the same bytes, and how often.
type passage struct {
	at      httpstream.Time // the last time
	packets int
	layers  []layerCount
}

type layerCount struct {
	layer uint64
	n     int
}

func newCopies() copies {
	return copies{
		seed:    maphash.MakeSeed(),
		numbers: map[pktmonNumber]struct{}{},
		bytes:   map[uint64]*passage{},
	}
}

// isNew reports whether a packet was not logged before.
func (c *copies) isNew(p *logged, at httpstream.Time) bool {
	if p.number != (pktmonNumber{}) {
		if _, known := c.numbers[p.number]; known {
			return false
		}
		c.numbers[p.number] = struct{}{}
		if oldest, full := c.numbered.push(p.number); full {
			delete(c.numbers, oldest)
		}
	}
	sum := maphash.Bytes(c.seed, p.data)
	w := c.bytes[sum]
	switch {
	case w == nil:
		w = new(passage)
		c.bytes[sum] = w
		if oldest, full := c.passed.push(sum); full {
			delete(c.bytes, oldest)
		}
	case at.Sub(w.at) > copyTime:
		*w = passage{layers: w.layers[:0]}
	}
	w.at = at
	if w.log(p.layer) <= w.packets {
		return false
	}
	w.packets++
	return true
}

// log counts that a component logged the packet, and returns how often it has.
func (w *passage) log(layer uint64) int {
	for i := range w.layers {
		if l := &w.layers[i]; l.layer == layer {
			l.n++
			return l.n
		}
	}
	w.layers = append(w.layers, layerCount{layer, 1})
	return 1
}

// A ring holds the last maxRemembered of what was put in.
type ring[T any] struct {
	items []T
	next  int
}

// push puts an item in. If the ring is full, it returns the oldest, which is no longer in it.
func (r *ring[T]) push(item T) (oldest T, full bool) {
	if len(r.items) < maxRemembered {
		r.items = append(r.items, item)
		return oldest, false
	}
	oldest, r.items[r.next] = r.items[r.next], item
	r.next = (r.next + 1) % maxRemembered
	return oldest, true
}
