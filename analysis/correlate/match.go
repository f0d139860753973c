package correlate

import (
	"cmp"
	"slices"
	"time"

	"negotrace/httpstream"
)

// A matching is one search of a joiner for what a file shows in better ones.
type matching struct {
	*joiner
	file  httpstream.File
	own   []*sighting // not joined yet
	all   []*sighting // in better files, and not in the file as far as is known
	known map[uint64][]*sighting
}

// matching begins a search.
func (j *joiner) matching(f httpstream.File) *matching {
	m := &matching{joiner: j, file: f, known: map[uint64][]*sighting{}}
	for _, s := range j.sightings {
		switch {
		case s.with != nil:
		case s.at.File == f:
			m.own = append(m.own, s)
		case j.rank[s.at.File] < j.rank[f]:
			m.all = append(m.all, s)
		}
	}
	return m
}

// free reports whether nothing of the file was joined with an exchange.
func (m *matching) free(s *sighting) bool { return !slices.Contains(s.joinedFrom, m.file) }

// surely joins what is the same by a token or its connection, which shows the clocks too.
func (m *matching) surely(s, better *sighting) {
	m.join(s, better)
	p := filePair{m.file, better.at.File}
	if ahead, ok := s.ahead(better); ok && len(m.offsets[p]) < maxOffsets {
		m.offsets[p] = append(m.offsets[p], ahead)
	}
}

// ahead is by how much later, by its own file, an exchange was answered, or asked.
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
	for _, s := range m.all {
		for _, t := range s.tokens {
			if t != 0 {
				m.known[t] = append(m.known[t], s)
			}
		}
	}
	for _, s := range m.own {
		var found *sighting
		for _, t := range s.tokens {
			for _, o := range m.known[t] {
				switch {
				case t == 0 || !m.free(o) || !s.mayBe(o):
				case found == nil, s.client.IsValid() && o.client == s.client && found.client != s.client:
					found = o
				}
			}
		}
		if found != nil {
			m.surely(s, found)
		}
	}
}

// byConnection joins exchanges on connections that are the same.
func (m *matching) byConnection() {
	on := map[uint16][]*sighting{}
	for _, o := range m.all {
		on[o.client.Port()] = append(on[o.client.Port()], o)
	}
	for _, s := range m.own {
		if s.with != nil || !s.client.IsValid() && m.conns[s.conn] == nil {
			continue
		}
		candidates := on[s.client.Port()]
		same := m.conns[s.conn]
		if same != nil {
			candidates = on[same.client.Port()]
		}
		if best := m.closest(s, same, candidates); best != nil {
			m.surely(s, best)
		}
	}
}

// closest returns the exchange on the connection of s that is nearest in time, nil if there
// is none near. same is an exchange on that connection, if one is known.
func (m *matching) closest(s, same *sighting, candidates []*sighting) (best *sighting) {
	var least time.Duration
	for _, o := range candidates {
		if !m.free(o) || !s.mayBe(o) || s.otherTokens(o) {
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
		if best == nil || apart < least {
			best, least = o, apart
		}
	}
	return best
}

// otherTokens reports whether both files show a token of the exchange, and not the same.
func (s *sighting) otherTokens(o *sighting) bool {
	for i, t := range s.tokens {
		if t != 0 && o.tokens[i] != 0 && o.tokens[i] != t && !s.lastOnly && !o.lastOnly {
			return true
		}
	}
	return false
}

// A guess is a pair that may be one exchange by its kind and time.
type guess struct {
	s, better *sighting
	apart     time.Duration // from the usual difference of the clocks
	ahead     time.Duration
}

// byTime joins what is the same by its kind and its time, the nearest first. Where that is
// all there is to go by, most pairs must agree on the difference of the clocks.
func (m *matching) byTime() {
	clear(m.known)
	for _, o := range m.all {
		if m.free(o) {
			m.known[o.key] = append(m.known[o.key], o)
		}
	}
	var guesses []guess
	for _, s := range m.own {
		if s.with != nil || s.method == "" {
			continue
		}
		for _, o := range m.known[s.key] {
			if g, ok := m.guess(s, o); ok {
				guesses = append(guesses, g)
			}
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(a.apart, b.apart) })
	var taken []guess
	used := map[*sighting]bool{}
	for _, g := range guesses {
		if !used[g.s] && !used[g.better] {
			used[g.s], used[g.better] = true, true
			taken = append(taken, g)
		}
	}
	for _, g := range agreeing(taken) {
		m.join(g.s, g.better)
	}
}

// guess reports whether s and o may be one exchange.
func (m *matching) guess(s, o *sighting) (guess, bool) {
	if !s.mayBe(o) || s.otherTokens(o) || s.client.IsValid() && o.client.IsValid() ||
		s.server.IsValid() && o.server.IsValid() && s.server.Addr() != o.server.Addr() ||
		s.header[0].contradict(o.header[0]) || s.header[1].contradict(o.header[1]) {
		return guess{}, false
	}
	ahead, timed := s.ahead(o)
	offset, known := m.offset(filePair{m.file, o.at.File})
	limit := maxOffset
	if s.at.File.Unit() == o.at.File.Unit() {
		limit = sameClock // the same entry in two files
	}
	g := guess{s, o, (ahead - offset).Abs(), ahead}
	return g, timed && g.apart <= limit && (!known || offset.Abs() < otherClock || g.apart <= maxSpread)
}

// sameClock is how far apart two exports of one browser may have one exchange.
const sameClock = 5 * time.Millisecond

// agreeing returns the pairs whose clocks are apart by about as much as those of most.
func agreeing(pairs []guess) []guess {
	const few = 3
	if len(pairs) < few {
		return pairs
	}
	usual := map[httpstream.File][]time.Duration{}
	for _, g := range pairs {
		usual[g.better.at.File] = append(usual[g.better.at.File], g.ahead)
	}
	for _, all := range usual {
		slices.Sort(all)
	}
	return slices.DeleteFunc(pairs, func(g guess) bool {
		all := usual[g.better.at.File]
		middle := all[len(all)/2]
		return len(all) >= few && !g.s.lastOnly && (g.ahead-middle).Abs() > maxSpread
	})
}
