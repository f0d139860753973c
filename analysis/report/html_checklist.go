package report

import (
	"negotrace/analysis/checklist"
)

// An htmlChecklist is a list of questions in the page.
type htmlChecklist struct {
	checklist.List
	Shown bool // whether the page shows its handshake
}

// An htmlQuestion is one of its questions.
type htmlQuestion struct{ checklist.Item }

// Checklists returns the questions that an engineer works down, with the answers of the capture.
func (p *htmlPage) Checklists() []htmlChecklist {
	var all []htmlChecklist
	for _, l := range checklists(p.report) {
		all = append(all, htmlChecklist{l, p.drawn[l.Handshake.ID]})
	}
	return all
}

// Questions returns the questions of the list.
func (l htmlChecklist) Questions() []htmlQuestion {
	var all []htmlQuestion
	for _, item := range l.Items {
		all = append(all, htmlQuestion{item})
	}
	return all
}

// Reply returns the answer as a word.
func (q htmlQuestion) Reply() string {
	if q.Answer == checklist.Unknown {
		return "?"
	}
	return string(q.Answer)
}

// Class returns the answer as a class.
func (q htmlQuestion) Class() string {
	switch q.Answer {
	case checklist.Yes:
		return "yes"
	case checklist.No:
		return "no"
	}
	return "open"
}

// Grounds returns how the answer is known.
func (q htmlQuestion) Grounds() string { return grounds(q.Item) }

// NextCaptures say what to capture so that the next report sees what this one could not.
func (p *htmlPage) NextCaptures() []nextCapture { return nextCaptures(p.report) }
