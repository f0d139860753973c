package analysis

import "negotrace/httpstream"

// A Severity says how much a finding matters.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// An Evidence says how a finding is known.
type Evidence string

// The levels of evidence.
const (
	Proven   Evidence = "proven"   // by a field of the protocol
	Inferred Evidence = "inferred" // from absence or timing
	Hint     Evidence = "hint"
)

// A Check is one diagnosis of the catalogue: what it means, said once, and how it is
// found.
type Check struct {
	Name     string      `json:"name"` // the slug, its stable identifier
	Variants []string    `json:"variants,omitempty"`
	Title    string      `json:"title"`
	Severity Severity    `json:"severity"`         // the usual one; a finding may be milder or worse
	Means    string      `json:"means"`            // what it means to the reader of a report
	Proof    string      `json:"proof"`            // what in the packets proves it
	Not      string      `json:"not"`              // what looks like it and is not
	Causes   []string    `json:"causes,omitempty"` // likeliest first
	Fix      []string    `json:"fix,omitempty"`    // what to do or type
	Sources  []string    `json:"sources"`
	Run      func(*Pass) `json:"-"`
}

// A Pass is what a check may look at.
type Pass struct {
	Handshakes []*Handshake
	KDC        []*KDCExchange
	Conns      []*httpstream.Conn
	Names      []Lookup
	Tally      *httpstream.Tally

	check    *Check
	findings []*Finding
}

// A Finding is one thing a check found in this capture.
type Finding struct {
	Check     string   `json:"check"`
	Variant   string   `json:"variant,omitempty"`
	Severity  Severity `json:"severity"`
	Evidence  Evidence `json:"evidence"`
	Handshake int      `json:"handshake"` // ID, 0 if it belongs to none
	Frame     int      `json:"frame"`     // that proves it
	Stream    int      `json:"stream"`    // tcp.stream, -1 if none
	File      string   `json:"file,omitempty"`
	Frames    []int    `json:"frames,omitempty"` // further ones
	Message   string   `json:"message"`          // one sentence of fact about this capture
	Cause     string   `json:"cause,omitempty"`  // the likeliest cause here, where the capture narrows it
	Filter    string   `json:"filter,omitempty"` // display filter that shows the proof in Wireshark
	// Count tells how often the same was found; Last is the frame of the last time.
	Count int `json:"count"`
	Last  int `json:"last_frame,omitempty"`
	// Under names the check of the same handshake's root cause, which this follows from.
	Under string `json:"under,omitempty"`
}
