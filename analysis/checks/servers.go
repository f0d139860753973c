package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// proxyMarks are header lines by which a request shows that a proxy forwarded it.
var proxyMarks = []string{"Via", "X-Forwarded-Proto", "X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP"}

// clientMarks are header lines by which a proxy distinguishes its clients.
var clientMarks = []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP"}

// windowsServer reports whether the response of a leg was made by IIS or HTTP.sys.
func windowsServer(l *analysis.Leg) bool {
	return l != nil && (l.Logged.FromIIS() || l.Response != nil && byWindows(l.Response))
}

func byWindows(r *httpstream.Response) bool {
	return strings.HasPrefix(r.Header.Value("Server"), "Microsoft-")
}

// otherServer reports whether the response names a server that is not Microsoft's: its
// acceptor works with a keytab.
func otherServer(l *analysis.Leg) bool {
	return l != nil && l.Response != nil && l.Response.Header.Has("Server") && !windowsServer(l)
}

// closesConnection reports whether the response ends its connection by its own words (RFC 9112
// section 9.3): Connection: close, or HTTP/1.0 without keep-alive.
func closesConnection(r *httpstream.Response) bool {
	return endsConnection(r.Proto, r.Header.Values("Connection"))
}

// endsConnection does the same for the protocol of a message and its Connection lines.
func endsConnection(proto string, lines []string) bool {
	keepAlive := false
	for _, v := range lines {
		for option := range strings.SplitSeq(v, ",") {
			switch option = strings.TrimSpace(option); {
			case strings.EqualFold(option, "close"):
				return true
			case strings.EqualFold(option, "keep-alive"):
				keepAlive = true
			}
		}
	}
	return proto == "HTTP/1.0" && !keepAlive
}
