package correlate

import (
	"maps"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// results are what was judged so far.
type results struct {
	handshakes []*analysis.Handshake
	numbered   int // handshakes that have an ID that stays
	carriers   carriers
	mechanisms map[analysis.Mechanism]map[analysis.Outcome]int
	findings   findingSet
	tickets    ticketsSeen
	filtered   analysis.Filtered
	handedOut  int // findings that were given to the Sink
	counters   *httpstream.Counters

	reportedIn map[findingKey]reported // findings about no handshake
	shownIn    map[findingKey]reported // the same, of those that were shown before they were final
	round      int                     // judgements so far
	windows    int                     // of them, those of a full window
	live       bool                    // see Options
}

// reported is when a finding was made.
type reported struct{ round, window int }

func newResults(counters *httpstream.Counters, o Options) results {
	return results{
		handshakes: []*analysis.Handshake{},
		carriers:   carriers{},
		mechanisms: map[analysis.Mechanism]map[analysis.Outcome]int{},
		findings:   newFindingSet(counters, o),
		counters:   counters,
		reportedIn: map[findingKey]reported{},
		shownIn:    map[findingKey]reported{},
		live:       o.Live,
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
func (r *results) isNew(f *analysis.Finding) bool { return r.first(r.reportedIn, f) }

// isFirst reports whether a finding about no handshake was not shown before.
func (r *results) isFirst(f *analysis.Finding) bool { return r.first(r.shownIn, f) }

func (r *results) first(before map[findingKey]reported, f *analysis.Finding) bool {
	key := findingKey{f.Check, f.Message, f.Pos()}
	if r.live {
		key.message = ""
	}
	if in, ok := before[key]; ok && in.round != r.round {
		return false
	}
	before[key] = reported{r.round, r.windows}
	return true
}

// dropOld drops keys that no window can meet any more.
func (r *results) dropOld() {
	r.windows++
	old := func(_ findingKey, in reported) bool { return in.window < r.windows-2 }
	maps.DeleteFunc(r.reportedIn, old)
	maps.DeleteFunc(r.shownIn, old)
}

// count counts a handshake. It lists those that are among the first of their kind, and reports
// whether this one is.
func (r *results) count(h *analysis.Handshake) (listed bool) {
	m := r.mechanisms[h.Mechanism]
	if m == nil {
		m = map[analysis.Outcome]int{}
		r.mechanisms[h.Mechanism] = m
	}
	r.tickets.add(h)
	m[h.Outcome]++
	switch {
	case r.findings.omitLists:
		return false
	case m[h.Outcome] > maxHandshakes:
		r.counters.Drop("handshakes that are counted but not listed", 1, h.Start)
		return false
	}
	r.handshakes = append(r.handshakes, h)
	return true
}

// number sets the ID of each handshake. One that was reported or shown keeps its ID. One that
// is reported or shown now gets the next. The others get preliminary ones. A handshake whose
// first leg was already dropped is left out.
func (e *engine) number(attempts []*attempt, s scope) []*attempt {
	var kept, later []*attempt
	for _, h := range attempts {
		switch at := h.head.arrival - e.buffer.dropped; {
		case h.head.reportedAs != 0:
			h.ID = h.head.reportedAs
		case at < e.buffer.judged.exchanges, e.live.isRemnant(h):
			continue
		case at < s.until.exchanges, s.includesOver && e.live.isOver(h):
			h.ID, h.final = e.results.reserve(h.head), true
			h.head.reportedAs = h.ID
			e.live.remember(h)
		case s.show != nil && s.show(h):
			h.ID, h.show = e.results.reserve(h.head), true
		case h.head.reserved != 0:
			h.ID = h.head.reserved
		default:
			later = append(later, h)
		}
		kept = append(kept, h)
	}
	for i, h := range later {
		h.ID = e.results.numbered + i + 1
	}
	return kept
}

// reserve returns the ID of the handshake that begins with a leg.
func (r *results) reserve(head *leg) int {
	if head.reserved == 0 {
		r.numbered++
		head.reserved = r.numbered
	}
	return head.reserved
}
