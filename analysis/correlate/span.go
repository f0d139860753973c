package correlate

import "negotrace/httpstream"

// A span is between which places something was seen.
type span struct {
	first, last httpstream.Pos  // in the order of arrival; Frame is 0 if there is none
	newest      int             // frame
	end         httpstream.Time // the latest
}

// seen adds a place.
func (s *span) seen(p httpstream.Pos) {
	s.add(span{p, p, p.Frame, p.Time})
}

// until adds that something lasted until p.
func (s *span) until(p httpstream.Pos) {
	s.add(span{newest: p.Frame, end: p.Time})
}

// add adds what was seen after s.
func (s *span) add(o span) {
	if s.first.Frame == 0 {
		s.first = o.first
	}
	if o.last.Frame != 0 {
		s.last = o.last
	}
	s.newest = max(s.newest, o.newest)
	if o.end.After(s.end) {
		s.end = o.end
	}
}
