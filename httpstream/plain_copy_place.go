package httpstream

// A plain copy of what came out of order stands beside the packet with which it could be read. What
// it holds has the place of the packet that brought it, which was captured before.

// maxLate bounds the places that are known at a time.
const maxLate = 1024

// A latePlace is the place of a segment that is taken after its turn in the capture.
type latePlace struct {
	flow *flow
	half direction
	at   Pos
}

// comesLate notes the place of a segment that is taken now but came before.
func (a *Assembler) comesLate(f *flow, d direction, at Pos) {
	if len(a.late) < maxLate {
		a.late = append(a.late, latePlace{f, d, at})
	}
}

// placeCopy gives a segment of a plain copy the place of that segment of its original whose time it
// has, if this came out of order.
func (a *Assembler) placeCopy(f *flow, d direction, s *Segment) {
	r, is := f.reader.(plainCopyReader)
	if !is || r.flow == nil || r.flow.stream != r.stream {
		return
	}
	original := r.flow
	half := original.from(f.side(d))
	place := func(at *Pos) { s.At.Frame, s.At.File = at.Frame, at.File }
	for i := range a.late {
		if k := &a.late[i]; k.flow == original && k.half == half && k.at.Time == s.At.Time {
			place(&k.at)
			return
		}
	}
	if k, is := original.reader.(*aheadReader); is {
		for i := range k.side[original.side(half)].held {
			if at := &k.side[original.side(half)].held[i].at; at.Time == s.At.Time {
				place(at)
				return
			}
		}
	}
	if q := original.half[half].queue; q != nil {
		for i := range q.pieces {
			if q.pieces[i].at.Time == s.At.Time {
				place(&q.pieces[i].at)
				return
			}
		}
	}
}
