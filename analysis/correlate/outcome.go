package correlate

import (
	"cmp"
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// setOutcome says whether a handshake is complete, and how it ended if no response said so.
func setOutcome(h *analysis.Handshake) {
	h.Complete = true
	for _, l := range h.Legs {
		c := l.Conn
		h.Complete = h.Complete && c.Complete()
	}
	if h.Split && h.Outcome == "" {
		h.Outcome = analysis.Failed
	}
	if h.Outcome != "" {
		return
	}
	last := h.Last()
	c := last.Conn
	switch {
	case h.Opening() == nil && last.Answer() == nil:
		h.Outcome = analysis.Unanswered
	case c.Lost != [2]int64{}, last.Response != nil && !last.Asks:
		h.Outcome = analysis.Unknown
	case c.Ending == httpstream.FIN || c.Ending == httpstream.RST:
		h.Outcome = analysis.Abandoned
	case idle(c, last):
		h.Outcome = analysis.Abandoned
	default:
		h.Outcome = analysis.Unknown
	}
}

// idle reports whether the connection stayed silent for more than a minute after the leg,
// while the capture went on.
func idle(c *httpstream.Conn, l *analysis.Leg) bool {
	const timeout = 60 // seconds: catalogue of handshakes left open, after which browsers have given up too
	p := l.ResponsePos()
	return !p.Time.IsZero() && c.End.Time.Sub(p.Time).Seconds() > timeout
}

func sortAttempts(attempts []*attempt) {
	slices.SortStableFunc(attempts, func(a, b *attempt) int {
		return cmp.Or(
			cmp.Compare(a.First().Exchange.Pos().Frame, b.First().Exchange.Pos().Frame),
			cmp.Compare(a.Target, b.Target),
		)
	})
}
