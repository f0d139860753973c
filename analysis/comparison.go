package analysis

import "negotrace/httpstream"

// A Comparison is what differs between a handshake that was not let in and one that was,
// at the same host.
type Comparison struct {
	With int `json:"with"` // ID of the one that was let in
	// WithWhom says who was let in, unless it was the same user with the same program: "another
	// client".
	WithWhom string       `json:"whose,omitempty"`
	Differs  []Difference `json:"differs"` // empty if the capture shows no difference
}

// A Difference is one fact in which two handshakes differ.
type Difference struct {
	What string `json:"what"`  // what differs: "scheme"
	Bad  string `json:"here"`  // its value in the handshake that was not let in; empty for none
	Good string `json:"there"` // its value in the one that was let in
}

// DifferentSite is the What of a Difference between two hosts. All other differences may come
// from this one.
const DifferentSite = "site"

// A Contrast is two captures of the same thing, of which one worked.
type Contrast struct {
	Tool Tool `json:"tool,omitzero"`
	// GoodInputs and BadInputs are the files of the two captures.
	GoodInputs []httpstream.Input `json:"good_inputs,omitempty"`
	BadInputs  []httpstream.Input `json:"bad_inputs,omitempty"`
	Pairs      []Pair             `json:"pairs"` // each handshake of the second capture with the one of the first that it is compared with
	// OnlyGood and OnlyBad are handshakes without a counterpart.
	OnlyGood []*Handshake `json:"only_good"`
	OnlyBad  []*Handshake `json:"only_bad"`
	// Left counts handshakes that are too many to be compared.
	Left int `json:"left,omitempty"`
	// GoodVerdict and BadVerdict are the headlines of the two captures.
	GoodVerdict string `json:"good_verdict"`
	BadVerdict  string `json:"bad_verdict"`
	// GoodFilter and BadFilter say what the two captures were narrowed to, nil if they were
	// not.
	GoodFilter *Filtered `json:"good_filter,omitempty"`
	BadFilter  *Filtered `json:"bad_filter,omitempty"`
}

// A Pair is one handshake of each capture, the two that have most in common, and how they differ.
// The difference that explains most comes first.
type Pair struct {
	Good    *Handshake   `json:"good"`    // of the first capture
	Bad     *Handshake   `json:"bad"`     // of the second
	Differs []Difference `json:"differs"` // in what they differ
}
