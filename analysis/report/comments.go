package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// maxComments is how many comments one frame gets: more than anybody reads.
const maxComments = 32

// Comments returns the findings as comments on the frames that prove them, in the order of the
// report, by place: a number and a file. If frames will have other numbers, each comment names
// its place.
func Comments(r *analysis.Report, renumbered bool) map[httpstream.Pos][]string {
	all := map[httpstream.Pos][]string{}
	for _, f := range r.Findings {
		text := comment(f)
		for _, at := range ProofFrames(f) {
			switch have := len(all[at]); {
			case have == maxComments:
				all[at] = append(all[at], "more findings in this frame: see the report")
			case have > maxComments:
			case renumbered:
				all[at] = append(all[at], Printable(at.String())+": "+text)
			default:
				all[at] = append(all[at], text)
			}
		}
	}
	return all
}

// comment says what was found: "error spn-not-found, handshake 3: ...".
func comment(f *analysis.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", f.Severity, f.Check)
	if f.Handshake > 0 {
		fmt.Fprintf(&b, ", handshake %d", f.Handshake)
	}
	if f.Count > 1 {
		fmt.Fprintf(&b, ", %d times", f.Count)
	}
	b.WriteString(": " + Printable(sentence(f.Message)))
	return b.String()
}

// ProofFrames returns the places of the frames that prove a finding, each a number and a file:
// none where it was found in a browser export.
func ProofFrames(f *analysis.Finding) []httpstream.Pos {
	all := append([]httpstream.Pos{f.Pos(), f.LastPos()}, f.Also...)
	for _, n := range f.Frames {
		all = append(all, httpstream.Pos{Frame: n, File: f.File})
	}
	var frames []httpstream.Pos
	for _, at := range all {
		at = httpstream.Pos{Frame: at.Frame, File: at.File}
		if at.Frame > 0 && at.InPackets() && !slices.Contains(frames, at) {
			frames = append(frames, at)
		}
	}
	return frames
}

// CaptureComment returns the comment on a capture whose frames have comments: the verdict, and
// what made it.
func CaptureComment(r *analysis.Report) string {
	return fmt.Sprintf("%s %s: %s", r.Tool.Name, r.Tool.Version, Printable(sentence(r.Headline)))
}

// maxFrames is how long a list of frames may be: a comment has room for 65535 bytes.
const maxFrames = 60_000

// Frames lists places in packet files: "1-3, 7", and for each of several files "a: 1-3; b: 4".
func Frames(places map[httpstream.Pos]bool) string {
	byFile := map[string][]int{}
	for at := range places {
		byFile[at.File.Label()] = append(byFile[at.File.Label()], at.Frame)
	}
	var all []string
	for _, label := range slices.Sorted(maps.Keys(byFile)) {
		numbers := byFile[label]
		slices.Sort(numbers)
		if label != "" {
			label = Printable(label) + ": "
		}
		all = append(all, label+ranges(numbers))
	}
	text := strings.Join(all, "; ")
	if len(text) > maxFrames {
		text = strings.ToValidUTF8(text[:maxFrames], "") + " ... (there is no room for more)"
	}
	return text
}

// ranges lists numbers, which are in order: "1-3, 7".
func ranges(numbers []int) string {
	var b strings.Builder
	for i := 0; i < len(numbers); {
		last := i
		for last+1 < len(numbers) && numbers[last+1] == numbers[last]+1 {
			last++
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(numbers[i]))
		if last > i {
			b.WriteString("-" + strconv.Itoa(numbers[last]))
		}
		i = last + 1
	}
	return b.String()
}
