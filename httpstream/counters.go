package httpstream

// A Tally counts what went by and what was lost on the way. Every stage adds to the
// one Tally of a run, and the report prints it: what could not be seen is part of
// the answer.
type Tally struct {
	Packets int   `json:"packets"` // packets, or entries of a browser export
	Bytes   int64 `json:"bytes"`   // bytes of packets as captured
	// Undecoded counts packets no decoder knew, by reason or protocol.
	Undecoded map[string]int `json:"undecoded,omitempty"`
	// Cut counts packets shorter in the capture than on the wire (snap length).
	Cut int `json:"cut_packets,omitempty"`
	// Damage says where the file itself was cut short or corrupt.
	Damage []Note `json:"damage,omitempty"`

	Connections int   `json:"connections"`
	MidStream   int   `json:"mid_stream_connections,omitempty"` // their beginning is not in the capture
	Gaps        int   `json:"gaps,omitempty"`                   // holes in TCP streams
	LostBytes   int64 `json:"lost_bytes,omitempty"`
	// Conflicts counts overlapping segments whose bytes differ; the first ones seen were kept.
	Conflicts int `json:"conflicting_segments,omitempty"`
	// TLSClosed counts TLS connections that could not be opened, by SNI (or server
	// address where there is none).
	TLSClosed map[string]int `json:"tls_closed,omitempty"`

	Requests  int         `json:"requests"`
	Responses map[int]int `json:"responses"` // by status, interim ones not counted
	// Dropped counts what a limit of ours made us give up, by limit.
	Dropped map[string]int `json:"dropped,omitempty"`
	// Notes is what the format cannot or does not tell: missing legs, sanitised
	// headers. Kind is a slug of the checks' catalogue (har-auth-stripped ...).
	Notes []Limitation `json:"limitations,omitempty"`
}

// A Limitation is something this input cannot show, with what to do about it.
type Limitation struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Add adds to t what another stage of the same run has counted.
func (t *Tally) Add(u *Tally) {
	t.Packets += u.Packets
	t.Bytes += u.Bytes
	addCounts(&t.Undecoded, u.Undecoded)
	t.Cut += u.Cut
	t.Damage = append(t.Damage, u.Damage...)
	t.Connections += u.Connections
	t.MidStream += u.MidStream
	t.Gaps += u.Gaps
	t.LostBytes += u.LostBytes
	t.Conflicts += u.Conflicts
	addCounts(&t.TLSClosed, u.TLSClosed)
	t.Requests += u.Requests
	addCounts(&t.Responses, u.Responses)
	addCounts(&t.Dropped, u.Dropped)
	t.Notes = append(t.Notes, u.Notes...)
}

func addCounts[K comparable](to *map[K]int, from map[K]int) {
	if *to == nil && len(from) > 0 {
		*to = make(map[K]int, len(from))
	}
	for k, n := range from {
		(*to)[k] += n
	}
}
