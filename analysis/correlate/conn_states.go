package correlate

import "negotrace/httpstream"

// A connStates is what is known of open connections of which something was kept. Of very many
// those that are idle for longest are forgotten, half of them at a time.
type connStates struct {
	recent, older map[httpstream.ConnKey]*connState
	forgotten     int
}

func newConnStates() connStates {
	return connStates{recent: map[httpstream.ConnKey]*connState{}, older: map[httpstream.ConnKey]*connState{}}
}

// has reports whether the state of a connection is known.
func (s *connStates) has(c *httpstream.Conn) bool {
	k := c.Key()
	return s.recent[k] != nil || s.older[k] != nil
}

// of returns the state of a connection that is in use, nil if none is known.
func (s *connStates) of(c *httpstream.Conn) *connState {
	k := c.Key()
	if state := s.recent[k]; state != nil {
		return state
	}
	state := s.older[k]
	if state != nil {
		delete(s.older, k)
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
	s.recent[c.Key()] = state
}

func (s *connStates) remove(c *httpstream.Conn) {
	delete(s.recent, c.Key())
	delete(s.older, c.Key())
}
