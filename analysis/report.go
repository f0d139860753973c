package analysis

import "negotrace/httpstream"

// A Report is the result of a run. Its JSON form is a contract: names stay.
type Report struct {
	Schema     int          `json:"schema"`
	Verdict    string       `json:"verdict"`
	Summary    Summary      `json:"summary"`
	Handshakes []*Handshake `json:"handshakes"`
	Findings   []*Finding   `json:"findings"`
	// Checks are those that found something, each once.
	Checks []*Check `json:"checks"`
}

// A Summary counts what was seen and what could not be.
type Summary struct {
	*httpstream.Tally
	Files    []string                      `json:"files"`
	First    httpstream.Pos                `json:"first,omitzero"`
	Last     httpstream.Pos                `json:"last,omitzero"`
	Outcomes map[Mechanism]map[Outcome]int `json:"outcomes"`
}
