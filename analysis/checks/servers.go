package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// clientMarks are header lines by which a proxy tells its clients apart.
var clientMarks = []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP"}

// windowsServer tells that the response of a leg was made by IIS or HTTP.sys.
func windowsServer(l *analysis.Leg) bool {
	return l != nil && l.Response != nil && byWindows(l.Response)
}

func byWindows(r *httpstream.Response) bool {
	return strings.HasPrefix(r.Header.Value("Server"), "Microsoft-")
}

// otherServer tells that the response names a server that is not Microsoft's: its
// acceptor works with a keytab.
func otherServer(l *analysis.Leg) bool {
	return l != nil && l.Response != nil && l.Response.Header.Has("Server") && !windowsServer(l)
}

// winINET tells that the user agent takes the first scheme offered rather than the
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

// preflight tells that the request is a CORS preflight, which never carries
// credentials (Fetch standard, CORS protocol).
func preflight(r *httpstream.Request) bool {
	return r != nil && r.Method == "OPTIONS" && r.Header.Has("Origin") && r.Header.Has("Access-Control-Request-Method")
}

// closes tells that the response ends its connection by its own words (RFC 9112
// section 9.3): Connection: close, or HTTP/1.0 without keep-alive.
func closes(r *httpstream.Response) bool {
	keepAlive := false
	for _, v := range r.Header.Values("Connection") {
		for option := range strings.SplitSeq(v, ",") {
			switch option = strings.TrimSpace(option); {
			case strings.EqualFold(option, "close"):
				return true
			case strings.EqualFold(option, "keep-alive"):
				keepAlive = true
			}
		}
	}
	return r.Proto == "HTTP/1.0" && !keepAlive
}
