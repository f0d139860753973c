package httpstream

import (
	"reflect"
	"slices"
)

// Of very many connections that are open at once most are idle, or wait for the other end, and what
// a flow, its Conn and its reader hold is mostly zero then. If nothing else refers to its Conn (Sink.Rest),
// such a flow is put to rest: what is not zero is written one after the other (packing), in a sixth of
// the room. The next segment wakes it, and what is an alias of it.

// An idler is a flow at rest, and when it ends.
type idler struct {
	endOrder
	number uint32
}

// restingInOrder returns the flows at rest in the order in which they end.
func (a *Assembler) restingInOrder() []idler {
	all := make([]idler, 0, a.atRest.n+a.waiting.n)
	store := &a.flows.rest
	for _, n := range [...]uint32{a.atRest.first, a.waiting.first} {
		for ; n != 0; n = store.flows.at(n).next {
			var k flowKey
			a.packed = store.read(a.packed[:0], n)
			w := packing{b: a.packed}
			end := endOrder{origin: w.key(&k).origin}
			number(&w, &end.stream, 0)
			number(&w, &end.conn, uint64(end.stream))
			all = append(all, idler{end, n})
		}
	}
	slices.SortFunc(all, func(a, b idler) int { return a.compare(b.endOrder) })
	return all
}

// restIdle puts the flow to rest that was in use longest ago, if more than maxAwake could rest. It
// looks at one flow at a time, and comes back to those that could not rest when it has seen all.
func (a *Assembler) restIdle() {
	most := a.maxAwake
	if a.atRest.n+a.waiting.n >= manyAtRest {
		most = min(most, fewAwake)
	}
	if a.live.n <= most || !a.shared.sink.Rest || len(a.ends) > 0 {
		return
	}
	if a.live.at == nil || a.busy >= a.live.n-most {
		a.live.at, a.busy = a.live.first, 0
	}
	if f := a.live.at; !a.putToRest(f) {
		a.live.at = f.next
		a.busy++
	}
}

// putToRest puts a flow to rest, and reports whether it could.
func (a *Assembler) putToRest(f *flow) bool {
	if k, is := f.reader.(*aheadReader); is && k.isEmpty() {
		f.reader = k.reader
	}
	r, held := a.rest(f)
	if r == 0 {
		return false
	}
	a.flows.putToRest(&f.key, r)
	a.flows.rest.push(a.resting(held), r)
	f.leaveList()
	if a.last.flow == f {
		a.last.flow = nil
	}
	a.shared.pools.recycleReader(f.reader)
	*f.conn = Conn{}
	a.shared.pools.conns.put(f.conn)
	*f = flow{}
	a.shared.pools.flows.put(f)
	return true
}

// resting returns the list of the flows at rest of which something counts as held, or nothing.
func (a *Assembler) resting(held bool) *restList {
	if held {
		return &a.waiting
	}
	return &a.atRest
}

// restsLongest returns the number of the flow that rests for longest, and when it was in use; 0 if none does.
func (a *Assembler) restsLongest() (n uint32, lastUsed uint64) {
	for _, first := range [...]uint32{a.atRest.first, a.waiting.first} {
		if first == 0 {
			continue
		}
		if used := a.flows.rest.flows.at(first).lastUsed; n == 0 || used < lastUsed {
			n, lastUsed = first, used
		}
	}
	return n, lastUsed
}

// lookUp returns the flow with a key, nil if there is none. It is awake then.
func (a *Assembler) lookUp(k *flowKey) *flow {
	s := a.flows.slotOf(k)
	if s.at.rests() {
		return a.wake(s)
	}
	return a.flows.flow(s)
}

// wakeNumber returns the flow at rest with a number. It is awake then.
func (a *Assembler) wakeNumber(n uint32) *flow {
	a.packed = a.flows.rest.read(a.packed[:0], n)
	k := keyIn(a.packed)
	return a.lookUp(&k)
}

// rest returns the number of a flow at rest, and whether something of it counts as held; 0 if it has more
// than what is written then.
func (a *Assembler) rest(f *flow) (n uint32, held bool) {
	if f.half[0].queue != nil || f.half[1].queue != nil || (f.aliases == 0) != (f.alias == nil) {
		return 0, false
	}
	left, conn := a.shared.pools.flows.take(), a.shared.pools.conns.take()
	*left, *conn = *f, *f.conn
	left.conn, left.list, left.links, left.alias, conn.TLS, conn.socks = conn, nil, links[flow]{}, nil, nil, nil
	w := packing{shared: &a.shared, store: &a.flows.rest, b: a.packed[:0], writing: true}
	w.flow(left)
	a.packed = w.b
	left.conn, left.lastUsed = nil, 0
	w.more = w.more || *left != (flow{})
	*left = flow{}
	a.shared.pools.flows.put(left)
	putCopy(&w, &a.shared.pools.conns, conn)
	if w.more {
		return 0, false
	}
	store := &a.flows.rest
	n = store.flows.take()
	if f.aliases != 0 {
		first := a.restAliases(f.alias, n)
		number(&w, &first, 0)
		a.packed = w.b
	}
	store.put(n, w.b, restingSeen{tls: f.conn.TLS, socks: f.conn.socks}, f.lastUsed)
	return n, w.held
}

// wake returns the flow in a slot, which was at rest, as it was.
func (a *Assembler) wake(s *slot) *flow {
	n, store := s.at.rest(), &a.flows.rest
	a.packed = store.read(a.packed[:0], n)
	if of := ofAlias(a.packed); of != 0 {
		a.wakeNumber(of)
		return a.flows.flow(s)
	}
	f := a.shared.pools.flows.take()
	f.lastUsed, f.conn = a.clock, a.shared.pools.conns.take()
	seen := store.seenOn(n)
	f.conn.TLS, f.conn.socks = seen.tls, seen.socks
	w := packing{shared: &a.shared, store: store, b: a.packed}
	w.flow(f)
	store.leave(a.resting(w.held), n)
	store.remove(n)
	s.at = a.flows.wake(f)
	if f.aliases != 0 {
		var first uint32
		number(&w, &first, 0)
		a.wakeAliases(f, first)
	}
	f.moveTo(&a.live)
	return f
}

// putCopy puts back a copy of which all was written, or else notes that there is more.
func putCopy[T any](w *packing, pool *freelist[T], left *T) {
	if !reflect.ValueOf(left).Elem().IsZero() {
		w.more = true
		*left = *new(T)
	}
	pool.put(left)
}
