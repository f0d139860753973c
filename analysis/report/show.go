package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A Shown is one handshake of a report and the findings about it.
type Shown struct {
	Tool      analysis.Tool       `json:"tool,omitzero"`
	Inputs    []httpstream.Input  `json:"inputs,omitempty"` // in the order in which they were given
	Handshake *analysis.Handshake `json:"handshake"`
	Findings  []*analysis.Finding `json:"findings"` // worst first
	// Checks are those that made the findings, each once.
	Checks []*analysis.Check `json:"checks"`
	// Filter says how the report was narrowed, nil if it was not. Matching are the numbers of the
	// handshakes that match.
	Filter   *analysis.Filtered `json:"filter,omitempty"`
	Matching []int              `json:"matching,omitempty"`
}

// Show returns the handshake of that ID in a report, nil if the report has none.
func Show(r *analysis.Report, id int) *Shown {
	i := slices.IndexFunc(r.Handshakes, func(h *analysis.Handshake) bool { return h.ID == id })
	if i < 0 {
		return nil
	}
	s := &Shown{Tool: r.Tool, Inputs: r.Inputs, Handshake: r.Handshakes[i], Findings: []*analysis.Finding{}, Checks: []*analysis.Check{}}
	for _, f := range r.Findings {
		if f.Handshake != id && !slices.Contains(f.Handshakes, id) {
			continue
		}
		s.Findings = append(s.Findings, f)
	}
	for _, c := range r.Checks {
		if slices.ContainsFunc(s.Findings, func(f *analysis.Finding) bool { return f.Check == c.Name }) {
			s.Checks = append(s.Checks, c)
		}
	}
	if s.Filter = r.Summary.Filter; s.Filter != nil {
		for _, h := range r.Handshakes {
			s.Matching = append(s.Matching, h.ID)
		}
	}
	return s
}

// selection says among which handshakes this one is, if a filter chose them; else "".
func (s *Shown) selection() string {
	switch {
	case s.Filter == nil:
		return ""
	case s.Filter.Handshakes == 1:
		return "The only handshake that matches " + s.Filter.Text
	}
	return fmt.Sprintf("One of %d handshakes that match %s: %s", s.Filter.Handshakes, s.Filter.Text, series(s.Matching))
}

// report returns a report with only this handshake.
func (s *Shown) report() *analysis.Report {
	r := &analysis.Report{Tool: s.Tool, Inputs: s.Inputs, Findings: s.Findings, Checks: s.Checks, Handshakes: []*analysis.Handshake{s.Handshake}}
	r.Summary.First, r.Summary.Last = s.Handshake.Start, s.Handshake.Start
	return r
}

// writeShown writes one handshake for a person: its outcome, its ladder, why it may have been
// refused, its findings, and where its packets are.
func writeShown(w io.Writer, s *Shown, opts Options) error {
	r := s.report()
	p := newPage(opts)
	p.clock = newClock(&r.Summary, opts.zone())
	p.fileLetters = newFileLetters(r)
	h := s.Handshake
	p.heading(shownTitle(h))
	p.item(0, "", h.OutcomeReason)
	p.paragraph(s.selection())
	p.WriteByte('\n')
	p.properties(h)
	l := newLadder(h, s.Findings)
	p.title("LADDER, from " + p.clock.at(l.steps[0].at.Time))
	p.ladder(l, unitOf(h), opts.Decode)
	p.logged(h)
	p.hostTexts(h.HostTexts)
	p.candidates(r.Handshakes)
	p.findings(r)
	if h.InPackets() {
		p.title("PACKETS")
		label := "Wireshark: "
		if file := h.Start.File; !file.IsZero() {
			label = "Wireshark, " + file.Label() + ": "
		}
		p.item(0, label, analysis.FramesFilter(h.Frames))
		if filter := streamsFilter(h); filter != "" {
			p.item(0, label, filter)
		}
	}
	if len(r.Inputs) > 0 && r.Inputs[0].SHA256.String() != "" {
		p.title("FILES")
		p.files(r)
	}
	_, err := w.Write(p.Bytes())
	return err
}

func shownTitle(h *analysis.Handshake) string {
	return fmt.Sprintf("Handshake %d: %s%s", h.ID, wentHow(h), evidence(h.OutcomeEvidence))
}

func evidence(e analysis.Evidence) string {
	if e == "" {
		return ""
	}
	return ", " + string(e)
}

// facts writes what is known of a handshake, one line each.
func (p *page) properties(h *analysis.Handshake) {
	for _, f := range propertiesOf(h) {
		p.item(0, fmt.Sprintf("%-*s", len(roleNameServer)+2, f.name), f.value)
	}
}

// A property is what is known of a handshake, by its name.
type property struct{ name, value string }

// propertiesOf returns what is known of a handshake beside its ladder.
func propertiesOf(h *analysis.Handshake) []property {
	user := h.User
	if h.UserFrom != "" {
		user += " (" + h.UserFrom + ")"
	}
	offered := strings.Join(h.Offered, ", ")
	used := h.Scheme
	if h.Mechanism == analysis.None {
		used = ""
	}
	if h.MechanismFrom != "" {
		used = string(h.Mechanism) + " (" + h.MechanismFrom + ")"
	}
	all := []property{{"url", h.URL}, {"user", user}, {"SPN", h.SPN}, {"offered", offered}, {"used", used}}
	for _, t := range h.Translated {
		all = append(all, property{"translated", t.Client.String() + " -> " + t.Server.String()})
	}
	return slices.DeleteFunc(all, func(f property) bool { return f.value == "" })
}

// unitOf says what the positions of a handshake count.
func unitOf(h *analysis.Handshake) string {
	switch {
	case h.FromLog:
		return string(h.Start.File.Unit())
	case !h.Browser():
		return "frame"
	case h.First().Source != 0:
		return "event" // of a NetLog
	}
	return "entry"
}

// streamsFilter returns a display filter for the connections of a handshake, "" where several
// files were read: Wireshark counts the streams of each from 0.
func streamsFilter(h *analysis.Handshake) string {
	if !h.Start.File.IsZero() {
		return ""
	}
	var parts []string
	for _, l := range h.Legs {
		if s := "tcp.stream == " + strconv.Itoa(l.Exchange.Pos().Stream); !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " or ")
}
