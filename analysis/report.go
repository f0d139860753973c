package analysis

import (
	"slices"

	"negotrace/capture/hosttext"
	"negotrace/httpstream"
)

// A Report is the result of a run. Its JSON form is a contract: names stay.
type Report struct {
	Schema     int                `json:"schema"`              // the version of this format
	Tool       Tool               `json:"tool,omitzero"`       // which program made it
	Inputs     []httpstream.Input `json:"inputs,omitempty"`    // in the order in which they were given
	Exit       Exit               `json:"exit,omitzero"`       // the exit status of the program
	Headline   string             `json:"verdict"`             // one line
	Summary    Summary            `json:"summary"`             // what was read, counted, and what could not be seen
	Handshakes []*Handshake       `json:"handshakes,omitzero"` // in order of their first frames; empty for none, absent where they are not listed
	Findings   []*Finding         `json:"findings,omitzero"`   // worst first; empty for none, absent where they are not listed
	// Events are those of event logs about logons, tickets and NTLM, refusals first.
	Events []*EventRow `json:"events,omitempty"`
	// HostTexts are what commands printed about hosts.
	HostTexts []*hosttext.Entry `json:"host_texts,omitempty"`
	Checks    []*Check          `json:"checks"` // those that found something, each once
}

// A Tool is the program that made a report.
type Tool struct {
	Name    string `json:"name"`    // "negotrace"
	Version string `json:"version"` // as the Go toolchain records it: "v1.2.3", "(devel)"
}

// An Exit is the exit status of the program, and why it has that.
type Exit struct {
	Status int    `json:"status"` // 0, 1 or 2, see --help
	Reason string `json:"reason"` // one sentence
}

// A Summary counts what was seen and what could not be.
type Summary struct {
	*httpstream.Counters
	// First and Last are where the first and the last request, response without a request, or
	// exchange with a KDC began.
	First httpstream.Pos `json:"first,omitzero"`
	Last  httpstream.Pos `json:"last,omitzero"`
	// Filter says how the report was narrowed, nil if it was not. Packets, connections, requests
	// and what could not be seen are counted for all that was read.
	Filter *Filtered `json:"filter,omitempty"`
	// Mechanisms counts the handshakes by mechanism and outcome.
	Mechanisms map[Mechanism]map[Outcome]int `json:"mechanisms"`
	// Severities counts findings by severity, also those that say the same.
	Severities map[Severity]int `json:"severities"`
	// Clocks are those of the machines, as their own messages show them.
	Clocks Clocks `json:"clocks,omitempty"`
	// Computers are those whose event logs were read.
	Computers []LogComputer `json:"log_computers,omitempty"`
}

// LogsAlone reports whether logs were read, or texts about hosts, and nothing that they could be about.
func (s *Summary) LogsAlone() bool {
	if s.Counters == nil || s.Packets > 0 || s.Requests > 0 {
		return false
	}
	other := func(in httpstream.Input) bool { return !in.File.Unit().OfLog() }
	return s.Records > 0 || len(s.Inputs) > 0 && !slices.ContainsFunc(s.Inputs, other)
}

// Worst returns the worst severity among the findings, "" if there are none.
func (s *Summary) Worst() Severity {
	for _, severity := range []Severity{Error, Warning, Info} {
		if s.Severities[severity] > 0 {
			return severity
		}
	}
	return ""
}

// Lead returns the finding to speak of first: who was not let in, before how somebody was,
// before all else; nil if there is only information.
func (r *Report) Lead() *Finding {
	var lead *Finding
	for _, f := range r.Findings {
		if f.Severity == Info || f.RootCheck != "" {
			continue
		}
		if lead == nil || f.weight() < lead.weight() {
			lead = f
		}
	}
	return lead
}

// Spoken returns the finding of which the headline speaks: Lead or, where nobody authenticated, the first
// one about another way than there should be; nil if there is neither.
func (r *Report) Spoken() *Finding {
	if f := r.Lead(); f != nil || len(r.Summary.Mechanisms) > 0 {
		return f
	}
	i := slices.IndexFunc(r.Findings, func(f *Finding) bool { return f.By.Topic == Detour })
	if i < 0 {
		return nil
	}
	return r.Findings[i]
}

// Gravity returns the severity of a finding, or of the worst to which it leads.
func (r *Report) Gravity(f *Finding) Severity {
	worst := f.Severity
	for _, effect := range r.Findings {
		if effect.RootID == f.ID && effect.RootID != 0 && effect.Severity.Rank() < worst.Rank() {
			worst = effect.Severity
		}
	}
	return worst
}

// weight orders what a headline speaks of: causes and refusals alike come first, then all else as it
// stands in the report, the worst first.
func (f *Finding) weight() int {
	if f.By.Topic.Rank() <= Refusal.Rank() {
		return 0
	}
	return 1
}

// Handshakes returns how many there were, listed or not.
func (s *Summary) Handshakes() int {
	n := 0
	for _, outcomes := range s.Mechanisms {
		for _, count := range outcomes {
			n += count
		}
	}
	return n
}
