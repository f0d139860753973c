package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// urllib3 is the library below Python's requests. Its log has the first line of each request and
// the status of its response. It has no header lines, and does not say which connection of a pool
// was used.
const urllib3 = "urllib3"

var (
	urllib3Starts = lazyregexp.New(`(?:^|[ :])Starting new (HTTPS?) connection \(\d+\): ([^\s/"]+)$`)
	urllib3Done   = lazyregexp.New(`^(.*?)(?:(https?)://([^/\s"]+) )?"([A-Z]+) (/\S*|\*) (HTTP/\d(?:\.\d)?)" (\d{3}) (?:\d+|None)$`)
)

// urllib3Line reads a line of the log of urllib3. If a program also shows header lines, its lines
// are used instead.
func (r *reader) urllib3Line(text string) ([]line, bool) {
	if lines, ok := r.requestsAuthLine(text); ok {
		return lines, true
	}
	if !strings.Contains(text, "HTTP") {
		return nil, false
	}
	if m := urllib3Starts().FindStringSubmatch(text); m != nil {
		r.program, r.pool = urllib3, strings.ToLower(m[1])+"://"+m[2]
		return nil, true
	}
	m := urllib3Done().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	named := strings.Contains(m[1], "urllib3.connectionpool")
	pool := r.pool
	switch {
	case m[2] != "" && (named || r.program == urllib3):
		pool = m[2] + "://" + m[3]
	case m[2] == "" && pool != "" && (named || m[1] == ""): // before release 1.18
	default: // the log of a server has such lines
		return nil, false
	}
	r.program = urllib3
	if scheme, host, _ := strings.Cut(pool, "://"); scheme == "http" {
		pool = "http://" + strings.TrimSuffix(host, ":80")
	} else {
		pool = "https://" + strings.TrimSuffix(host, ":443")
	}
	lines := []line{{remark, pool, "Closing connection"}, {requestLine, pool, m[4] + " " + pool + strings.TrimPrefix(m[5], "*") + " " + m[6]}}
	if r.sent != "" {
		lines, r.sent = append(lines, line{requestLine, pool, "Authorization: " + r.sent}), ""
	}
	r.answered = pool
	return append(lines, line{requestLine, pool, ""}, line{responseLine, pool, m[6] + " " + m[7]}, line{responseLine, pool, ""}), true
}

var (
	// requestsToken is how requests_kerberos and requests_gssapi log what they send next.
	requestsToken = lazyregexp.New(`authenticate_user\(\): Authorization header: (\S+ \S+)$`)
	// gssException is the last line of a traceback about a token that could not be made.
	gssException = lazyregexp.New(`^(?:gssapi\.(?:raw\.)?(?:misc|exceptions)\.\w+|(?:win)?kerberos\.GSSError|spnego\.exceptions\.\w+): (.+)$`)
)

// requestsAuthLine reads a line of the modules that log on for requests.
func (r *reader) requestsAuthLine(text string) ([]line, bool) {
	if !strings.Contains(text, ": ") {
		return nil, false
	}
	if m := requestsToken().FindStringSubmatch(text); m != nil {
		r.sent = m[1]
		return nil, true
	}
	if m := gssException().FindStringSubmatch(text); m != nil && r.answered != "" {
		return []line{{remark, r.answered, "gss_init_sec_context() failed: " + m[1]}}, true
	}
	return nil, false
}
