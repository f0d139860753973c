package report

import (
	"fmt"
	"strings"

	"negotrace/analysis"
)

// An htmlRefusal is why handshakes may not have been let in.
type htmlRefusal struct {
	*refusal
	page *htmlPage
}

const maxHTMLRefusals = 30 // refusals whose causes differ that the page explains

// Refusals returns the refusals about which the page says more than a finding does.
func (p *htmlPage) Refusals() []htmlRefusal {
	var all []htmlRefusal
	for _, r := range first(refusals(p.report.Handshakes), maxHTMLRefusals) {
		all = append(all, htmlRefusal{r, p})
	}
	return all
}

// RefusalsLeft says how many refusals are not explained.
func (p *htmlPage) RefusalsLeft() string {
	return p.left(len(refusals(p.report.Handshakes))-maxHTMLRefusals, "refusal", "candidates and compared")
}

// Title says which handshakes it is about.
func (r htmlRefusal) Title() string {
	title := strings.ToLower(refused(r.refusal))
	return capital(strings.Replace(title, " may ", ": why it may ", 1))
}

// Reason says how the outcome is known.
func (r htmlRefusal) Reason() string { return capital(sentence(r.first.OutcomeReason)) }

// Compared returns what differs from a handshake that was let in.
func (r htmlRefusal) Compared() *analysis.Comparison { return r.first.Compared }

// NoDifference says that there is no difference.
func (r htmlRefusal) NoDifference() string { return capital(sentence(noDifference(r.first))) }

// WithShown reports whether the page shows the handshake that it is compared with.
func (r htmlRefusal) WithShown() bool { return r.page.drawn[r.first.Compared.With] }

// An htmlCandidate is a possible cause, or one that is ruled out.
type htmlCandidate struct {
	analysis.Candidate
	page *htmlPage
}

// Candidates returns the causes, likeliest first.
func (r htmlRefusal) Candidates() []htmlCandidate {
	var all []htmlCandidate
	for _, c := range r.first.Candidates {
		all = append(all, htmlCandidate{c, r.page})
	}
	return all
}

// Class returns the status as a class.
func (c htmlCandidate) Class() string { return string(c.Status) }

// StatusText returns the status as a word.
func (c htmlCandidate) StatusText() string { return statusName(c.Status) }

// Shown reports whether the page names the check.
func (c htmlCandidate) Shown() bool { return checkSuffix(c.Candidate) != "" }

// Linked reports whether the page has the text of the check.
func (c htmlCandidate) Linked() bool { return c.page.checks[c.Check] != nil }

// handshakeAnchor returns the place of a handshake in the page, "" if it has none.
func (p *htmlPage) handshakeAnchor(id int) string {
	if !p.drawn[id] {
		return ""
	}
	return fmt.Sprintf("h%d", id)
}
