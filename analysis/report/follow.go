package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// maxSaid is how many different findings are remembered as written. Beyond that they may be
// written again.
const maxSaid = 4096

// Follow begins to write the results of an analysis while its capture grows: lines for a person if
// the format is the table, else what Begin writes. The whole report comes at the end.
func (f Format) Follow(w io.Writer, opts Options) *Stream {
	if f.stream != nil {
		return f.stream(w, opts)
	}
	s := f.Begin(w, opts)
	if f.Name != Formats()[0].Name {
		return s
	}
	l := &liveText{w: w, opts: opts, said: map[string]bool{}, shown: map[int]string{}}
	return &Stream{
		Sink: analysis.Sink{Handshake: l.handshake, Finding: l.finding, Provisional: l.provisional, Flush: l.flush},
		End: func(r *analysis.Report) error {
			if l.flush(); l.err != nil {
				return l.err
			}
			if l.day != "" {
				fmt.Fprintln(w)
			}
			return s.End(r)
		},
	}
}

// A liveText writes a line for each handshake and for each new finding. It shows a handshake soon
// after its end, and once more, as final, if its line has changed since.
type liveText struct {
	w     io.Writer
	opts  Options
	day   string          // of the line before
	said  map[string]bool // findings
	shown map[int]string  // handshakes that are not final, as they were shown
	err   error           // the first one

	current *analysis.Handshake // whose findings come in
	found   []*analysis.Finding
}

// handshake takes a handshake that is final; what was found on it comes next.
func (l *liveText) handshake(h *analysis.Handshake) {
	l.flush()
	l.current = h
}

func (l *liveText) finding(f *analysis.Finding) {
	if l.current != nil && f.Handshake == l.current.ID {
		l.found = append(l.found, f)
		return
	}
	l.flush()
	l.writeUnattached(f, false)
}

// writeUnattached writes the line of a finding about no handshake.
func (l *liveText) writeUnattached(f *analysis.Finding, soFar bool) {
	if f.Severity.Rank() >= analysis.Info.Rank() || l.repeats(f) {
		return
	}
	text := brief(f, l.opts.Color)
	if soFar {
		text = "so far: " + text
	}
	l.line(f.Time, text)
}

// provisional takes a handshake that is not final, or findings about no handshake.
func (l *liveText) provisional(h *analysis.Handshake, found []*analysis.Finding) {
	l.flush()
	if h == nil {
		for _, f := range found {
			l.writeUnattached(f, f.Evidence != analysis.Proven)
		}
		return
	}
	mark := ""
	if h.Outcome != analysis.Succeeded && h.Outcome != analysis.Failed {
		mark = "so far"
	}
	l.shown[h.ID] = essence(h, found)
	l.block(h, found, mark)
}

// flush writes the handshake whose findings are all there.
func (l *liveText) flush() {
	h, found := l.current, l.found
	if l.current, l.found = nil, nil; h == nil {
		return
	}
	before, shown := l.shown[h.ID]
	delete(l.shown, h.ID)
	switch {
	case !shown:
		l.block(h, found, "")
	case before != essence(h, found):
		l.block(h, found, "final")
	}
}

// essence returns the part of a handshake's line that a person compares.
func essence(h *analysis.Handshake, found []*analysis.Finding) string {
	var all []string
	for _, f := range found {
		if f.Severity.Rank() < analysis.Info.Rank() {
			all = append(all, string(f.Severity)+f.Check+f.Message)
		}
	}
	slices.Sort(all)
	return strings.Join(append(all, string(h.Outcome), h.User, string(h.Mechanism)), "\n")
}

// block writes the line of a handshake, and those of what was found on it.
func (l *liveText) block(h *analysis.Handshake, found []*analysis.Finding, mark string) {
	how := string(h.Mechanism)
	if h.Scheme != "" && !strings.EqualFold(h.Scheme, how) {
		how = h.Scheme + "/" + how
	}
	text := outcomeColor(h.Outcome).apply(fmt.Sprintf("%-10s", h.Outcome), l.opts.Color) + " " + fmt.Sprintf("%-18s ", how) + Printable(who([]*analysis.Handshake{h}))
	if mark != "" {
		text = mark + ": " + text
	}
	var again []string
	var news []*analysis.Finding
	for _, f := range found {
		switch {
		case f.Severity.Rank() >= analysis.Info.Rank(), f.Root != nil && slices.Contains(found, f.Root):
		case l.repeats(f) && mark == "":
			if !slices.Contains(again, f.Check) {
				again = append(again, f.Check)
			}
		default:
			news = append(news, f)
		}
	}
	again = slices.DeleteFunc(again, func(check string) bool { // what is new says it
		return slices.ContainsFunc(news, func(f *analysis.Finding) bool { return f.Check == check })
	})
	if len(again) > 0 {
		text += "; again " + strings.Join(again, ", ")
	}
	l.line(h.Start.Time, text)
	slices.SortStableFunc(news, func(a, b *analysis.Finding) int { return a.Severity.Rank() - b.Severity.Rank() })
	for _, f := range news {
		var effects []string
		for _, e := range found {
			if e.Root == f && e.Severity.Rank() < analysis.Info.Rank() && !slices.Contains(effects, e.Check) {
				effects = append(effects, e.Check)
			}
		}
		text := strings.Repeat(" ", len(timeOnly)+2) + brief(f, l.opts.Color)
		if len(effects) > 0 {
			text += "; leads to " + strings.Join(effects, ", ")
		}
		l.write(text)
	}
}

// brief says in a line what was found.
func brief(f *analysis.Finding, color bool) string {
	return severityColor(f.Severity).apply(fmt.Sprintf("%-10s", f.Severity), color) + " " + f.Check + ": " + Printable(f.Message)
}

// repeats reports whether the same finding was written before.
func (l *liveText) repeats(f *analysis.Finding) bool {
	key := string(f.Severity) + "\n" + f.Check + "\n" + f.Message
	if l.said[key] {
		return true
	}
	if len(l.said) >= maxSaid {
		clear(l.said)
	}
	l.said[key] = true
	return false
}

// line writes a line with its time, after a line with the day if that has changed.
func (l *liveText) line(t httpstream.Time, text string) {
	at := t.UTC().In(l.opts.zone())
	if day := at.Format(time.DateOnly + " MST"); day != l.day {
		l.day = day
		l.write(day)
	}
	l.write(at.Format(timeOnly) + "  " + text)
}

func (l *liveText) write(text string) {
	if l.err == nil {
		_, l.err = fmt.Fprintln(l.w, text)
	}
}
