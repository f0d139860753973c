package analysis

import "fmt"

// An Outcome is how a handshake ended.
type Outcome string

// The outcomes.
const (
	Succeeded  Outcome = "succeeded"  // let in: a token of the acceptor, the course of the connection or the kind of server shows it
	Failed     Outcome = "failed"     // refused: an error token, or the schemes offered anew
	Abandoned  Outcome = "abandoned"  // the next leg never came, and it would have been seen
	Unanswered Outcome = "unanswered" // challenged, and no credentials followed
	Unknown    Outcome = "unknown"    // the capture does not show how it ended
)

// Refused reports whether somebody was not let in, as far as it is known.
func (o Outcome) Refused() bool { return o == Failed || o == Abandoned || o == Unanswered }

// SetOutcome sets the outcome, its evidence and what shows it.
func (h *Handshake) SetOutcome(o Outcome, e Evidence, format string, args ...any) {
	h.Outcome, h.OutcomeEvidence, h.Reason = o, e, Reason{format, args}
}

// A Reason is a sentence that says what shows an outcome. It is formatted only for a handshake that
// is listed or handed out, since an outcome may be set more than once.
type Reason struct {
	Format string
	Args   []any
}

func (r Reason) String() string { return fmt.Sprintf(r.Format, r.Args...) }
