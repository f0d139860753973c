package correlate

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
	"negotrace/internal/components"
)

// One exchange of an export may fit several others. Then the client of the rest of the export
// decides, or how many there are, or the clocks. If these do not decide, the exchange stays
// ambiguous.

// ofOneClient keeps the guesses of one client, if the export is of one machine: the client with
// which most of the export was joined. An exchange that fits only one other counts as joined.
func (m *matching) ofOneClient(guesses []guess) []guess {
	votes := map[netip.Addr]int{}
	for _, o := range m.sightings {
		if o.client.IsValid() && !m.free(o) {
			votes[o.client.Addr()]++
		}
	}
	for _, all := range connected(guesses) {
		if len(all) == 1 {
			votes[all[0].better.client.Addr()]++
		}
	}
	return groupBy(guesses, exportOf, func(all []guess) []guess {
		if !all[0].s.ofOneMachine() {
			return all
		}
		addr := func(g guess) netip.Addr { return g.better.client.Addr() }
		best := slices.MaxFunc(all, func(a, b guess) int { return cmp.Compare(votes[addr(a)], votes[addr(b)]) })
		for _, g := range all {
			if addr(g) != addr(best) && votes[addr(g)] == votes[addr(best)] {
				return all
			}
		}
		return slices.DeleteFunc(slices.Clone(all), func(g guess) bool { return addr(g) != addr(best) })
	})
}

// ofOneMachine reports whether the export is that of a browser, not of a proxy.
func (s *sighting) ofOneMachine() bool { return s.lastOnly || s.at.File.Unit() == httpstream.Events }

// connected returns the guesses that share an exchange with one another, in groups.
func connected(guesses []guess) [][]guess {
	return components.Of(guesses, func(g guess) (s, better *sighting) { return g.s, g.better })
}

// inOrder pairs exchanges in the order of their times, if both files show the same number. It
// returns nil if that is not sure, because other clients made some.
func (m *matching) inOrder(all []guess) []guess {
	if len(all) == 1 {
		return all
	}
	pair := map[[2]*sighting]guess{}
	var left, right []*sighting
	seen := map[*sighting]bool{}
	for _, g := range all {
		pair[[2]*sighting{g.s, g.better}] = g
		if !seen[g.s] {
			seen[g.s] = true
			left = append(left, g.s)
		}
		if !seen[g.better] {
			seen[g.better] = true
			right = append(right, g.better)
		}
	}
	byTime := func(a, b *sighting) int {
		return cmp.Or(a.at.Time.Compare(b.at.Time), cmp.Compare(a.at.Frame, b.at.Frame))
	}
	slices.SortStableFunc(left, byTime)
	slices.SortStableFunc(right, byTime)
	if last := right[len(right)-1]; len(left) == 1 && left[0].lastOnly && last.repeats(right) {
		return []guess{pair[[2]*sighting{left[0], last}]}
	}
	first := right[0].client.Addr()
	if len(left) != len(right) || left[0].ofOneMachine() && slices.ContainsFunc(right, func(o *sighting) bool { return o.client.Addr() != first }) {
		return nil
	}
	taken := make([]guess, 0, len(left))
	for i, s := range left {
		g, ok := pair[[2]*sighting{s, right[i]}]
		if !ok {
			return nil
		}
		taken = append(taken, g)
	}
	return taken
}

// repeats reports whether s is the last of requests that a client made again after challenges.
func (s *sighting) repeats(all []*sighting) bool {
	return !slices.ContainsFunc(all, func(o *sighting) bool {
		return o.client.Addr() != s.client.Addr() || o.began != s.began
	})
}

// nearest returns the pairs that the clocks show, as far as other pairs show the clocks.
func (m *matching) nearest(open, taken []guess) []guess {
	clocks := map[httpstream.File][]time.Duration{}
	for _, g := range taken {
		clocks[g.better.at.File] = append(clocks[g.better.at.File], g.ahead)
	}
	fitting := slices.DeleteFunc(slices.Clone(open), func(g guess) bool {
		usual, known := m.offset(filePair{m.file, g.better.at.File})
		if all := clocks[g.better.at.File]; !known && len(all) > 0 {
			slices.Sort(all)
			usual, known = all[len(all)/2], true
		}
		return !known || (g.ahead-usual).Abs() > maxSpread
	})
	only := func(all []guess) []guess {
		if len(all) == 1 {
			return all
		}
		return nil
	}
	alone := groupBy(fitting, betterOf, only)
	ofBetter := map[*sighting]bool{}
	for _, g := range alone {
		ofBetter[g.better] = true
	}
	return slices.DeleteFunc(groupBy(fitting, exportOf, only), func(g guess) bool { return !ofBetter[g.better] })
}
