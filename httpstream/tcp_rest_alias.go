package httpstream

// The aliases of a flow rest and wake with it. Each is written with its key and the number of the flow,
// so that it wakes that one.

// restAliases puts an alias to rest, and those that follow it, of a flow that will have number of. It returns the
// number of the first one.
func (a *Assembler) restAliases(o *flow, of uint32) (first uint32) {
	store := &a.flows.rest
	first = store.flows.take()
	for n := first; n != 0; {
		next, following := o.next, uint32(0)
		if next != nil {
			following = store.flows.take()
		}
		w := packing{shared: &a.shared, store: store, b: a.flows.b[:0], writing: true, isAlias: true}
		left, flowOf, then := flow{key: o.key, stream: o.stream, first: o.first}, of, following
		w.alias(&left, &flowOf, &then)
		a.flows.b = w.b
		store.put(n, w.b, restingSeen{}, 0)
		a.flows.putToRest(&o.key, n)
		*o = flow{}
		a.shared.pools.flows.put(o)
		o, n = next, following
	}
	return first
}

// wakeAliases wakes the alias of f with a number, and those that follow it.
func (a *Assembler) wakeAliases(f *flow, n uint32) {
	store := &a.flows.rest
	for last := &f.alias; n != 0; {
		o := a.shared.pools.flows.take()
		o.lastUsed = 0
		a.flows.b = store.read(a.flows.b[:0], n)
		w := packing{shared: &a.shared, store: store, b: a.flows.b}
		var of, following uint32
		w.alias(o, &of, &following)
		s := a.flows.slotOf(&o.key)
		store.remove(n)
		s.at = a.flows.wake(o)
		o.isAlias, o.alias = true, f
		*last, last, n = o, &o.next, following
	}
}

// alias writes or reads an alias, the number of its flow, and that of the alias that follows it, 0 if none does.
func (w *packing) alias(o *flow, of, following *uint32) {
	w.key(&o.key)
	number(w, of, 0)
	number(w, following, 0)
	number(w, &o.stream, 0)
	number(w, &o.first, 0)
}

// ofAlias returns the number of the flow of an alias that was written, 0 if a flow was.
func ofAlias(b []byte) (of uint32) {
	var k flowKey
	w := packing{b: b}
	if w.key(&k); w.isAlias {
		number(&w, &of, 0)
	}
	return of
}

// putToRest notes that the flow with a key rests.
func (t *flowTable) putToRest(k *flowKey, n uint32) {
	s := t.slotOf(k)
	t.leave(s.at)
	s.at = ofRest(n)
}
