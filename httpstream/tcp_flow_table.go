package httpstream

import "hash/maphash"

// A flowTable finds flows by their keys. It is open addressing with linear probing: a
// map would hold every key a second time, and there are hundreds of thousands.
type flowTable struct {
	seed  maphash.Seed // so that nobody can choose addresses that collide
	slots []slot       // a power of two of them; at most three quarters are taken
	n     int
}

// A slot has a flow, or one at rest, or is free.
type slot struct {
	hash uint64
	flow *flow
	rest *resting
}

func (s *slot) isFree() bool { return s.flow == nil && s.rest == nil }

func (s *slot) has(k *flowKey) bool {
	if s.rest != nil {
		return s.rest.key == *k
	}
	return s.flow.key == *k
}

func newFlowTable() flowTable {
	return flowTable{seed: maphash.MakeSeed(), slots: make([]slot, 1<<10)}
}

func (t *flowTable) hash(k *flowKey) uint64 { return maphash.Comparable(t.seed, *k) }

// slotOf returns the slot of the flow with the key, or a free one if there is none.
func (t *flowTable) slotOf(k *flowKey) *slot { return &t.slots[t.index(k)] }

func (t *flowTable) index(k *flowKey) uint64 {
	hash, mask := t.hash(k), uint64(len(t.slots)-1)
	i := hash & mask
	for s := &t.slots[i]; !s.isFree() && (s.hash != hash || !s.has(k)); s = &t.slots[i] {
		i = (i + 1) & mask
	}
	return i
}

// add puts in a flow whose key is not there yet.
func (t *flowTable) add(f *flow) {
	if t.n >= len(t.slots)/4*3 {
		old := t.slots
		t.slots = make([]slot, 2*len(old))
		clear(t.slots) // see freelist: places are looked at before they are taken
		for _, s := range old {
			if !s.isFree() {
				t.put(s)
			}
		}
	}
	t.put(slot{hash: t.hash(&f.key), flow: f})
	t.n++
}

func (t *flowTable) put(s slot) {
	mask := uint64(len(t.slots) - 1)
	i := s.hash & mask
	for !t.slots[i].isFree() {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

// remove takes out a flow that is there, and moves up those that had to give way to it.
func (t *flowTable) remove(f *flow) {
	mask, i := uint64(len(t.slots)-1), t.index(&f.key)
	t.n--
	for j := i; ; {
		t.slots[i] = slot{}
		for {
			j = (j + 1) & mask
			if t.slots[j].isFree() {
				return
			}
			// What belongs behind i, and before or at j, stays.
			if (j-t.slots[j].hash)&mask >= (j-i)&mask {
				break
			}
		}
		t.slots[i] = t.slots[j]
		i = j
	}
}
