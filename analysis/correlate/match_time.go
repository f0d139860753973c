package correlate

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
)

// A guess is a pair that may be one exchange by its kind and time.
type guess struct {
	s, better *sighting
	apart     time.Duration // from the usual difference of the clocks
	ahead     time.Duration
	sameLines int // header lines that are the same
}

// byTime joins exchanges by kind, header lines and time, if no other exchange fits as well. If
// there is no better evidence, most pairs must agree on the offset of the clocks.
func (m *matching) byTime() {
	guesses := likeliest(m.guesses())
	guesses = m.ofOneClient(withoutBehind(guesses))
	var taken, open []guess
	for _, g := range connected(guesses) {
		if inOrder := m.inOrder(g); inOrder != nil {
			taken = append(taken, inOrder...)
		} else {
			open = append(open, g...)
		}
	}
	for _, g := range open {
		g.s.ambiguous = true
	}
	for _, g := range agreeing(append(taken, m.nearest(open, taken)...)) {
		m.join(g.s, g.better)
		if g.ahead.Abs() >= otherClock {
			m.noteOffset(g.s, g.better)
		}
	}
}

// guesses returns all pairs that may be one exchange, those of one exchange of the file
// together.
func (m *matching) guesses() []guess {
	clear(m.known)
	asked := map[uint64]bool{}
	for _, s := range m.own {
		asked[s.key] = true
	}
	for _, o := range m.all {
		if asked[o.key] && m.free(o) {
			m.known[o.key] = append(m.known[o.key], o)
		}
	}
	m.byDate = map[dateKey][]*sighting{}
	for key, all := range m.known {
		for _, o := range all {
			if k := (dateKey{key, o.date}); o.date != 0 && o.at.InPackets() && len(m.byDate[k]) < maxNear {
				m.byDate[k] = append(m.byDate[k], o)
			}
		}
		slices.SortStableFunc(all, func(a, b *sighting) int { return a.at.Time.Compare(b.at.Time) })
	}
	var guesses []guess
	for _, s := range m.own {
		s.ambiguous = false
		if s.joinedTo != nil || s.method == "" {
			continue
		}
		var near, dated []guess
		for _, o := range m.near(s) {
			if g, ok := m.guess(s, o); ok {
				near = append(near, g)
			}
		}
		if len(near) == 0 {
			dated = m.dated(s)
		}
		guesses = append(guesses, near...)
		guesses = append(guesses, dated...)
	}
	return guesses
}

// near returns the sightings of the same kind as s at about its time, maxNear at most.
func (m *matching) near(s *sighting) []*sighting {
	if s.at.Time.IsZero() {
		return nil
	}
	const reach = maxRepeat + maxOffset
	all, own := m.known[s.key], s.at.Time.Add(-m.clockAhead(m.file))
	place := func(t httpstream.Time) int {
		i, _ := slices.BinarySearchFunc(all, t, func(o *sighting, t httpstream.Time) int { return o.at.Time.Compare(t) })
		return i
	}
	middle := place(own)
	return all[max(place(own.Add(-reach)), middle-maxNear/2):min(place(own.Add(reach)), middle+maxNear/2)]
}

// guess reports whether s and o may be one exchange.
func (m *matching) guess(s, o *sighting) (guess, bool) {
	if !m.fits(s, o) {
		return guess{}, false
	}
	ahead, timed := s.ahead(o)
	offset, known := m.offset(filePair{m.file, o.at.File})
	if again := s.at.Time.Sub(o.at.Time); timed && s.lastOnly && (again-offset).Abs() < (ahead-offset).Abs() {
		ahead = again // the user loaded the page again
	}
	limit := maxOffset
	switch {
	case s.at.File.Unit() == o.at.File.Unit():
		limit = sameClock // the same entry in two files
	case !o.at.InPackets():
		limit = maxSpread // two logs of one browser
	}
	g := guess{s, o, (ahead - offset).Abs(), ahead, s.sameHeaderLines(o)}
	return g, timed && g.apart <= limit && (!known || offset.Abs() < otherClock || g.apart <= maxSpread)
}

// dated returns the pairs of s with the same Date of the server, however far the clocks of
// the files are apart.
func (m *matching) dated(s *sighting) []guess {
	var all []guess
	if s.date == 0 || s.at.Time.IsZero() {
		return nil
	}
	for _, o := range m.byDate[dateKey{s.key, s.date}] {
		if len(all) == maxNear {
			break
		}
		if !m.fits(s, o) {
			continue
		}
		if ahead, timed := s.ahead(o); timed {
			all = append(all, guess{s, o, 0, ahead, s.sameHeaderLines(o)})
		}
	}
	return all
}

// fits reports whether s and o may be one exchange, but for their times.
func (m *matching) fits(s, o *sighting) bool {
	if !s.mayMatch(o) || s.otherTokens(o) || s.otherHeader(o) || s.server.IsValid() && o.server.IsValid() && s.server.Addr() != o.server.Addr() {
		return false
	}
	if s.client.IsValid() && o.client.IsValid() && !(o.at.InPackets() && m.behindNAT(s, o)) {
		return false
	}
	return !slices.ContainsFunc(o.joinedFrom, func(j *sighting) bool {
		return j.at.File.Unit() == s.at.File.Unit() && !s.sameEntry(j)
	}) && (s.at.File.Unit() != o.at.File.Unit() || s.sameEntry(o))
}

// sameEntry reports whether two exports of one kind have the same entry: its times and
// sizes are the same.
func (s *sighting) sameEntry(o *sighting) bool {
	return s.at.Time.Sub(o.at.Time).Abs() <= sameClock && s.answered.Sub(o.answered).Abs() <= sameClock &&
		s.status == o.status && s.bodyLen == o.bodyLen
}

// behindNAT reports whether the client of an export may be one that packets show with
// another address: they do not show its own, and it spoke to that server.
func (m *matching) behindNAT(s, o *sighting) bool {
	return s.server == o.server && s.client.Addr() != o.client.Addr() && !m.addresses()[s.client.Addr()]
}

// addresses returns the addresses of the clients that packets show.
func (m *matching) addresses() map[netip.Addr]bool {
	if m.clients == nil {
		m.clients = map[netip.Addr]bool{}
		for _, o := range m.sightings {
			if o.at.InPackets() {
				m.clients[o.client.Addr()] = true
			}
		}
	}
	return m.clients
}

const (
	// sameClock is how far apart two exports of one browser may have one exchange.
	sameClock = 5 * time.Millisecond
	// maxNear is how many exchanges one is compared with.
	maxNear = 64
)

// agreeing returns the pairs whose clocks are apart by about as much as those of most.
func agreeing(pairs []guess) []guess {
	const few = 3
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
		if g.ahead.Abs() > maxOffset { // by the server's Date
			return (g.ahead - middle).Abs() > maxSpread
		}
		return len(all) >= few && !g.s.lastOnly && (g.ahead-middle).Abs() > maxSpread
	})
}

// groupBy calls keep with the guesses that have one exchange in common, and returns what
// it keeps.
func groupBy(guesses []guess, of func(guess) *sighting, keep func([]guess) []guess) []guess {
	groups := map[*sighting][]guess{}
	var order []*sighting
	for _, g := range guesses {
		s := of(g)
		if groups[s] == nil {
			order = append(order, s)
		}
		groups[s] = append(groups[s], g)
	}
	kept := guesses[:0:0]
	for _, s := range order {
		kept = append(kept, keep(groups[s])...)
	}
	return kept
}

func exportOf(g guess) *sighting { return g.s }
func betterOf(g guess) *sighting { return g.better }

// likeliest returns the guesses with the most header lines in common, for both exchanges.
func likeliest(guesses []guess) []guess {
	most := func(all []guess) []guess {
		best := slices.MaxFunc(all, func(a, b guess) int { return cmp.Compare(a.sameLines, b.sameLines) }).sameLines
		return slices.DeleteFunc(all, func(g guess) bool { return g.sameLines < best })
	}
	return groupBy(groupBy(guesses, exportOf, most), betterOf, most)
}

// withoutBehind leaves out requests by a proxy if the request of its client fits as well.
func withoutBehind(guesses []guess) []guess {
	return groupBy(guesses, exportOf, func(all []guess) []guess {
		behind := func(g guess) bool {
			return slices.ContainsFunc(all, func(o guess) bool {
				return o.better.server.IsValid() && o.better.server.Addr() == g.better.client.Addr() && o.better.client.Addr() != g.better.client.Addr()
			})
		}
		return slices.DeleteFunc(slices.Clone(all), behind)
	})
}
