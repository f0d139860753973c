package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// winINET reports whether the user agent takes the first scheme offered rather than the
// strongest: Internet Explorer, its mode in Edge, and what is built on WinINET.
func winINET(r *httpstream.Request) bool {
	if r == nil {
		return false
	}
	ua := r.Header.Value("User-Agent")
	for _, mark := range []string{"MSIE ", "Trident/", "Microsoft-WebDAV", "Microsoft Office"} {
		if strings.Contains(ua, mark) {
			return true
		}
	}
	return false
}

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
