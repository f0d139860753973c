package report

import (
	"cmp"
	"fmt"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

const (
	maxHTMLRows = 4000 // handshakes, or groups of equal ones, that the page lists
	maxHTMLFull = 200  // of these those that are drawn in full; each takes some 20 KB
)

// An htmlList is a part of the list of handshakes.
type htmlList struct {
	Title string
	Count string
	Rows  []htmlRow
	Left  string
}

// An htmlRow is a handshake of the list, or several equal ones of which the first is shown.
type htmlRow struct {
	*analysis.Handshake
	row  *row
	page *htmlPage
	Full bool // with all that is known, and its ladder
	Open bool // unfolded at the beginning

	Ladder *htmlLadder // nil if it has no step
}

// list returns the handshakes in three parts: not let in, unknown, and the others.
func (p *htmlPage) list() []htmlList {
	lists := []htmlList{{Title: "Not let in"}, {Title: "How it ended is not known"}, {Title: "Let in"}}
	all, _ := rows(p.report.Handshakes, len(p.report.Handshakes))
	byClass := [3][]*row{}
	for _, r := range all {
		class := outcomeClass(r.first.Outcome)
		byClass[class] = append(byClass[class], r)
	}
	listed, full := 0, 0
	for class := range lists {
		l := &lists[class]
		handshakes, leftOut := 0, 0
		for _, r := range byClass[class] {
			handshakes += r.count
			if listed == maxHTMLRows {
				leftOut += r.count
				continue
			}
			listed++
			h := htmlRow{Handshake: r.first, row: r, page: p}
			if h.Full = full < maxHTMLFull; h.Full {
				h.Open = full == 0
				h.Ladder = p.ladder(r.first)
				full++
			}
			l.Rows = append(l.Rows, h)
		}
		l.Count = fmt.Sprint(handshakes)
		l.Left = p.left(leftOut, "handshake", "handshakes")
	}
	return lists
}

// Briefly says how handshakes are shown that have no ladder in the page.
func (p *htmlPage) Briefly() string {
	rows, full := 0, 0
	for _, l := range p.Lists {
		rows += len(l.Rows)
		for _, r := range l.Rows {
			if r.Full {
				full++
			}
		}
	}
	if full == rows || full == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d rows %s here, those that were not let in first. negotrace show N FILE draws any other.", full, rows, plural.Verb(full, "has its ladder", "have their ladders"))
}

// Handshakes returns how many handshakes there are.
func (p *htmlPage) Handshakes() int { return len(p.report.Handshakes) }

// Outcomes returns the outcomes that there are, by which the list can be filtered.
func (p *htmlPage) Outcomes() []string {
	return distinct(p.report.Handshakes, func(h *analysis.Handshake) string { return string(h.Outcome) })
}

// MechanismNames returns the mechanisms that there are.
func (p *htmlPage) MechanismNames() []string {
	return distinct(p.report.Handshakes, func(h *analysis.Handshake) string { return string(h.Mechanism) })
}

// Mood returns the class of the row.
func (r htmlRow) Mood() string { return chartClasses[outcomeClass(r.Outcome)] }

// LineText says who authenticated to whom.
func (r htmlRow) LineText() string {
	return elide(cmp.Or(r.User, analysis.HostOnly(r.Client), "-")+" → "+hostText(r.Handshake), maxHTMLText/2)
}

// When says when it began, or the first and the last of several.
func (r htmlRow) When() string {
	when := r.page.time(r.Start.Time)
	if r.row.count > 1 {
		when = fmt.Sprintf("%d times, %s to %s", r.row.count, when, r.page.time(r.row.last.Start.Time))
	}
	return when
}

// ClientText names the client and its program.
func (r htmlRow) ClientText() string { return joined(r.row.client(), ", ", r.Product()) }

// URLText returns the URL.
func (r htmlRow) URLText() string { return elide(r.URL, maxHTMLText) }

// ServerText names the server.
func (r htmlRow) ServerText() string { return dash(r.Server) }

// SPNText returns the service principal name.
func (r htmlRow) SPNText() string { return elide(dash(r.SPN), maxHTMLText) }

// SchemeText says what was offered and what was used.
func (r htmlRow) SchemeText() string {
	return fmt.Sprintf("%s offered, %s used", noneFor(r.row.offered()), noneFor(r.row.used()))
}

// File names the input file that it begins in, where there were several.
func (r htmlRow) File() string { return r.Start.File.String() }

// noneFor writes out a dash.
func noneFor(s string) string {
	if s == dash("") {
		return "none"
	}
	return s
}

// UserText names the user, and where the name was read.
func (r htmlRow) UserText() string {
	text := elide(cmp.Or(r.User, "not visible"), maxHTMLText)
	switch {
	case r.UserFrom != "":
		text += " (" + string(r.UserEvidence) + ": " + r.UserFrom + ")"
	case r.User != "" && r.UserEvidence != "":
		text += " (" + string(r.UserEvidence) + ")"
	}
	return text
}

// Remarks returns further facts about the handshake.
func (r htmlRow) Remarks() []string {
	var all []string
	add := func(holds bool, format string, args ...any) {
		if holds {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	add(r.row.count > 1, "%s like this one followed; the last is handshake %d.", plural.Count(r.row.count-1, "handshake"), r.row.last.ID)
	add(!r.FromLog && r.Repeats > 0, "%s with the same credentials and the same result followed.", plural.Count(r.Repeats, "further request"))
	add(!r.FromLog && r.FollowOnCount > 0, "%s without credentials followed on the connection.", plural.Count(r.FollowOnCount, "request"))
	add(r.FromLog && r.Repeats > 0, "%s of the same client with the same result followed in the log.", plural.Count(r.Repeats, "further logon"))
	add(r.FromLog && r.FollowOnCount > 0, "%s of the same user followed in the log.", plural.Count(r.FollowOnCount, "request"))
	add(r.Split, "Its legs went over more than one connection.")
	add(r.ClientSide != 0, "It continues handshake %d on the other side of a proxy, or is the same on that of a router.", r.ClientSide)
	add(!r.Complete && r.InPackets(), "Packets of its connections are missing in the capture.")
	return all
}

// Related returns the findings about it.
func (r htmlRow) Related() []htmlFinding {
	const most = 8
	var all []htmlFinding
	for _, f := range first(r.page.related[r.ID], most) {
		all = append(all, htmlFinding{f, r.page})
	}
	return all
}
