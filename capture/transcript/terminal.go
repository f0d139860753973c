package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

var tlsOfOpenSSL = lazyregexp.New(`^New, (TLSv\d\.\d), Cipher is`)

// openSSLLine reads a line of openssl s_client, into which somebody typed requests.
func (r *reader) openSSLLine(text string) ([]line, bool) {
	if strings.HasPrefix(text, "CONNECTED(") {
		r.program, r.mode = openSSL, inBody
		return nil, true
	}
	if m := tlsOfOpenSSL().FindStringSubmatch(text); m != nil && r.program == openSSL {
		return []line{{kind: remark, text: "SSL connection using " + m[1]}}, true
	}
	return nil, false
}

// telnetLine reads a line of telnet.
func (r *reader) telnetLine(text string) ([]line, bool) {
	if !strings.HasPrefix(text, overLine) {
		return nil, false
	}
	r.program, r.mode = telnet, inBody
	return []line{{kind: remark, text: text}}, true
}
