package httpstream

import "hash/maphash"

// A flowTable finds flows by their keys. It is open addressing with linear probing: a
// map would hold every key a second time, and there are hundreds of thousands.
type flowTable struct {
	seed  maphash.Seed // so that nobody can choose addresses that collide
	slots []slot       // a power of two of them; at most three quarters are taken
	n     int
	awake []*flow // by half of their places
	free  []place // of awake that can be used again
	rest  restStore
	b     []byte // used again for each key that is compared
}

// A slot has a part of a hash and the place of a flow, or is free.
type slot struct {
	hash uint32
	at   place
}

// A place is where a flow is: an even one in awake, an odd one in rest; 0 if there is none.
type place uint32

func (p place) rests() bool { return p&1 != 0 }

// ofRest returns the place of a flow at rest.
func ofRest(n uint32) place { return place(n<<1 | 1) }

// rest returns the number of a flow at rest.
func (p place) rest() uint32 { return uint32(p >> 1) }

func newFlowTable() flowTable {
	return flowTable{seed: maphash.MakeSeed(), slots: make([]slot, 1<<10), awake: make([]*flow, 1, 1<<7)}
}

// flow returns the flow in a slot, nil if it rests or if there is none.
func (t *flowTable) flow(s *slot) *flow {
	if s.at&1 != 0 {
		return nil
	}
	return t.awake[s.at>>1]
}

func (t *flowTable) has(s *slot, k *flowKey) bool {
	if f := t.flow(s); f != nil {
		return f.key == *k
	}
	t.b = t.rest.read(t.b[:0], s.at.rest())
	return keyIn(t.b) == *k
}

func (t *flowTable) hash(k *flowKey) uint32 { return uint32(maphash.Comparable(t.seed, *k)) }

// slotOf returns the slot of the flow with the key, or a free one if there is none.
func (t *flowTable) slotOf(k *flowKey) *slot { return &t.slots[t.index(k)] }

func (t *flowTable) index(k *flowKey) uint32 {
	hash, mask := t.hash(k), uint32(len(t.slots)-1)
	i := hash & mask
	for s := &t.slots[i]; s.at != 0 && (s.hash != hash || !t.has(s, k)); s = &t.slots[i] {
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
			if s.at != 0 {
				t.put(s)
			}
		}
	}
	t.put(slot{hash: t.hash(&f.key), at: t.wake(f)})
	t.n++
}

// wake gives a flow a place in awake.
func (t *flowTable) wake(f *flow) place {
	if last := len(t.free) - 1; last >= 0 {
		at := t.free[last]
		t.free = t.free[:last]
		t.awake[at>>1] = f
		return at
	}
	t.awake = append(t.awake, f)
	return place(len(t.awake)-1) << 1
}

// leave frees the place of a flow that is awake.
func (t *flowTable) leave(at place) {
	t.awake[at>>1] = nil
	t.free = append(t.free, at)
}

func (t *flowTable) put(s slot) {
	mask := uint32(len(t.slots) - 1)
	i := s.hash & mask
	for t.slots[i].at != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

// remove takes out a flow that is there and awake, and moves up those that had to give way to it.
func (t *flowTable) remove(f *flow) {
	mask, i := uint32(len(t.slots)-1), t.index(&f.key)
	t.leave(t.slots[i].at)
	t.n--
	for j := i; ; {
		t.slots[i] = slot{}
		for {
			j = (j + 1) & mask
			if t.slots[j].at == 0 {
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
