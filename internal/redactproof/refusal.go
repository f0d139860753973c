package redactproof

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A Refusal is why a redacted capture is not kept, in sentences for who redacts it: what was found and
// where, what that means, and what they can do.
type Refusal struct {
	Why   string
	Found []string
	Means string
	Do    []string
	kind  error
}

// Error returns the sentences, in lines that fit into 80 columns with the name of the program in front.
func (e *Refusal) Error() string {
	lines := []string{"not redacted, and nothing is written: " + e.Why}
	for _, x := range e.Found {
		lines = append(lines, "found: "+x)
	}
	lines = append(lines, "this means: "+e.Means)
	for _, x := range e.Do {
		if !strings.HasPrefix(x, " ") { // no command for it
			x = "to do: " + x
		}
		lines = append(lines, x)
	}
	for i, line := range lines {
		lines[i] = wrapped(line)
	}
	return strings.Join(lines, "\n")
}

// wrapped returns a line as several, of which all but the first are indented.
func wrapped(line string) string {
	const longest, indent = 69, "  "
	var b strings.Builder
	column := 0
	for i, word := range strings.Split(line, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && column+1+n > longest:
			b.WriteString("\n" + indent)
			column = len(indent)
		case i > 0:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// Unwrap returns what kind of refusal it is.
func (e *Refusal) Unwrap() error { return e.kind }

// differs returns the refusal of a capture whose report would say something else.
func (p *Proof) differs(found []string, original *analysis.Report) error {
	e := &Refusal{
		Why: "OUT would not say what the original says", Found: found[:min(len(found), maxDifferences)],
		Means: "what is replaced there has to be read, too, and negotrace keeps no OUT that misleads", Do: p.leaveOut(), kind: ErrDiffers,
	}
	if isContradictory(original) {
		e.Means = "packets came twice with other bytes, or with a wrong checksum" + firstPlaces(original.Summary.Counters.Places.Contradictions()) +
			", and such copies may become alike when they are redacted"
	}
	if p.isOpened() {
		e.Means += "; frames are counted with those that are added for what is opened"
	}
	return e
}

// isContradictory reports whether a capture has copies of the same bytes that differ.
func isContradictory(r *analysis.Report) bool {
	c := r.Summary.Counters
	return c != nil && c.Conflicts+c.ConflictingFragments+c.Decoys+c.WrongSums > 0
}

// firstPlaces lists places, in brackets.
func firstPlaces(all []httpstream.Pos) string {
	if len(all) == 0 {
		return ""
	}
	texts := make([]string, len(all))
	for i, at := range all {
		texts[i] = at.String()
	}
	return " (at first " + strings.Join(texts, ", ") + ")"
}

// leaveOut says how to redact the rest, without what cannot be redacted.
func (p *Proof) leaveOut() (do []string) {
	if p.Redaction.Packets > 0 {
		do = append(do, "redact only the frames that matter, or all but these:",
			"  negotrace convert --only-proof FILE -o PART.pcapng", "  editcap FILE PART.pcapng FRAME...")
	}
	if e := p.Redaction.Exports; e.Entries+e.Events+e.Sessions > 0 {
		do = append(do, "record again only what matters, or delete that entry from the file")
	}
	if len(p.Written) > 1 {
		do = append(do, "or redact the files without the one in which it is")
	}
	return do
}

// left returns the refusal of a written file in which something was found that was replaced elsewhere.
func (p *Proof) left(f *leftover) error {
	if f == nil {
		return nil
	}
	e := &Refusal{Why: "OUT would hold something that must not be in it", kind: f.kind()}
	what := ""
	switch {
	case f.Name == "":
		what = "a cookie, a token or a ciphertext"
		e.Means = "it was replaced in another place, and there negotrace does not know it for what it is"
	case f.IsAddress:
		what = "the address " + f.Name
		e.Means = "it was replaced in another place, and there negotrace does not know it for an address"
		e.Do = []string{"if others may see addresses: --keep-addresses"}
	default:
		what = fmt.Sprintf("the name %q", f.Name)
		e.Means = "it was replaced in another place, and there negotrace does not know it for a name"
		e.Do = []string{"if others may see that name: --keep-names " + f.Name}
	}
	if f.Form != "" {
		what += ", in " + f.Form
	}
	e.Found = []string{what + "," + f.place}
	e.Do = append(e.Do, p.leaveOut()...)
	return e
}
