package logs

import (
	"cmp"
	"slices"
	"time"

	"negotrace/httpstream"
)

// A logClock is how far the clock of a log is ahead of that of the capture.
type logClock struct {
	known  bool
	ahead  time.Duration
	within time.Duration // how far ahead may be wrong
	votes  int           // requests that have a line at that offset
	// atBeginning reports whether lines may say when a request began.
	atBeginning bool
}

const (
	// maxLogAhead is the largest offset of two clocks that is tried: the hours of time zones,
	// and some minutes.
	maxLogAhead = 14*time.Hour + 15*time.Minute
	zoneStep    = 15 * time.Minute // time zones differ by quarters of an hour
	// synced is how far clocks of one domain may be apart: with minutes Kerberos would not work.
	synced = 5 * time.Second
	// OneMoment is how near in time requests count as one observation.
	OneMoment = 2 * time.Second
	// maxVotes is how many pairs of requests and lines are looked at.
	maxVotes = 1 << 18
)

// A vote is the range of clock offsets at which a line would be about a request.
type vote struct {
	from, to time.Duration
	request  int // which request
}

// findClock finds the offset at which most of the requests have a line.
func (l *serverLog) findClock(seen []*SeenRequest) {
	best := logClock{}
	for _, c := range l.clockOffsets(l.votes(seen)) {
		c.atBeginning = l.atBeginning
		if l.credible(c, seen) && (!best.known || c.better(best)) {
			best = c
			best.known = true
		}
	}
	if best.known && (!l.clock.known || best.votes >= l.clock.votes) {
		l.clock = best
	}
}

// votes returns those of all pairs of a request and a line of its kind.
func (l *serverLog) votes(seen []*SeenRequest) []vote {
	var all []vote
	rarest := make([]int, len(seen)) // requests with the fewest lines first
	for i := range rarest {
		rarest[i] = i
	}
	slices.SortStableFunc(rarest, func(i, j int) int { return cmp.Compare(len(l.byKey[seen[i].key]), len(l.byKey[seen[j].key])) })
	for _, i := range rarest {
		s := seen[i]
		for _, q := range l.byKey[s.key] {
			d := q.Pos.Time.Sub(s.EndedAt)
			if d.Abs() > maxLogAhead || !s.mayMatch(q.Request) {
				continue
			}
			if len(all) == maxVotes {
				return all
			}
			from := s.respondedAt
			if l.atBeginning && !s.requestedAt.IsZero() && s.requestedAt.Before(from) {
				from = s.requestedAt
			}
			all = append(all, vote{d - logDelay, q.Pos.Time.Sub(from) + logStep, i})
		}
	}
	return all
}

// clockOffsets returns the offsets at which the number of votes has a local maximum.
func (l *serverLog) clockOffsets(votes []vote) []logClock {
	type edge struct {
		at     time.Duration
		begins bool
		of     int
	}
	edges := make([]edge, 0, 2*len(votes))
	for _, v := range votes {
		edges = append(edges, edge{v.from, true, v.request}, edge{v.to, false, v.request})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		begins := func(e edge) int { // before what ends there
			if e.begins {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(begins(a), begins(b)), cmp.Compare(a.of, b.of))
	})
	var peaks []logClock
	open, requests, rising := map[int]int{}, 0, false
	var from time.Duration
	for _, e := range edges {
		if e.begins {
			if open[e.of]++; open[e.of] == 1 {
				requests++
				from, rising = e.at, true
			}
			continue
		}
		if open[e.of]--; open[e.of] > 0 {
			continue
		}
		if rising {
			peaks = append(peaks, logClock{ahead: (from + e.at) / 2, within: (e.at - from) / 2, votes: requests})
			rising = false
		}
		requests--
	}
	return peaks
}

// credible reports whether an offset is more than chance. An offset of zero needs no evidence,
// a time zone some, and any other offset most.
func (l *serverLog) credible(c logClock, seen []*SeenRequest) bool {
	expected, found, moments := 0, 0, 0
	var last httpstream.Time
	uncovered := false
	for _, s := range seen {
		hit := slices.ContainsFunc(l.near(s, c), func(q *loggedRequest) bool { return s.mayMatch(q.Request) })
		if hit || len(l.byKey[s.key]) > 0 && l.covers(s.EndedAt, c.ahead) {
			expected++
		}
		if !hit {
			continue
		}
		found++
		uncovered = uncovered || !l.covers(s.EndedAt, 0)
		if last.IsZero() || s.EndedAt.Sub(last).Abs() > OneMoment {
			moments++
			last = s.EndedAt
		}
	}
	if 2*found < expected {
		return false
	}
	zone := c.ahead.Round(zoneStep)
	switch odd := (c.ahead - zone).Abs() > synced+c.within; {
	case zone == 0 && !odd:
		return true
	case odd && zone != 0:
		return moments >= 3
	case odd:
		return moments >= 2 || found >= 2 && !uncovered
	}
	return moments >= 2 || found >= 2 // a time zone
}

// better reports whether c is likelier than d: more requests have a line, or the clocks agree
// better.
func (c logClock) better(d logClock) bool {
	odd := func(c logClock) time.Duration { return (c.ahead - c.ahead.Round(zoneStep)).Abs() }
	return cmp.Or(
		cmp.Compare(d.votes, c.votes),
		cmp.Compare(c.ahead.Round(zoneStep).Abs(), d.ahead.Round(zoneStep).Abs()),
		cmp.Compare(odd(c), odd(d)),
	) < 0
}
