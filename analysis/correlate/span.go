package correlate

import "negotrace/httpstream"

// A span is the range of places at which something was seen.
type span struct {
	first, last httpstream.Pos // Frame is 0 if there is none
	newest      httpstream.Pos
	end         httpstream.Time // the latest
}

// addPos adds a place.
func (s *span) addPos(p httpstream.Pos) {
	s.add(span{p, p, p, p.Time})
}

// until adds that something lasted until p.
func (s *span) until(p httpstream.Pos) {
	s.add(span{newest: p, end: p.Time})
}

// add adds what was seen after s.
func (s *span) add(o span) {
	if s.first.Frame == 0 || o.first.Frame != 0 && o.first.Compare(s.first) < 0 {
		s.first = o.first
	}
	if o.last.Frame != 0 && (s.last.Frame == 0 || o.last.Compare(s.last) > 0) {
		s.last = o.last
	}
	if o.newest.Frame != 0 && (s.newest.Frame == 0 || o.newest.Compare(s.newest) > 0) {
		s.newest = o.newest
	}
	if o.end.After(s.end) {
		s.end = o.end
	}
}
