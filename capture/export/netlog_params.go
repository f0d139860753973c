package export

import (
	"encoding/json"
	"slices"
	"strings"
)

// netlogParams are the parameters of all events that are read, by the names that
// Chromium gives them. An event has those of its type only.
type netlogParams struct {
	Dependency netlogSource `json:"source_dependency"`
	NetError   int          `json:"net_error"`

	// of requests
	URL      string       `json:"url"`
	Method   string       `json:"method"`
	Line     string       `json:"line"`
	Headers  netlogHeader `json:"headers"`
	StreamID uint32       `json:"stream_id"`
	RSTCode  string       `json:"error_code"`
	Length   int64        `json:"length"`
	// RequestHeaders are those that a page set, in a text or in an object of lines.
	RequestHeaders json.RawMessage `json:"request_headers"`

	// of sockets
	Local        string   `json:"local_address"`
	OldLocal     string   `json:"source_address"` // the same before Chromium 91
	Remote       string   `json:"remote_address"`
	Address      string   `json:"address"`
	Bytes        int64    `json:"byte_count"`
	Version      string   `json:"version"`
	Cipher       int      `json:"cipher_suite"`
	NextProto    string   `json:"next_proto"`
	Resumed      bool     `json:"is_resumed"`
	Certificates []string `json:"certificates"`
	Reason       string   `json:"reason"`

	// of authentication
	Target      string        `json:"target"`
	Scheme      string        `json:"scheme"`
	SPN         string        `json:"spn"`
	Default     *bool         `json:"allows_default_credentials"`
	Succeeded   *bool         `json:"succeeded"`
	Result      string        `json:"authorization_result"`
	Library     string        `json:"library_name"`
	LoadResult  string        `json:"load_result"`
	LibraryCall string        `json:"method_name"`
	Domain      string        `json:"domain"`
	User        string        `json:"user"`
	Status      netlogStatus  `json:"status"`
	Context     netlogContext `json:"context"`
}

// A netlogStatus is how a call of the security library ended: SSPI gives net_error and
// security_status, GSS-API the two others.
type netlogStatus struct {
	NetError int       `json:"net_error"`
	Security *int64    `json:"security_status"`
	Function string    `json:"function"`
	Major    gssStatus `json:"major_status"`
	Minor    gssStatus `json:"minor_status"`
}

type gssStatus struct {
	Status  int64    `json:"status"`
	Message []string `json:"message"`
}

// A netlogContext is the security context after a call that went well.
type netlogContext struct {
	Source    netlogName `json:"source"`
	Target    netlogName `json:"target"`
	Mechanism netlogName `json:"mechanism"`
}

// A netlogName is a string with SSPI, and an object that has it as "name" (or is an
// OID in "bytes") with GSS-API.
type netlogName struct{ name, oid string }

func (n *netlogName) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &n.name) == nil {
		return nil
	}
	var o struct{ Name, Bytes string }
	err := json.Unmarshal(b, &o)
	n.name, n.oid = o.Name, o.Bytes
	if onlyKindError(err) {
		return nil
	}
	return err
}

// A netlogHeader is the lines of a head. Old versions write an object for HTTP/2.
type netlogHeader []string

func (h *netlogHeader) UnmarshalJSON(b []byte) error {
	var lines []string
	err := json.Unmarshal(b, &lines)
	if err == nil || len(b) > 0 && b[0] != '{' {
		*h = lines
		if onlyKindError(err) {
			return nil
		}
		return err
	}
	var fields map[string]string
	if err := json.Unmarshal(b, &fields); !onlyKindError(err) {
		return err
	}
	for name, value := range fields {
		for line := range strings.SplitSeq(value, "\x00") {
			lines = append(lines, name+": "+line)
		}
	}
	slices.Sort(lines)
	*h = lines
	return nil
}
