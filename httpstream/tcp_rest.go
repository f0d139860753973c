package httpstream

import (
	"reflect"
	"slices"
)

// Of very many connections that are open at once most are idle, or wait for the other end, and what
// a flow, its Conn and its reader hold is mostly zero then. If nothing else refers to its Conn, such
// a flow is put to rest: what is not zero is written one after the other (packing), in a quarter of
// the room. The next segment wakes it.

// A resting is a flow at rest. It has no reference that is not needed: the garbage collector follows
// each of hundreds of thousands.
type resting struct {
	key flowKey
	links[resting]
	file     File
	lastUsed uint64
	tls      *TLS // of its Conn
	packed   string
}

// restingInOrder returns the flows at rest in the order of their streams.
func (a *Assembler) restingInOrder() []*resting {
	all := make([]*resting, 0, a.atRest.n+a.waiting.n)
	for _, first := range [...]*resting{a.atRest.first, a.waiting.first} {
		for r := first; r != nil; r = r.next {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *resting) int { return compareOrder(&a.key, a.stream(), &b.key, b.stream()) })
	return all
}

// stream returns the stream of a flow, which is its first number.
func (r *resting) stream() int {
	n, size := 0, uint(0)
	for i := range len(r.packed) {
		n |= int(r.packed[i]&0x7f) << size
		if size += 7; r.packed[i] < 0x80 {
			break
		}
	}
	return int(n)
}

// restIdle puts the flow to rest that was in use longest ago, if more than maxAwake could rest. It
// looks at one flow at a time, and comes back to those that could not rest when it has seen all.
func (a *Assembler) restIdle() {
	most := a.maxAwake
	if a.atRest.n+a.waiting.n >= manyAtRest {
		most = min(most, fewAwake)
	}
	if a.live.n <= most || a.shared.sink.Refers == nil || len(a.ends) > 0 {
		return
	}
	if a.live.at == nil || a.busy >= a.live.n-most {
		a.live.at, a.busy = a.live.first, 0
	}
	f := a.live.at
	r, held := a.rest(f)
	if r == nil {
		a.live.at = f.next
		a.busy++
		return
	}
	s := a.flows.slotOf(&f.key)
	s.flow, s.rest = nil, r
	a.resting(held).push(r)
	f.leaveList()
	if a.last.flow == f {
		a.last.flow = nil
	}
	a.shared.pools.recycleReader(f.reader)
	*f.conn = Conn{}
	a.shared.pools.conns.put(f.conn)
	*f = flow{}
	a.shared.pools.flows.put(f)
}

// resting returns the list of the flows at rest of which something counts as held, or nothing.
func (a *Assembler) resting(held bool) *list[resting, *resting] {
	if held {
		return &a.waiting
	}
	return &a.atRest
}

// restsLongest returns the flow that rests for longest, nil if none does.
func (a *Assembler) restsLongest() *resting {
	r, waits := a.atRest.first, a.waiting.first
	if r == nil || waits != nil && waits.lastUsed < r.lastUsed {
		return waits
	}
	return r
}

// lookUp returns the flow with a key, nil if there is none. It is awake then.
func (a *Assembler) lookUp(k *flowKey) *flow {
	s := a.flows.slotOf(k)
	if r := s.rest; r != nil {
		f, held := a.wake(r)
		a.resting(held).remove(r)
		s.flow, s.rest = f, nil
	}
	return s.flow
}

// rest returns a flow at rest, and whether something of it counts as held; nil if it has more than
// what is written then.
func (a *Assembler) rest(f *flow) (r *resting, held bool) {
	if f.half[0].queue != nil || f.half[1].queue != nil || a.shared.sink.Refers(f.conn) {
		return nil, false
	}
	left, conn := a.shared.pools.flows.take(), a.shared.pools.conns.take()
	*left, *conn = *f, *f.conn
	left.conn, left.list, left.links, conn.TLS = conn, nil, links[flow]{}, nil
	w := packing{shared: &a.shared, b: a.packed[:0], writing: true, stream: f.stream, file: f.conn.Start.File}
	w.flow(left)
	a.packed = w.b
	left.key, left.conn, left.lastUsed = flowKey{}, nil, 0
	w.more = w.more || *left != (flow{})
	*left = flow{}
	a.shared.pools.flows.put(left)
	putCopy(&w, &a.shared.pools.conns, conn)
	if w.more {
		return nil, false
	}
	return &resting{key: f.key, file: w.file, lastUsed: f.lastUsed, tls: f.conn.TLS, packed: string(w.b)}, w.held
}

// wake returns a flow that was at rest, as it was, and whether something of it counts as held.
func (a *Assembler) wake(r *resting) (f *flow, held bool) {
	f = a.shared.pools.flows.take()
	f.lastUsed, f.key, f.conn = a.clock, r.key, a.shared.pools.conns.take()
	f.conn.TLS = r.tls
	a.packed = append(a.packed[:0], r.packed...)
	w := packing{shared: &a.shared, b: a.packed, file: r.file}
	w.flow(f)
	f.moveTo(&a.live)
	return f, w.held
}

// putCopy puts back a copy of which all was written, or else notes that there is more.
func putCopy[T any](w *packing, pool *freelist[T], left *T) {
	if !reflect.ValueOf(left).Elem().IsZero() {
		w.more = true
		*left = *new(T)
	}
	pool.put(left)
}
