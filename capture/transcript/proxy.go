package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

var (
	// mitmRequest and mitmResponse are the first line of a message that mitmdump --flow-detail
	// prints.
	mitmRequest  = lazyregexp.New(`^(\S+:\d+): ([A-Z_]+) (\S+://\S+)(?: HTTP/[\d.]+)?$`)
	mitmResponse = lazyregexp.New(`^ *<< (?:HTTP/[\d.]+ )?(\d{3} ?.*?)(?: [\d.]+[bkmg])?$`)
	// zapMark is the line that ZAP writes before each message that it saves.
	zapMark = lazyregexp.New(`^={4} \d+ ={5,}$`)
	// haproxyLine is an event of haproxy -d: connection, side and event, sockets, text.
	haproxyLine = lazyregexp.New(`^([0-9a-f]{8}):[^ ]*\.(clireq|clihdr|srvrep|srvhdr|clicls|srvcls|closed)\[[^\]]*\]:? ?(.*)$`)
)

// mitmLine reads a line of mitmdump.
func (r *reader) mitmLine(text string) ([]line, bool) {
	if strings.Contains(text, "://") {
		if m := mitmRequest().FindStringSubmatch(text); m != nil {
			r.program, r.mode, r.conn = mitm, inRequest, m[1]
			return []line{{requestLine, r.conn, m[2] + " " + m[3] + " HTTP/1.1"}}, true
		}
	}
	if r.program == mitm && strings.Contains(text, "<< ") {
		if m := mitmResponse().FindStringSubmatch(text); m != nil {
			r.mode = inResponse
			return []line{{responseLine, r.conn, "HTTP/1.1 " + m[1]}}, true
		}
	}
	return nil, false
}

// zapLine reads a line of the messages that ZAP saves.
func (r *reader) zapLine(text string) ([]line, bool) {
	if !strings.HasPrefix(text, "==== ") || !zapMark().MatchString(text) {
		return nil, false
	}
	r.program, r.mode = zap, inBody
	return nil, true
}

// haproxyLine reads a line of haproxy -d.
func (r *reader) haproxyLine(text string) ([]line, bool) {
	if len(text) < 9 || text[8] != ':' {
		return nil, false
	}
	m := haproxyLine().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	r.program = haproxy
	k := map[string]kind{"clireq": requestLine, "clihdr": requestLine, "srvrep": responseLine, "srvhdr": responseLine}
	if known, ok := k[m[2]]; ok {
		return []line{{known, m[1], m[3]}}, true
	}
	return []line{{remark, m[1], "Closing connection"}}, true
}
