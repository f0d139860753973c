package report

import (
	"cmp"
	"strconv"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// loggedText says what the server's log has about a leg: status, user, and how long it took.
func loggedText(leg *analysis.Leg) string {
	q := leg.Logged
	stated, _ := leg.StatedReason()
	text := cmp.Or(stated, strconv.Itoa(q.Status))
	if q.Module != "" {
		text += " of the " + q.Module
	}
	switch {
	case q.User != "":
		text += " for " + q.User
	case q.NamesUsers && q.Status < httpstream.StatusBadRequest:
		text += " for nobody"
	}
	if q.TimeTaken > 0 {
		text += ", after " + q.TimeTaken.Round(time.Millisecond).String()
	}
	return text
}
