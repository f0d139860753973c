package correlate

import "negotrace/httpstream"

// A connStates is what is known of open connections of which something was kept. Of very many
// those that are idle for longest are forgotten, half of them at a time: what is known of a
// connection keeps the reader from putting it to rest.
type connStates struct {
	recent, older map[*httpstream.Conn]*connState
	forgotten     int
}

func newConnStates() connStates {
	return connStates{recent: map[*httpstream.Conn]*connState{}, older: map[*httpstream.Conn]*connState{}}
}

// has reports whether the state of a connection is known.
func (s *connStates) has(c *httpstream.Conn) bool { return s.recent[c] != nil || s.older[c] != nil }

// of returns the state of a connection that is in use, nil if none is known.
func (s *connStates) of(c *httpstream.Conn) *connState {
	if state := s.recent[c]; state != nil {
		return state
	}
	state := s.older[c]
	if state != nil {
		delete(s.older, c)
		s.add(c, state)
	}
	return state
}

// add makes a state known.
func (s *connStates) add(c *httpstream.Conn, state *connState) {
	if len(s.recent) >= maxConnStates/2 {
		s.forgotten += len(s.older)
		clear(s.older)
		s.recent, s.older = s.older, s.recent
	}
	s.recent[c] = state
}

func (s *connStates) remove(c *httpstream.Conn) {
	delete(s.recent, c)
	delete(s.older, c)
}
