package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/checklist"
	"negotrace/httpstream"
)

// checklists returns the lists for the decisive handshake; none if there is no handshake.
func checklists(r *analysis.Report) []checklist.List {
	if h := decisive(r); h != nil {
		return checklist.Of(r, h)
	}
	return nil
}

// writeChecklist writes the questions that an engineer works through, with the answers of the
// capture, and commands for those that it leaves open.
func writeChecklist(w io.Writer, r *analysis.Report, opts Options) error {
	p := newPage(opts)
	p.item(0, "", r.Headline)
	all := checklists(r)
	for _, l := range all {
		p.title(strings.ToUpper(l.Title) + fmt.Sprintf(": handshake %d, %s", l.Handshake.ID, Printable(hostText(l.Handshake))))
		for i, item := range l.Items {
			p.question(i+1, item)
		}
	}
	if len(all) == 0 {
		p.title("CHECKLIST")
		p.line("no handshake to ask about")
	}
	p.captureNext(r)
	_, err := w.Write(p.Bytes())
	return err
}

// question writes one question, its answer and how that is known.
func (p *page) question(n int, item checklist.Item) {
	answer, color := string(item.Answer), plain
	switch item.Answer {
	case checklist.Yes:
		color = green
	case checklist.No:
		color = red
	case checklist.Unknown:
		answer = "?"
	}
	p.colored(0, fmt.Sprintf("%2d  %-5s", n, answer), color, item.Question)
	const indent = len("12  yes  ")
	if because := grounds(item); because != "" {
		p.item(indent, "", because)
	}
	for i, command := range item.Commands {
		label := "Type: "
		if i > 0 {
			label = "      "
		}
		p.item(indent, label, command)
	}
}

// grounds says how an answer is known.
func grounds(item checklist.Item) string {
	because := item.Because
	if item.Answer == checklist.Unknown && because == "" {
		because = "not on the wire"
	}
	var frames []int
	var places []string
	only := true // one packet file
	for _, at := range item.At {
		frames, places = append(frames, at.Frame), append(places, at.String())
		only = only && at.File == (httpstream.File{})
	}
	switch {
	case len(item.At) == 0:
		return because
	case only && len(frames) > 1:
		return fmt.Sprintf("%s (frames %s)", because, series(frames))
	}
	return fmt.Sprintf("%s (%s)", because, strings.Join(places, ", "))
}

// checklist writes the lists into a document.
func (m *markdown) checklist(r *analysis.Report) {
	for _, l := range checklists(r) {
		m.heading(2, fmt.Sprintf("Checklist: %s, handshake %d", l.Title, l.Handshake.ID))
		m.head("", "Question", "Answer", "Known by, or what to type")
		for i, item := range l.Items {
			var known []string
			if because := grounds(item); because != string(item.Answer) { // else it is said already
				known = append(known, prose(because))
			}
			for _, command := range item.Commands {
				known = append(known, code(command))
			}
			m.row(fmt.Sprint(i+1), prose(item.Question), string(item.Answer), cmp.Or(strings.Join(known, "; "), "-"))
		}
	}
}
