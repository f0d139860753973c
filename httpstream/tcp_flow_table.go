package httpstream

import "hash/maphash"

// A flowTable finds flows by their keys. It is open addressing with linear probing: a
// map would hold every key a second time, and there are hundreds of thousands.
type flowTable struct {
	seed  maphash.Seed // so that nobody can choose addresses that collide
	slots []slot       // a power of two of them; at most three quarters are taken
	n     int
}

// A slot is free while it has no flow.
type slot struct {
	hash uint64
	flow *flow
}

func newFlowTable() flowTable {
	return flowTable{seed: maphash.MakeSeed(), slots: make([]slot, 1<<10)}
}

func (t *flowTable) hash(k *flowKey) uint64 { return maphash.Comparable(t.seed, *k) }

// find returns the flow with the key, nil if there is none.
func (t *flowTable) find(k *flowKey) *flow {
	hash, mask := t.hash(k), uint64(len(t.slots)-1)
	for i := hash & mask; t.slots[i].flow != nil; i = (i + 1) & mask {
		if s := &t.slots[i]; s.hash == hash && s.flow.key == *k {
			return s.flow
		}
	}
	return nil
}

// add puts in a flow whose key is not there yet.
func (t *flowTable) add(f *flow) {
	if t.n >= len(t.slots)/4*3 {
		old := t.slots
		t.slots = make([]slot, 2*len(old))
		clear(t.slots) // see freelist: places are looked at before they are taken
		for _, s := range old {
			if s.flow != nil {
				t.put(s)
			}
		}
	}
	t.put(slot{t.hash(&f.key), f})
	t.n++
}

func (t *flowTable) put(s slot) {
	mask := uint64(len(t.slots) - 1)
	i := s.hash & mask
	for t.slots[i].flow != nil {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

// remove takes out a flow that is there, and moves up those that had to give way to it.
func (t *flowTable) remove(f *flow) {
	mask := uint64(len(t.slots) - 1)
	i := t.hash(&f.key) & mask
	for t.slots[i].flow != f {
		i = (i + 1) & mask
	}
	t.n--
	for j := i; ; {
		t.slots[i] = slot{}
		for {
			j = (j + 1) & mask
			if t.slots[j].flow == nil {
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
