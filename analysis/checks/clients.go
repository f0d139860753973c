package checks

import (
	"strings"

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
