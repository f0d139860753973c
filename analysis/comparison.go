package analysis

import "negotrace/httpstream"

// A Comparison is what differs between a handshake that was not let in and one that was,
// at the same host.
type Comparison struct {
	With int `json:"with"` // ID of the one that was let in
	// Whose says who was let in, where it was not the same user with the same program: "another
	// client".
	Whose   string       `json:"whose,omitempty"`
	Differs []Difference `json:"differs"` // empty if the capture shows no difference
}

// A Difference is one fact in which two handshakes differ.
type Difference struct {
	What  string `json:"what"`  // "scheme"
	Here  string `json:"here"`  // of the one that was not let in; empty for nothing
	There string `json:"there"` // of the one that was
}

// Site is the What of a difference between hosts: what else differs may come from it.
const Site = "site"

// A Contrast is two captures of the same thing, of which one worked.
type Contrast struct {
	Tool Tool `json:"tool,omitzero"`
	// GoodInputs and BadInputs are the files of the two captures.
	GoodInputs []httpstream.Input `json:"good_inputs,omitempty"`
	BadInputs  []httpstream.Input `json:"bad_inputs,omitempty"`
	Pairs      []Pair             `json:"pairs"`
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

// A Pair is a handshake of each of two captures that have most in common, and in what they
// differ, what explains most first. Here is the bad one, There the good one.
type Pair struct {
	Good    *Handshake   `json:"good"`
	Bad     *Handshake   `json:"bad"`
	Differs []Difference `json:"differs"`
}
