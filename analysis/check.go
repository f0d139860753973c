package analysis

import (
	"slices"

	"negotrace/httpstream"
)

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

// Weakest returns the evidence of a sentence that rests on both.
func Weakest(a, b Evidence) Evidence {
	order := []Evidence{"", Proven, Inferred, Hint}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

// A Topic is what the findings of a check are about. A report speaks of them in this order:
// who was not let in, how somebody was let in that should be better, and what else.
type Topic string

// The topics.
const (
	Cause   Topic = "cause"   // why somebody was not let in
	Refusal Topic = "refusal" // that somebody was not let in, or is somebody else than the server believes
	Detour  Topic = "detour"  // somebody was let in by a worse way than there should be
	Hygiene Topic = "hygiene" // what is weak, slow or worth knowing, whatever the outcome
	View    Topic = "view"    // what the capture cannot show
)

// Rank orders topics, 0 for what a report speaks of first.
func (t Topic) Rank() int {
	return slices.Index([]Topic{Cause, Refusal, Detour, Hygiene, View}, t)
}

// A Check is one diagnosis of the catalogue: what it means, said once, and how it is
// found.
type Check struct {
	Name     string   `json:"name"`               // the slug, its stable identifier
	Variants []string `json:"variants,omitempty"` // names of its cases
	Title    string   `json:"title"`              // what it finds, in one line
	Severity Severity `json:"severity"`           // the usual one; a finding may be milder or worse
	Evidence Evidence `json:"evidence"`           // the usual one
	Topic    Topic    `json:"topic"`
	Label    string   `json:"label,omitempty"`  // its cause in a few words, if it can explain a refusal: "a clock"
	Means    string   `json:"means"`            // what it means to the reader of a report
	Proof    string   `json:"proof"`            // what in the packets proves it
	Not      string   `json:"not"`              // what looks like it and is not
	Causes   []Advice `json:"causes,omitempty"` // likeliest first
	Fix      []Advice `json:"fix,omitempty"`    // what to do, or type
	Sources  []string `json:"sources"`          // what its texts rest on: standards, documents, addresses
	// Follows names the checks whose findings on the same handshake are the cause of
	// this one's: the report prints it beneath them. The first that was found counts.
	// A cause is not later than its effect, by the frames that prove them, unless the check
	// that finds the one or the other says why.
	Follows []string `json:"follows,omitempty"`
	// Awaits is what did not come after the frame that proves a finding; empty for most checks.
	// The effect lies after that frame, and so may a cause that Follows names.
	Awaits string `json:"-"`
	// ShownLater is why the frame that proves a finding may come after its effects, those of
	// checks that name it in Follows; empty for most checks.
	ShownLater string `json:"-"`
	// OncePerHost reports whether it is found on the first handshake with each host only,
	// and may be true of the later ones.
	OncePerHost bool `json:"-"`
	// NeedsKDC reports whether its findings, though they prove a cause, leave open what only the
	// messages between the client and a KDC show, such as why there was no ticket.
	NeedsKDC bool `json:"-"`
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
	// there was authentication. The first of these are kept, some per connection, and those
	// that name another program, in any case.
	KeepFollowOn func(*httpstream.Exchange) bool `json:"-"`
	Run          func(*Pass)                     `json:"-"`
	// AfterOthers reports whether Run asks what the other checks found: it runs after them.
	AfterOthers bool `json:"-"`
	// Explains says of a handshake that failed what speaks for the check's cause and what
	// against it; nil for a check that is about no cause, and the zero Explanation where
	// its cause does not come into question. It is asked when all checks have run.
	Explains func(*Pass, *Handshake) Explanation `json:"-"`
}
