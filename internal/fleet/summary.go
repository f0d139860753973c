package fleet

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A Capture is one file and what was found wrong with it.
type Capture struct {
	Origin
	httpstream.Input
	// Failure says why it could not be read at all.
	Failure string `json:"failure,omitempty"`
	// Damage says where it is cut short or corrupt.
	Damage []httpstream.Note `json:"damage,omitempty"`
}

// A Summary says what was seen in a set, and what could not be read.
type Summary struct {
	Origin
	Verdict string `json:"verdict"` // empty if nothing could be read
	// Failure says why the analysis did not finish.
	Failure string `json:"failure,omitempty"`
	Files   int    `json:"files"`
	Failed  int    `json:"failed,omitempty"`  // of these, those that could not be read
	Damaged int    `json:"damaged,omitempty"` // those that are cut short or corrupt
	*analysis.Summary
}

// summary emits the summary of a set and the record of each of its files.
func (x *setAnalysis) summary(r *analysis.Report, failed error) {
	captures := x.captures(r, failed)
	s := &Summary{Origin: x.origin.of("set"), Files: len(captures)}
	for i, c := range captures {
		if c.Failure != "" {
			s.Failed++
		}
		if len(c.Damage) > 0 {
			s.Damaged++
		}
		x.row(captureTable, fmt.Sprintf("%08d", i), c)
	}
	if r != nil {
		s.Verdict, s.Summary = r.Headline, &r.Summary
	} else if failed != nil {
		s.Failure = failed.Error()
	}
	x.row(setTable, "", s)
	x.out.Overview(overviewOf(s, captures).Encode())
}

// captures returns the files of the set in order, with those inside an archive.
func (x *setAnalysis) captures(r *analysis.Report, failed error) []*Capture {
	var all []*Capture
	o := x.origin.of("capture")
	var inputs []httpstream.Input
	var damage []httpstream.Note
	if r != nil {
		inputs, damage = r.Inputs, slices.Clone(r.Summary.Damage)
	}
	for _, f := range x.set.Files {
		c := &Capture{Origin: o, Input: httpstream.Input{Name: f.Name}, Failure: f.Failure}
		i := slices.IndexFunc(inputs, func(in httpstream.Input) bool { return in.Name == f.Name })
		inside := slices.ContainsFunc(inputs, func(in httpstream.Input) bool { return inArchive(f.Name, in.Name) })
		switch {
		case f.Failure != "":
		case i >= 0:
			c.Input, c.Failure = inputs[i], errorAbout(f.Name, failed)
		case !inside:
			c.Failure = failureOf(f.Name, failed)
		}
		all = append(all, c)
	}
	for _, in := range inputs {
		if !slices.ContainsFunc(x.set.Files, func(f File) bool { return f.Name == in.Name }) {
			all = append(all, &Capture{Origin: o, Input: in})
		}
	}
	for _, n := range damage {
		at := slices.IndexFunc(all, func(c *Capture) bool { return c.Failure == "" && (n.Pos.File.IsZero() || n.Pos.File == c.File) })
		if at < 0 {
			at = 0
		}
		all[at].Damage = append(all[at].Damage, n)
	}
	return all
}

// inArchive reports whether a file with this name is inside an archive.
func inArchive(archive, name string) bool { return strings.HasPrefix(name, archive+"/") }

// failureOf returns why a file could not be read.
func failureOf(name string, failed error) string {
	if failed == nil {
		return "not read"
	}
	if text := errorAbout(name, failed); text != "" {
		return text
	}
	if p := (*fs.PathError)(nil); errors.As(failed, &p) {
		return p.Err.Error()
	}
	return failed.Error()
}

// errorAbout returns the text of an error about a file. Of several errors it returns the one that
// names the file, "" if none does.
func errorAbout(name string, failed error) string {
	if failed == nil {
		return ""
	}
	var joined interface{ Unwrap() []error }
	if errors.As(failed, &joined) {
		for _, err := range joined.Unwrap() {
			if text := errorAbout(name, err); text != "" {
				return text
			}
		}
		return ""
	}
	if p := (*fs.PathError)(nil); errors.As(failed, &p) {
		if strings.ToValidUTF8(p.Path, "\ufffd") == name {
			return p.Err.Error()
		}
		return ""
	}
	if strings.Contains(failed.Error(), strconv.Quote(name)) {
		return failed.Error()
	}
	return ""
}
