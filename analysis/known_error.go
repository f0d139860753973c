package analysis

// A KnownError is an error as packets and logs name it, and what it means for a logon over
// HTTP.
type KnownError struct {
	Name   string   `json:"name"`             // KDC_ERR_S_PRINCIPAL_UNKNOWN, or the sentence in which libraries say it
	Number string   `json:"number"`           // 7, 0xC000006D, 401.1; empty if it has none
	Family string   `json:"family"`           // whose error it is
	Means  string   `json:"means"`            // one or two sentences
	Checks []string `json:"checks,omitempty"` // that speak of it
}
