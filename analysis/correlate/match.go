package correlate

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
)

// A matching is one search for the exchanges of a file in better files. Most of a long capture is about other
// things than an export of some pages: it looks only at those that have something in common.
type matching struct {
	*joiner
	file  httpstream.File
	own   []*sighting // not joined yet
	all   []*sighting // in better files, and not in the file as far as is known
	known map[uint64][]*sighting

	clients map[netip.Addr]bool // see addresses
	byDate  map[dateKey][]*sighting
}

// A dateKey is what an exchange and its duplicate by another clock have in common.
type dateKey struct{ key, date uint64 }

// matching begins a search, nil if nothing of the file is left to be joined.
func (j *joiner) matching(f httpstream.File) *matching {
	m := &matching{joiner: j, file: f, known: map[uint64][]*sighting{}}
	for _, s := range j.sightings {
		if s.joinedTo == nil && s.at.File == f {
			m.own = append(m.own, s)
		}
	}
	if len(m.own) == 0 {
		return nil
	}
	for _, s := range j.sightings {
		if s.joinedTo == nil && s.at.File != f && j.rank[s.at.File] < j.rank[f] {
			m.all = append(m.all, s)
		}
	}
	return m
}

// free reports whether nothing of the file was joined with an exchange.
func (m *matching) free(s *sighting) bool {
	return !slices.ContainsFunc(s.joinedFrom, func(o *sighting) bool { return o.at.File == m.file })
}

// joinExact joins exchanges with the same token or on the same connection. These also show the
// offset of the clocks.
func (m *matching) joinExact(s, better *sighting) {
	m.join(s, better)
	m.noteOffset(s, better)
}

// noteOffset notes how far two clocks are apart.
func (m *matching) noteOffset(s, better *sighting) {
	p := filePair{m.file, better.at.File}
	if ahead, ok := s.ahead(better); ok && len(m.offsets[p]) < maxOffsets {
		m.offsets[p] = append(m.offsets[p], ahead)
	}
}

// ahead returns how much later s was answered, or sent, than o, each by the clock of its file.
func (s *sighting) ahead(o *sighting) (time.Duration, bool) {
	switch {
	case s.lastOnly:
		return s.at.Time.Sub(o.began), !s.at.Time.IsZero() && !o.began.IsZero()
	case !s.answered.IsZero() && !o.answered.IsZero():
		return s.answered.Sub(o.answered), true
	}
	return s.at.Time.Sub(o.at.Time), !s.at.Time.IsZero() && !o.at.Time.IsZero()
}

// byToken joins exchanges with the same token. Both sides of a proxy may show it: the
// browser's is the one with its port, or the first.
func (m *matching) byToken() {
	asked := map[uint64]bool{}
	for _, s := range m.own {
		asked[s.tokens[0]], asked[s.tokens[1]] = true, true
	}
	for _, s := range m.all {
		for _, t := range s.tokens {
			if t != 0 && asked[t] {
				m.known[t] = append(m.known[t], s)
			}
		}
	}
	for _, s := range m.own {
		var found *sighting
		for _, t := range s.tokens {
			for _, o := range m.known[t] {
				switch {
				case t == 0 || !m.free(o) || !s.mayMatch(o):
				case found == nil, s.client.IsValid() && o.client == s.client && found.client != s.client:
					found = o
				}
			}
		}
		if found != nil {
			m.joinExact(s, found)
		}
	}
}

// byConnection joins exchanges on connections that are the same.
func (m *matching) byConnection() {
	on, asked := map[uint16][]*sighting{}, map[uint16]bool{}
	for _, s := range m.own {
		asked[s.client.Port()] = true
		if same := m.conns[s.conn]; same != nil {
			asked[same.client.Port()] = true
		}
	}
	for _, o := range m.all {
		if port := o.client.Port(); asked[port] {
			on[port] = append(on[port], o)
		}
	}
	for _, s := range m.own {
		if s.joinedTo != nil || !s.client.IsValid() && m.conns[s.conn] == nil {
			continue
		}
		candidates := on[s.client.Port()]
		same := m.conns[s.conn]
		if same != nil {
			candidates = on[same.client.Port()]
		}
		if best := m.closest(s, same, candidates); best != nil {
			m.joinExact(s, best)
		}
	}
}

// closest returns the exchange on the connection of s that is nearest in time, nil if there
// is none near. same is an exchange on that connection, if one is known.
func (m *matching) closest(s, same *sighting, candidates []*sighting) (best *sighting) {
	var least time.Duration
	for _, o := range candidates {
		if !m.free(o) || !s.mayMatch(o) || s.otherTokens(o) || best != nil && best.client == s.client && o.client != s.client {
			continue
		}
		ahead, timed := s.ahead(o)
		offset, known := m.offset(filePair{m.file, o.at.File})
		limit := maxPortOffset
		if known {
			limit = maxConnOffset
		}
		onSame := same != nil && o.conn == same.conn
		samePort := s.client.IsValid() && o.key == s.key && (o.client == s.client || o.client.Port() == s.client.Port() && o.server == s.server)
		apart := (ahead - offset).Abs()
		if !timed || !onSame && !samePort || apart > limit || onSame && o.key != s.key && apart > maxSpread {
			continue
		}
		if !onSame && s.otherHeader(o) {
			continue
		}
		if best == nil || apart < least || o.client == s.client && best.client != s.client {
			best, least = o, apart
		}
	}
	return best
}

// otherTokens reports whether both files show a token of the exchange, and the tokens differ.
func (s *sighting) otherTokens(o *sighting) bool {
	for i, t := range s.tokens {
		if t != 0 && o.tokens[i] != 0 && o.tokens[i] != t && !s.lastOnly && !o.lastOnly {
			return true
		}
	}
	return false
}
