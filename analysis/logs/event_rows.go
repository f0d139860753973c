package logs

import (
	"cmp"
	"net/netip"
	"slices"

	"negotrace/analysis"
	"negotrace/capture/eventlog"
	"negotrace/httpstream"
)

// eventRows are the events that were read, with equal ones in one row.
type eventRows struct {
	list     []*analysis.EventRow
	known    map[eventKey]*analysis.EventRow
	counters *httpstream.Counters
}

// An eventKey is what events of one row have in common.
type eventKey struct {
	id             int
	computer, says string
	client         netip.Addr
	kind           int // of the logon
}

func newEventRows(counters *httpstream.Counters) eventRows {
	return eventRows{known: map[eventKey]*analysis.EventRow{}, counters: counters}
}

// add counts an event, and returns its row; nil if there are too many.
func (r *eventRows) add(e *eventlog.Event) *analysis.EventRow {
	key := eventKey{id: e.ID, computer: e.Computer, says: analysis.EventSays(e), client: analysis.EventClient(e).Addr()}
	if e.Logon != nil {
		key.kind = e.Logon.Type
	}
	row := r.known[key]
	if row == nil {
		if len(r.list) == maxEventRows {
			r.counters.Drop("events that say something new, over the number that is listed", 1, e.Pos)
			return nil
		}
		row = &analysis.EventRow{Event: e, Says: key.says, Last: e.Pos}
		r.known[key], r.list = row, append(r.list, row)
	}
	row.Count++
	if e.Pos.Time.Before(row.Event.Pos.Time) {
		row.Event = e
	}
	if e.Pos.Time.After(row.Last.Time) {
		row.Last = e.Pos
	}
	return row
}

// Rows returns the events that were read, with equal ones in one row: refusals first, then faults,
// then by time.
func (s *Events) Rows() []*analysis.EventRow { return s.rows.sorted() }

// sorted returns the rows: refusals first, then faults, then by time.
func (r *eventRows) sorted() []*analysis.EventRow {
	rank := func(e *eventlog.Event) int {
		switch {
		case analysis.EventRefuses(e):
			return 0
		case e.Fault != nil:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(r.list, func(a, b *analysis.EventRow) int {
		return cmp.Or(cmp.Compare(rank(a.Event), rank(b.Event)), a.Event.Pos.Time.Compare(b.Event.Pos.Time), cmp.Compare(a.Event.Pos.Frame, b.Event.Pos.Frame), cmp.Compare(a.Event.Computer, b.Event.Computer))
	})
	return r.list
}
