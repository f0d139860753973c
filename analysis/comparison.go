package analysis

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
