package analysis

import (
	"cmp"
	"slices"
	"strconv"

	"negotrace/httpstream"
)

// A Finding is one thing a check found in this capture.
type Finding struct {
	Check     string          `json:"check"`
	Variant   string          `json:"variant,omitempty"`
	Severity  Severity        `json:"severity"`
	Evidence  Evidence        `json:"evidence"`
	Handshake int             `json:"handshake"` // ID, 0 if it belongs to none
	Frame     int             `json:"frame"`     // that proves it
	Stream    int             `json:"stream"`    // tcp.stream, -1 if none
	File      httpstream.File `json:"file,omitzero"`
	Frames    []int           `json:"frames,omitempty"` // further ones
	Message   string          `json:"message"`          // one sentence of fact about this capture
	Cause     string          `json:"cause,omitempty"`  // the likeliest cause here, where the capture narrows it
	Filter    string          `json:"filter,omitempty"` // display filter that shows the proof in Wireshark
	// Count tells how often the same was found; Last is the frame of the last time,
	// Handshakes are the first of those concerned.
	Count      int   `json:"count"`
	Last       int   `json:"last_frame,omitempty"`
	Handshakes []int `json:"handshakes,omitempty"`
	// Under names the check whose finding is the root cause of this one.
	Under string `json:"under,omitempty"`

	export bool   // from a browser export, which has no frames
	check  *Check // that found it
}

// conclusions are the findings of all judgements, those that say the same in one.
type conclusions struct {
	findings []*Finding
	said     map[statement]*Finding
	of       map[string]int // by check
	dropped  map[string]int
}

// A statement is what findings must have in common to say the same.
type statement struct {
	check, variant, message, under string
	severity                       Severity
	evidence                       Evidence
}

func newConclusions(dropped map[string]int) conclusions {
	return conclusions{said: map[statement]*Finding{}, of: map[string]int{}, dropped: dropped}
}

// add takes a finding.
func (c *conclusions) add(f *Finding) {
	s := statement{f.Check, f.Variant, f.Message, f.Under, f.Severity, f.Evidence}
	first := c.said[s]
	if first == nil {
		if c.of[f.Check]++; c.of[f.Check] > maxFindings {
			c.dropped["findings of "+f.Check]++
			return
		}
		c.said[s] = f
		c.findings = append(c.findings, f)
		return
	}
	first.Count++
	last := f.Frame
	if f.Frame < first.Frame {
		last = first.Frame
		first.Frame, first.Stream, first.File, first.Frames = f.Frame, f.Stream, f.File, f.Frames
	}
	first.Last = max(first.Last, last)
	const most = 20
	if f.Handshake != 0 && f.Handshake != first.Handshake && len(first.Handshakes) < most {
		if len(first.Handshakes) == 0 {
			first.Handshakes = []int{first.Handshake}
		}
		first.Handshakes = append(first.Handshakes, f.Handshake)
	}
}

// settle returns the findings in their final form, worst first.
func (c *conclusions) settle() []*Finding {
	for _, f := range c.findings {
		if f.Filter == "" {
			f.Filter = filter(f)
		}
	}
	slices.SortStableFunc(c.findings, func(a, b *Finding) int {
		return cmp.Or(
			cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
			cmp.Compare(a.Frame, b.Frame),
			cmp.Compare(a.Check, b.Check),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return c.findings
}

// attach names for each finding the root cause found on the same handshake, seen on
// either side of a proxy.
func attach(findings []*Finding, handshakes []*Handshake, checks []*Check) {
	causes := map[string]bool{}
	for _, c := range checks {
		for _, cause := range c.Follows {
			causes[cause] = true
		}
	}
	fronts := map[int]int{}
	for _, h := range handshakes {
		if h.ClientSide != 0 {
			fronts[h.ID] = h.ClientSide
		}
	}
	same := func(id int) int { // the client's own handshake
		if front := fronts[id]; front != 0 {
			return front
		}
		return id
	}
	found := map[int][]string{} // the causes found on a handshake
	for _, f := range findings {
		if f.Handshake != 0 && causes[f.Check] {
			if id := same(f.Handshake); !slices.Contains(found[id], f.Check) {
				found[id] = append(found[id], f.Check)
			}
		}
	}
	for _, f := range findings {
		if len(f.check.Follows) == 0 {
			continue
		}
		here := found[same(f.Handshake)]
		if i := slices.IndexFunc(f.check.Follows, func(cause string) bool { return cause != f.Check && slices.Contains(here, cause) }); i >= 0 {
			f.Under = f.check.Follows[i]
		}
	}
}

// filter is the display filter that shows the frames of the proof, or the stream.
func filter(f *Finding) string {
	if f.Frame == 0 || f.export {
		return ""
	}
	var room [8]int // for nearly all
	frames := append(append(room[:0], f.Frames...), f.Frame)
	slices.Sort(frames)
	frames = slices.Compact(frames)
	if len(frames) == 1 {
		return "frame.number == " + strconv.Itoa(f.Frame)
	}
	b := []byte("frame.number in {")
	for i, n := range frames {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(append(b, '}'))
}
