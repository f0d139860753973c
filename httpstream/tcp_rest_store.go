package httpstream

import "slices"

// A restStore holds flows at rest, by numbers. What they were written as is in cells of one size, so
// that those that woke leave room for any other.
type restStore struct {
	flows slab[resting, *resting]
	cells slab[cell, *cell]
	seen  slab[restingSeen, *restingSeen]
	files []File
	epoch *Pos // when the first flow began that rested; nil before
}

// A resting is a flow at rest.
type resting struct {
	prev, next uint32 // in its list
	lastUsed   uint64
	packed     uint32 // the first of its cells
	seen       uint32 // what its Conn has, 0 for nothing
}

// A cell has a part of what a flow was written as.
type cell struct {
	next uint32 // where it goes on, 0 if it does not
	b    [28]byte
}

// A restingSeen is what was seen on a connection that few have, as it is.
type restingSeen struct {
	tls   *TLS
	socks *socksProxy
	next  uint32
}

func (r *resting) ownNext() *uint32     { return &r.next }
func (c *cell) ownNext() *uint32        { return &c.next }
func (t *restingSeen) ownNext() *uint32 { return &t.next }

// add puts in a flow that was written, and returns its number.
func (s *restStore) add(packed []byte, seen restingSeen, lastUsed uint64) uint32 {
	n := s.flows.take()
	s.put(n, packed, seen, lastUsed)
	return n
}

// put puts in a flow that was written, and has a number.
func (s *restStore) put(n uint32, packed []byte, seen restingSeen, lastUsed uint64) {
	r := s.flows.at(n)
	r.lastUsed = lastUsed
	for at := &r.packed; len(packed) > 0; {
		*at = s.cells.take()
		c := s.cells.at(*at)
		packed = packed[copy(c.b[:], packed):]
		at = &c.next
	}
	if seen != (restingSeen{}) {
		r.seen = s.seen.take()
		*s.seen.at(r.seen) = seen
	}
}

// read appends to b what a flow was written as, and the rest of the last cell.
func (s *restStore) read(b []byte, n uint32) []byte {
	for at := s.flows.at(n).packed; at != 0; {
		c := s.cells.at(at)
		b, at = append(b, c.b[:]...), c.next
	}
	return b
}

// seenOn returns what was seen on the connection of a flow.
func (s *restStore) seenOn(n uint32) restingSeen {
	if k := s.flows.at(n).seen; k != 0 {
		return *s.seen.at(k)
	}
	return restingSeen{}
}

// remove takes out a flow that is in no list any more.
func (s *restStore) remove(n uint32) {
	r := s.flows.at(n)
	for at := r.packed; at != 0; {
		next := s.cells.at(at).next
		s.cells.put(at)
		at = next
	}
	if r.seen != 0 {
		s.seen.put(r.seen)
	}
	s.flows.put(n)
}

// file returns the number of a file.
func (s *restStore) file(f File) int {
	i := slices.Index(s.files, f)
	if i < 0 {
		i = len(s.files)
		s.files = append(s.files, f)
	}
	return i
}

// after returns a place that is before that where most flows begin, nearer than the zero Pos.
func (s *restStore) after(begins *Pos) *Pos {
	if s.epoch == nil { // it stays, even where that flow has no time
		s.epoch = &Pos{Time: begins.Time}
	}
	return s.epoch
}

// A restList is a list of flows at rest, the one used longest ago first.
type restList struct {
	first, last uint32
	n           int
}

func (s *restStore) push(l *restList, n uint32) {
	r := s.flows.at(n)
	if r.prev = l.last; r.prev != 0 {
		s.flows.at(r.prev).next = n
	} else {
		l.first = n
	}
	l.last = n
	l.n++
}

func (s *restStore) leave(l *restList, n uint32) {
	r := s.flows.at(n)
	if r.prev != 0 {
		s.flows.at(r.prev).next = r.next
	} else {
		l.first = r.next
	}
	if r.next != 0 {
		s.flows.at(r.next).prev = r.prev
	} else {
		l.last = r.prev
	}
	r.prev, r.next = 0, 0
	l.n--
}
