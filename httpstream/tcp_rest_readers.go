package httpstream

// The kinds of readers that are written.
const (
	restsWithout uint8 = iota
	restsDiscarding
	restsSniffing
	restsInHTTP1
	restsInRecords
)

// reader writes or reads the reader of a flow. after is a place before those of its messages.
func (w *packing) reader(f *flow, after *Pos) {
	kind := restsWithout
	switch f.reader.(type) {
	case discard:
		kind = restsDiscarding
	case *sniffer:
		kind = restsSniffing
	case *http1:
		kind = restsInHTTP1
	case *recordReader:
		kind = restsInRecords
	}
	written := f.reader
	switch number(w, &kind, 0) {
	case restsDiscarding:
		f.reader = discard{}
	case restsSniffing:
		f.reader = rested(w, written, &w.shared.pools.sniffers, func(s *sniffer) { w.sniffer(s, f.conn, after) })
	case restsInHTTP1:
		f.reader = rested(w, written, &w.shared.pools.http1s, func(h *http1) { w.http1(h, f.conn, after) })
	case restsInRecords:
		f.reader = rested(w, written, &w.shared.pools.records, func(r *recordReader) { w.records(r, f.conn, after) })
	default:
		return // what is there was not written
	}
	if w.writing {
		f.reader = nil
	}
}

// rested writes a copy of a reader, or reads a new one, and returns that.
func rested[T any](w *packing, r reader, pool *freelist[T], pack func(*T)) reader {
	t := pool.take()
	if !w.writing {
		pack(t)
		return any(t).(reader)
	}
	*t = *any(r).(*T)
	pack(t)
	putCopy(w, pool, t)
	return nil
}

// recycleReader takes back the reader of a flow that rests.
func (s *pools) recycleReader(r reader) {
	switch r := r.(type) {
	case *http1:
		for _, p := range r.queue {
			s.recycle(p)
		}
		for side := range r.half {
			s.held.put(r.half[side].held)
		}
		r.recycle()
	case *sniffer:
		*r = sniffer{}
		s.sniffers.put(r)
	case *recordReader:
		*r = recordReader{}
		s.records.put(r)
	}
}

func (w *packing) sniffer(s *sniffer, c *Conn, after *Pos) {
	s.shared, s.conn = w.now(c)
	for i := range s.side {
		d := &s.side[i]
		w.flags(&d.midStream, &d.unknown, &d.request, &d.ended)
		w.bytes(&d.held)
		w.place(&d.at, after)
		number(w, &d.ahead, 0)
		number(w, &d.unread, 0)
		w.place(&d.unreadAt, after)
	}
	k := &s.socks
	w.flags(&k.done[0], &k.done[1], &k.greeted[0], &k.greeted[1])
	number(w, &k.version, 0)
	number(w, &k.method, 0)
}

func (w *packing) records(r *recordReader, c *Conn, after *Pos) {
	r.shared, r.conn = w.now(c)
	number(w, &r.head, 0)
	w.flags(&r.read)
	for i := range r.side {
		m := &r.side[i]
		w.flags(&m.resync, &m.ended)
		w.bytes(&m.held)
		w.place(&m.at, after)
		number(w, &m.skip, 0)
	}
}

// now returns what a reader has of its flow: nothing where it is written.
func (w *packing) now(c *Conn) (*shared, *Conn) {
	if w.writing {
		return nil, nil
	}
	return w.shared, c
}
