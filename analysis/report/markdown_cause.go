package report

import (
	"fmt"
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A moment is one line of the timeline.
type moment struct {
	at    httpstream.Time
	id    int // of the handshake
	what  string
	where string
}

// timeline writes the times of the handshakes and of refusals by KDCs, in UTC.
func (m *markdown) timeline(r *analysis.Report) {
	m.heading(2, "Timeline (UTC)")
	var all []moment
	for _, h := range r.Handshakes {
		who := "a client"
		if h.User != "" {
			who = code(h.User)
		}
		if h.Client != "" {
			who += " at " + code(analysis.HostOnly(h.Client))
		}
		what := fmt.Sprintf("%s to %s: %s: %s", who, code(hostText(h)), wentHow(h), prose(h.OutcomeReason))
		all = append(all, moment{h.Start.Time, h.ID, what, m.framesOf(h)})
		for _, k := range h.KDC {
			if e := k.Err(); e != nil && !e.Code.AsksForMore() {
				all = append(all, moment{k.ReplyPos.Time, h.ID, prose(k.KDCName() + ": " + message(k.Reply)), fmt.Sprint(k.ReplyPos.Frame)})
			}
		}
	}
	switch {
	case len(all) == 0 && len(r.Events) > 0:
		m.line("There is no handshake to list. What the event logs have is listed below, with its times.")
		return
	case len(all) == 0:
		m.line("%s", noHandshake(r))
		return
	}
	slices.SortStableFunc(all, func(a, b moment) int { return a.at.Compare(b.at) })
	m.head("Time", "Handshake", "What", "Frames")
	for _, x := range first(all, maxSteps) {
		m.row(m.clock.at(x.at), fmt.Sprint(x.id), x.what, x.where)
	}
	if n := len(all) - maxSteps; n > 0 {
		m.line("\n%d more lines are left out: `--format ndjson` has all handshakes.", n)
	}
}

// framesOf says where a handshake is: its frames, and the file where there are several.
func (m *markdown) framesOf(h *analysis.Handshake) string {
	text := series(h.Frames)
	if name := h.Start.File.String(); name != "" {
		text += " of " + code(name)
	}
	return text
}

// causes writes the findings and their consequences.
func (m *markdown) causes(r *analysis.Report) {
	m.heading(2, "Root cause and what follows from it")
	m.findings(r)
}

// findings lists the findings, and under each its consequences.
func (m *markdown) findings(r *analysis.Report) {
	all, _ := shown(r)
	if len(all) == 0 {
		m.line("Nothing was found.")
	}
	for i, t := range trees(all) {
		if i == maxShares {
			m.line("\nMore findings are left out: `--format json` has all of them.")
			return
		}
		m.item(m.finding(t.Finding))
		if t.Cause != "" {
			m.line("  - Cause: %s", prose(t.Cause))
		}
		for _, f := range first(t.consequences, perCheck) {
			m.line("  - Leads to: %s", m.finding(f))
		}
	}
}

// finding returns one finding in a line.
func (m *markdown) finding(f *analysis.Finding) string {
	return fmt.Sprintf("**%s** %s (%s%s): %s", f.Severity, code(f.Check), f.Evidence, prose(placesOf(f)), prose(f.Message))
}

// excluded writes, for each refusal without a proven cause, what was ruled out and what
// remains.
func (m *markdown) excluded(r *analysis.Report) {
	all := refusals(r.Handshakes)
	if len(all) == 0 {
		return
	}
	m.heading(2, "What comes into question, and what is ruled out")
	for _, x := range first(all, shownRefusals) {
		m.heading(3, fmt.Sprintf("Handshake %s, %s", series(x.ids), code(x.first.Host)))
		m.line("%s.\n", prose(x.first.OutcomeReason))
		m.candidates(x.first)
	}
}

// candidates writes how a handshake differs from one that was let in, and the possible causes.
func (m *markdown) candidates(h *analysis.Handshake) {
	if c := h.Compared; c != nil {
		m.line("Compared with handshake %d, which was let in: %s.\n", c.With, prose(differences(h)))
	}
	if len(h.Candidates) == 0 {
		return
	}
	m.head("Status", "Cause", "Because", "Frames")
	for _, c := range h.Candidates {
		m.row(statusName(c.Status), prose(c.Label), prose(c.Because), dash(series(c.Frames)))
	}
}

// open writes what the capture could not show.
func (m *markdown) open(r *analysis.Report) {
	m.heading(2, "Still open")
	n := 0
	for _, x := range refusals(r.Handshakes) {
		for _, c := range x.first.Candidates {
			if c.Status == analysis.NotVisible && n < maxShares {
				m.item(fmt.Sprintf("Handshake %s: %s: %s", series(x.ids), prose(c.Label), prose(c.Because)))
				n++
			}
		}
	}
	for _, text := range notSeen(r.Summary) {
		m.item(prose(text))
		n++
	}
	if n == 0 {
		m.line("%s", allSeen(r.Summary))
	}
}

// actions writes what to do, for people to take over.
func (m *markdown) actions(r *analysis.Report) {
	m.heading(2, "Actions")
	var all []string
	add := func(texts []string) {
		for _, t := range first(texts, perFinding) {
			if !slices.Contains(all, t) && len(all) < maxShares {
				all = append(all, t)
			}
		}
	}
	add(answerOf(r, m.clock).do)
	found, _ := shown(r)
	for _, t := range trees(found) {
		if t.rank() < analysis.Info.Rank() {
			add(t.Fix)
		}
	}
	if len(all) == 0 {
		m.line("None.")
		return
	}
	m.head("Action", "Owner", "Done")
	for _, text := range all {
		m.row(prose(text), " ", " ")
	}
}

// evidence writes where the proof of each finding is.
func (m *markdown) evidence(r *analysis.Report) {
	m.heading(2, "Evidence")
	found, _ := shown(r)
	n := 0
	for _, f := range found {
		if f.Filter == "" || n == maxShares {
			continue
		}
		if n++; n == 1 {
			m.head("Finding", "Wireshark")
		}
		m.row(code(f.Check), code(f.Filter))
	}
	s := r.Summary
	if s.Counters == nil {
		return
	}
	text, _ := volume(s)
	m.gap()
	m.line("%s.", prose("Read: "+text))
	m.inputs(r)
}
