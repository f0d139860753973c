package correlate

import (
	"negotrace/analysis"
	"negotrace/httpstream"
)

// results are what was judged so far.
type results struct {
	handshakes []*analysis.Handshake
	numbered   int // handshakes that have their final ID
	carriers   carriers
	mechanisms map[analysis.Mechanism]map[analysis.Outcome]int
	findings   findingSet
	tickets    ticketsSeen
	filtered   analysis.Filtered
	handedOut  int // findings that were given to the Sink
	counters   *httpstream.Counters

	reportedIn map[findingKey]int // findings about no handshake, and in which round
	round      int                // judgements so far
}

func newResults(counters *httpstream.Counters, unlisted bool) results {
	return results{
		handshakes: []*analysis.Handshake{},
		carriers:   carriers{},
		mechanisms: map[analysis.Mechanism]map[analysis.Outcome]int{},
		findings:   newFindingSet(counters, unlisted),
		counters:   counters,
		reportedIn: map[findingKey]int{},
	}
}

// A findingKey identifies a finding about no handshake, so that the overlap of two
// windows does not report it twice.
type findingKey struct {
	check, message string
	at             httpstream.Pos
}

// isNew reports whether a finding about no handshake was not made by an earlier judgement
// of the same things.
func (r *results) isNew(f *analysis.Finding) bool {
	key := findingKey{f.Check, f.Message, f.Pos()}
	if round, ok := r.reportedIn[key]; ok && round != r.round {
		return false
	}
	r.reportedIn[key] = r.round
	return true
}

// dropOld lets go of keys that no window can meet any more.
func (r *results) dropOld() {
	for key, round := range r.reportedIn {
		if round < r.round-2 {
			delete(r.reportedIn, key)
		}
	}
}

// count counts a handshake, and lists it if it is among the first of its kind.
func (r *results) count(h *analysis.Handshake) (listed bool) {
	m := r.mechanisms[h.Mechanism]
	if m == nil {
		m = map[analysis.Outcome]int{}
		r.mechanisms[h.Mechanism] = m
	}
	r.tickets.add(h)
	m[h.Outcome]++
	switch {
	case r.findings.unlisted:
		return false
	case m[h.Outcome] > maxHandshakes:
		r.counters.Drop("handshakes that are counted but not listed", 1)
		return false
	}
	r.handshakes = append(r.handshakes, h)
	return true
}

// number gives each handshake its ID: the one it was reported under, or one of the next
// for those that are to be reported now, or a preliminary one. A handshake whose first leg
// was already dropped is left out.
func (r *results) number(attempts []*attempt, b *buffer, until position) []*attempt {
	var kept, later []*attempt
	for _, h := range attempts {
		switch at := h.head.arrival - b.dropped; {
		case at < b.judged.exchanges:
			if h.ID = h.head.reportedAs; h.ID == 0 {
				continue
			}
		case at < until.exchanges:
			r.numbered++
			h.ID, h.head.reportedAs = r.numbered, r.numbered
		default:
			later = append(later, h)
		}
		kept = append(kept, h)
	}
	for i, h := range later {
		h.ID = r.numbered + i + 1
	}
	return kept
}
