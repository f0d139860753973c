package httpstream

import "strings"

// Messages that two readers may understand differently: a proxy one way, the server behind
// it another. Each text goes to the notes of the exchange.
const (
	oddLength = "the request has both Content-Length and Transfer-Encoding"
	oddHosts  = "the request has more than one Host line"
	oddAuths  = "the request has more than one Authorization line"
	oddURL    = "the URL of the request names another host than its Host line"
	oddLine   = "the request line has other white space than single spaces, or its version is not in capitals, which others may refuse"
	oddBlank  = "the head of the %s has blanks, NUL or a byte order mark in front of it, which others may refuse"    // the side
	oddCR     = "a line of the head of the %s ends with CR alone, or with CR CR LF, which others may read as no end" // the side
)

// oddities calls note with what is unusual about a request.
func (r *Request) oddities(note func(text string)) {
	var hosts, auths, lengths, codings int
	for i := range r.Header {
		f := &r.Header[i]
		switch len(f.Name) { // which is quicker than to compare them all
		case len("Host"):
			hosts += toInt(f.is("Host"))
		case len("Authorization"):
			auths += toInt(f.is("Authorization"))
		case len("Content-Length"):
			lengths += toInt(f.is("Content-Length"))
		case len("Transfer-Encoding"):
			codings += toInt(f.is("Transfer-Encoding"))
		}
	}
	if lengths > 0 && codings > 0 {
		note(oddLength)
	}
	if hosts > 1 {
		note(oddHosts)
	}
	if auths > 1 {
		note(oddAuths)
	}
	if strings.Contains(r.Target, "://") && r.Host != "" && !strings.EqualFold(authority(r.Target), withoutPort(r.Host)) {
		note(oddURL)
	}
}

// toInt returns 1 for true, 0 for false.
func toInt(is bool) int {
	if is {
		return 1
	}
	return 0
}

// authority returns the host that an absolute target names, without user and port.
func authority(target string) string {
	_, rest, _ := strings.Cut(target, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return withoutPort(rest[strings.LastIndexByte(rest, '@')+1:])
}

func withoutPort(host string) string {
	host = host[strings.LastIndexByte(host, '@')+1:]
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		return host[:i]
	}
	return host
}
