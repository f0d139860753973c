package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// preflight reports whether the request is a CORS preflight, which never carries
// credentials (Fetch standard, CORS protocol).
func preflight(r *httpstream.Request) bool {
	return r != nil && r.Method == "OPTIONS" && r.Header.Has("Origin") && r.Header.Has("Access-Control-Request-Method")
}

// programName returns how a message names the program of a handshake.
func programName(h *analysis.Handshake) string {
	name := h.Product()
	switch {
	case name == "":
		return "one that does not name itself"
	case strings.Contains(name, " "):
		return quoted(name)
	}
	return name
}
