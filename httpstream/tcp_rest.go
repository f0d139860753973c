package httpstream

import (
	"encoding/binary"
	"reflect"
	"slices"
)

// Of very many connections that are open at once most are idle, and what a flow and its Conn hold
// is mostly zero then. If nothing else refers to its Conn, an idle flow is put to rest: its numbers
// are written one after the other (packing), in a quarter of the room. The next segment wakes it.

// A resting is a flow at rest.
type resting struct {
	key flowKey
	links[resting]
	file     File
	lastUsed uint64
	numbers  [restLen]byte
}

// restLen is enough for the numbers of nearly all flows; others do not rest.
const restLen = 88

// restingInOrder returns the flows at rest in the order of their streams.
func (a *Assembler) restingInOrder() []*resting {
	all := make([]*resting, 0, a.atRest.n)
	for r := a.atRest.first; r != nil; r = r.next {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *resting) int { return compareOrder(&a.key, a.stream(), &b.key, b.stream()) })
	return all
}

// stream returns the stream of a flow, which is its first number.
func (r *resting) stream() int {
	n, _ := binary.Uvarint(r.numbers[:])
	return int(n)
}

// restIdle puts the flow to rest that was in use longest ago, if more than maxAwake could rest. It
// looks at one flow at a time, and comes back to those that could not rest when it has seen all.
func (a *Assembler) restIdle() {
	if a.live.n <= a.maxAwake || a.shared.sink.Refers == nil || len(a.ends) > 0 {
		return
	}
	if a.live.at == nil || a.busy >= a.live.n-a.maxAwake {
		a.live.at, a.busy = a.live.first, 0
	}
	f := a.live.at
	r := a.rest(f)
	if r == nil {
		a.live.at = f.next
		a.busy++
		return
	}
	s := a.flows.slotOf(&f.key)
	s.flow, s.rest = nil, r
	a.atRest.push(r)
	f.leaveList()
	if a.last.flow == f {
		a.last.flow = nil
	}
	*f = flow{}
	a.shared.pools.flows.put(f)
}

// lookUp returns the flow with a key, nil if there is none. It is awake then.
func (a *Assembler) lookUp(k *flowKey) *flow {
	s := a.flows.slotOf(k)
	if s.rest != nil {
		r := s.rest
		a.atRest.remove(r)
		s.flow, s.rest = a.wake(r), nil
	}
	return s.flow
}

// rest returns a flow at rest, nil if it holds more than what is written then.
func (a *Assembler) rest(f *flow) *resting {
	if !f.holdsNothing() || f.key.tunnel != 0 || a.shared.sink.Refers(f.conn) { // a tunnel: oneWay has it, too
		return nil
	}
	r := &resting{key: f.key, file: f.conn.Start.File, lastUsed: f.lastUsed}
	left, conn := *f, *f.conn
	left.conn, left.list, left.links = &conn, nil, links[flow]{}
	w := packing{b: r.numbers[:0], writing: true}
	w.flow(&left, r.file)
	left.key, left.conn, left.lastUsed = flowKey{}, nil, 0
	if len(w.b) > restLen || left != (flow{}) || !reflect.ValueOf(&conn).Elem().IsZero() {
		return nil
	}
	return r
}

// wake returns a flow that was at rest, as it was.
func (a *Assembler) wake(r *resting) *flow {
	f := a.shared.pools.flows.take()
	f.key, f.conn, f.lastUsed = r.key, new(Conn), a.clock
	w := packing{b: r.numbers[:]}
	w.flow(f, r.file)
	f.moveTo(&a.live)
	return f
}
