package report

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// fileLetters holds the names of input files, where there were several, in the order in
// which a Report names them. The table calls each by a letter.
type fileLetters []string

func newFileLetters(r *analysis.Report) fileLetters {
	var l fileLetters
	add := func(name string) {
		if name != "" && !slices.Contains(l, name) {
			l = append(l, name)
		}
	}
	for _, h := range r.Handshakes {
		add(h.Start.File.String())
	}
	for _, f := range r.Findings {
		add(f.File.String())
	}
	return l
}

// letter is what a file is called: A to Z, AA, AB ...
func (l fileLetters) letter(name string) string {
	letters := ""
	for n := slices.Index(l, name) + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// numbering says how the packets of several files are numbered. mergecap does not read the
// files of Windows' own tools.
func numbering(s analysis.Summary) string {
	isWindows := func(k httpstream.Input) bool {
		return strings.HasPrefix(k.Format, "Windows event trace") || strings.HasPrefix(k.Format, "Network Monitor")
	}
	if slices.ContainsFunc(s.Inputs, isWindows) {
		return "Frames of all files are numbered together, in the order of their time."
	}
	return "Frames of all files are numbered as in the one that this makes: mergecap -w all.pcapng FILE..."
}

// files writes which letter stands for which file, and how packets are numbered.
func (p *page) files(s analysis.Summary) {
	const most = 12
	for i, name := range p.fileLetters {
		if i == most {
			p.item(0, "", count(len(p.fileLetters)-most, "more file"))
			break
		}
		p.item(0, "File "+p.fileLetters.letter(name)+": ", name)
	}
	if len(p.fileLetters) > 0 && s.Counters != nil && s.Bytes > 0 {
		p.item(0, "", numbering(s))
	}
}

// withFiles adds the column with the file of each row to a layout.
func (l layout) withFiles(names fileLetters) layout {
	if len(names) == 0 {
		return l
	}
	cells := l.cells
	l.columns = slices.Insert(slices.Clone(l.columns), 1, column{head: []string{"File"}})
	l.cells = func(r *row, c clock) []cell {
		text := names.letter(r.first.Start.File.String())
		if last := names.letter(r.last.Start.File.String()); last != text {
			text += "-" + last
		}
		return slices.Insert(cells(r, c), 1, cell{{text: dash(text)}})
	}
	return l
}
