package report

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// fileLetters holds the input files, if there are several, in the order in which they were given.
// The table of handshakes calls each by a letter.
type fileLetters []string

func newFileLetters(r *analysis.Report) fileLetters {
	var l fileLetters
	if len(r.Inputs) > 1 {
		for _, in := range r.Inputs {
			l = append(l, in.Name)
		}
	}
	return l
}

// letter returns the letter of a file: A to Z, AA, AB ...
func (l fileLetters) letter(name string) string {
	letters := ""
	for n := slices.Index(l, name) + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// lettersOf returns the letters of the files that show a handshake.
func (l fileLetters) lettersOf(h *analysis.Handshake) string {
	var letters []string
	for _, f := range h.Files {
		letters = append(letters, l.letter(f.String()))
	}
	slices.Sort(letters)
	return strings.Join(letters, "+")
}

// files writes which letter stands for which file, and how much of each is also in others.
func (p *page) files(r *analysis.Report) {
	if len(p.fileLetters) == 0 && len(r.Inputs) == 1 {
		p.hash("", r.Inputs[0])
	}
	const most = 12
	for i, name := range p.fileLetters {
		if i == most {
			p.item(0, "", plural.Count(len(p.fileLetters)-most, "more file"))
			break
		}
		label := "File " + p.fileLetters.letter(name) + ": "
		p.item(0, label, p.fileLetters.about(r, i))
		p.hash(strings.Repeat(" ", len(label)), r.Inputs[i])
	}
}

// hash writes the hash of a file, where it was asked for.
func (p *page) hash(indent string, in httpstream.Input) {
	if hash := in.SHA256.String(); hash != "" {
		p.line(indent + "SHA-256 " + hash)
	}
}

// about says what a file is, and how much of it is also in others.
func (l fileLetters) about(r *analysis.Report, i int) string {
	in := r.Inputs[i]
	text := fmt.Sprintf("%s (%s, %s)", in.Name, in.Format, counted(in.Packets, in.File.Unit()))
	with := l.letter(in.With.String())
	switch {
	case in.File.Unit().OfLog() && in.Joined == 0:
	case in.File.Unit().OfLog():
		text += fmt.Sprintf(": %s about requests of %s", counted(in.Joined, in.File.Unit())+plural.Verb(in.Joined, " is", " are"), with)
	case in.File.Unit() == httpstream.Frames || in.Requests == 0:
	case in.Joined == 0 && slices.ContainsFunc(r.Inputs, in.Holds):
	case in.Joined == 0 && in.Ambiguous > 0:
		text += fmt.Sprintf(": which requests of another file its %s are does not follow from what both show; all are counted apart", plural.Count(in.Requests, "request"))
	case in.Joined == 0:
		text += ": none of its requests was found in another file; all are counted apart"
	case in.Joined < in.Requests:
		text += fmt.Sprintf(": %d of its %d requests %s in %s too and %s once", in.Joined, in.Requests, plural.Verb(in.Joined, "is", "are"), with, plural.Verb(in.Joined, "counts", "count"))
	case in.Requests == 1:
		text += fmt.Sprintf(": its request is in %s too and counts once", with)
	default:
		text += fmt.Sprintf(": its %d requests are in %s too and count once", in.Requests, with)
	}
	if in.Joined > 0 && in.Ambiguous > 0 && !in.File.Unit().OfLog() {
		text += fmt.Sprintf("; %d more may be one of several there, and %s apart", in.Ambiguous, plural.Verb(in.Ambiguous, "counts", "count"))
	}
	if in.Ahead != 0 {
		text += fmt.Sprintf("; its clock is %s, by which times are shown", analysis.ClockOffset(in.Ahead, "that of "+with))
	}
	return text
}

// counted says how many packets, entries, lines and the like a file has.
func counted(n int, unit httpstream.Unit) string {
	if unit == httpstream.Frames {
		return plural.Count(n, "packet")
	}
	return plural.Count(n, string(unit))
}

// withFiles adds the column with the files of each row to a layout.
func (l layout) withFiles(names fileLetters) layout {
	if len(names) == 0 {
		return l
	}
	cells := l.cells
	l.columns = slices.Insert(slices.Clone(l.columns), 1, column{head: []string{"File"}})
	l.cells = func(r *row, c clock) []cell {
		text := names.lettersOf(r.first)
		if last := names.lettersOf(r.last); last != text {
			text += "-" + last
		}
		return slices.Insert(cells(r, c), 1, cell{{text: dash(text)}})
	}
	return l
}
