package analysis

import "negotrace/httpstream"

// A Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Rank orders severities: 0 for an error, 2 for information.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// An Evidence is how something is known.
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
	Name     string   `json:"name"` // the slug, its stable identifier
	Variants []string `json:"variants,omitempty"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`         // the usual one; a finding may be milder or worse
	Evidence Evidence `json:"evidence"`         // the usual one
	Means    string   `json:"means"`            // what it means to the reader of a report
	Proof    string   `json:"proof"`            // what in the packets proves it
	Not      string   `json:"not"`              // what looks like it and is not
	Causes   []string `json:"causes,omitempty"` // likeliest first
	Fix      []string `json:"fix,omitempty"`    // what to do, or type
	Sources  []string `json:"sources"`
	// Follows names the checks whose findings on the same handshake are the cause of
	// this one's: the report prints it beneath them. The first that was found counts.
	Follows []string `json:"follows,omitempty"`
	// JSONOnly keeps its findings out of the table: they only say that something usual
	// is usual. JSON has them.
	JSONOnly bool `json:"quiet,omitempty"`

	// Reads are the header lines whose values Run reads; what no check reads is not kept.
	// Secrets are never kept: of them only whether they are there, and their size.
	Reads []string `json:"-"`
	// Keep reports whether Run needs an exchange that has nothing about authentication.
	// It is called while the capture is read, and sees all header lines.
	Keep func(*httpstream.Exchange) bool `json:"-"`
	// KeepFollowOn is the same for a request without credentials on a connection on which
	// there was authentication. The first of these are kept, some per connection.
	KeepFollowOn func(*httpstream.Exchange) bool `json:"-"`
	Run          func(*Pass)                     `json:"-"`
}
