package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// An htmlPage is what the templates of the page read. Its exported methods are the parts
// of the page in the order in which they stand there.
type htmlPage struct {
	htmlFrame
	Single    bool   // whether it is of one handshake, and not of a capture
	selection string // the handshakes that a filter chose, if it is one of them

	report  *analysis.Report
	answer  answer
	clock   clock
	letters fileLetters
	checks  map[string]*analysis.Check
	// anchors are the places of findings in the page; related are those about a handshake.
	anchors map[*analysis.Finding]string
	related map[int][]*analysis.Finding
	drawn   map[int]bool // IDs of the handshakes that the page shows
	lanes   map[int]bool // how many lanes its ladders have
	fields  int          // bytes of the fields of tokens that were written

	Lists []htmlList // the handshakes
}

func newHTMLPage(r *analysis.Report, opts Options) *htmlPage {
	p := &htmlPage{
		report: r, clock: newClock(&r.Summary, opts.zone()), letters: newFileLetters(r), checks: map[string]*analysis.Check{},
		anchors: map[*analysis.Finding]string{}, related: map[int][]*analysis.Finding{}, drawn: map[int]bool{}, lanes: map[int]bool{},
	}
	p.answer = answerOf(r, p.clock)
	for _, c := range r.Checks {
		p.checks[c.Name] = c
	}
	p.anchorFindings()
	p.Lists = p.list()
	for _, l := range p.Lists {
		for _, row := range l.Rows {
			p.drawn[row.ID] = true
		}
	}
	return p
}

// Title returns the title of the window, and of the file when it is printed.
func (p *htmlPage) Title() string {
	title := "negotrace"
	if t := p.report.Summary.First.Time; !t.IsZero() {
		title += " " + p.clock.in(t).Format(time.DateOnly)
	}
	return title + ": " + elide(p.Verdict(), 100)
}

// time shows a moment.
func (p *htmlPage) time(t httpstream.Time) string { return p.clock.show(t) }

// sentence makes a sentence of a message: it ends with a full stop, and an article at its
// beginning has a capital letter. A name at its beginning stays as it is.
func sentence(message string) string {
	message = elide(message, 2*maxHTMLText)
	for _, word := range []string{"the ", "a ", "an ", "no ", "somebody "} {
		if strings.HasPrefix(message, word) {
			message = strings.ToUpper(word[:1]) + message[1:]
		}
	}
	if message == "" || strings.HasSuffix(message, ".") {
		return message
	}
	return message + "."
}

// capital returns s with a capital letter at its beginning.
func capital(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n < 2 && first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

// names lists the first of many names.
func names(all []string, most int) string {
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
}

// joined puts a word between two texts, if there are both.
func joined(a, between, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// An htmlClock is a row of the table of clocks.
type htmlClock struct{ *analysis.Clock }

const maxHTMLClocks = 60 // that the page lists: a line for each machine

// Clocks returns those that messages showed.
func (p *htmlPage) Clocks() []htmlClock {
	all := p.report.Summary.Clocks
	var rows []htmlClock
	for _, c := range first(all, maxHTMLClocks) {
		rows = append(rows, htmlClock{c})
	}
	return rows
}

// ClocksLeft says how many clocks are not listed.
func (p *htmlPage) ClocksLeft() string {
	return p.left(len(p.report.Summary.Clocks)-maxHTMLClocks, "clock", "summary.clocks")
}

// Apart says how far the clock is from the one that stamped the packets.
func (c htmlClock) Apart() string { return analysis.ClockOffset(c.Ahead, "the capture's") }

// FarOff reports whether it differs by more than Kerberos allows.
func (c htmlClock) FarOff() bool { return c.Ahead.Abs() > analysis.MaxClockSkew }

// Seen says where it was read.
func (c htmlClock) Seen() string {
	if c.Last.Compare(c.Pos) > 0 {
		return c.Pos.String() + " to " + c.Last.String()
	}
	return c.Pos.String()
}

// left says how many things the page leaves out, and where all of them are.
func (p *htmlPage) left(n int, thing, member string) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("%s more: %s of --format json.", plural.Count(n, thing), member)
}

// NotSeen returns what the capture could not show.
func (p *htmlPage) NotSeen() []string { return notSeen(p.report.Summary) }

// AllSeen says that everything could be read.
func (p *htmlPage) AllSeen() string { return allSeen(p.report.Summary) }

// Files returns the input files, where there were several.
func (p *htmlPage) Files() []string {
	const most = 50
	var all []string
	for i := range p.letters {
		if i == most {
			all = append(all, plural.Count(len(p.letters)-most, "more file"))
			break
		}
		all = append(all, p.letters.letter(p.letters[i])+": "+p.letters.about(p.report, i))
	}
	return all
}

// An htmlCheck is the text of a check.
type htmlCheck struct{ *analysis.Check }

// CheckTexts returns the checks that found something.
func (p *htmlPage) CheckTexts() []htmlCheck {
	var all []htmlCheck
	for _, c := range p.report.Checks {
		all = append(all, htmlCheck{c})
	}
	return all
}

// CauseLines returns the causes, each with the cases that it is for.
func (c htmlCheck) CauseLines() []string { return adviceLines(c.Causes) }

// FixLines returns the remedies, each with the cases that it is for.
func (c htmlCheck) FixLines() []string { return adviceLines(c.Fix) }
