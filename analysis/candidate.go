package analysis

import "negotrace/httpstream"

// A Candidate is one possible cause of a refusal, and what the capture says about it.
type Candidate struct {
	Check   string `json:"check"` // whose cause it is
	Label   string `json:"label"` // the cause in a few words
	Status  Status `json:"status"`
	Because string `json:"because"` // one sentence
	// Frames are the frames that it rests on, in the file where the handshake begins. Also are
	// those in other files.
	Frames []int            `json:"frames,omitempty"`
	Also   []httpstream.Pos `json:"also,omitempty"`
	At     []httpstream.Pos `json:"-"` // both
	// Fix is what to do about a possible cause, chosen by what was seen.
	Fix []string `json:"fix,omitempty"`
}

// A Status says whether a cause comes into question.
type Status string

// The statuses.
const (
	Confirmed  Status = "confirmed"   // the capture proves it: it is a finding, and no candidate
	Possible   Status = "possible"    // something speaks for it, or nothing against it
	NotVisible Status = "not-visible" // it leaves no trace on the wire; a log or a command shows it
	RuledOut   Status = "ruled-out"   // the capture refutes it
)

// An Explanation is what a check says of a handshake that failed.
type Explanation struct {
	Status  Status           // "" if the cause does not come into question
	Because string           // one sentence: what refutes it, what speaks for it, or what would show it
	At      []httpstream.Pos // that the sentence rests on
	// Signs is how much speaks for a possible cause: 0 if nothing but that it is not
	// refuted. The greater comes first.
	Signs int
	// Variant is that of the finding which the check would make, "" for none.
	Variant string
}
