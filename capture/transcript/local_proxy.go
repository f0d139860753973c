package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// Proxies that people run on their own machine to log on to the one of their company. They print both
// sides: what a program asks of them, and what they ask of the proxy.
const (
	px    = "Px"
	cntlm = "Cntlm"
)

var (
	// pxLine is a header line in Px's log: the transfer, the direction, the text.
	pxLine = lazyregexp.New(`^(?:MainProcess|Process-\d+): .*?(?:: ([0-9a-f]{32,40}))?: (Sent header =>|Received header <=) ?(.*)$`)
	// What cntlm -v prints: the rounds with their socket of the client, what is done with a socket or with
	// the proxy, the first line of a message, and its header lines.
	cntlmRound = lazyregexp.New(`^\*{7} Round \d+ C: (\d+)`)
	cntlmSide  = lazyregexp.New(`^(?:(Reading|Sending) headers \((\d+)\)\.\.\.|(Sending|Reading) PROXY auth (?:request|response)\.\.\.)$`)
	cntlmFirst = lazyregexp.New(`^HEAD: (.*)$`)
	cntlmField = lazyregexp.New(`^([A-Za-z0-9_-]+) +=> (.*)$`)
)

// A localProxy is what was read of cntlm's output.
type localProxy struct {
	client  string // the socket to the program that uses it
	request string // the first line of the last request
	kind    kind   // of the message that is being read
	pending bool   // its first line has not come: versions before 0.93 print none of what they send
}

// pxLine reads a line of Px.
func (r *reader) pxLine(text string) ([]line, bool) {
	if !strings.Contains(text, "Process") {
		return nil, false
	}
	m := pxLine().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	r.program = px
	return []line{{map[string]kind{"Sent header =>": requestLine, "Received header <=": responseLine}[m[2]], m[1], m[3]}}, true
}

// cntlmLine reads a line of Cntlm.
func (r *reader) cntlmLine(text string) ([]line, bool) {
	p := &r.local
	if strings.HasPrefix(text, "****") {
		if m := cntlmRound().FindStringSubmatch(text); m != nil {
			r.program, p.client = cntlm, m[1]
			return nil, true
		}
	}
	if r.program != cntlm {
		return nil, false
	}
	if m := cntlmSide().FindStringSubmatch(text); m != nil {
		r.conn = "proxy"
		if m[2] == p.client && m[2] != "" {
			r.conn = "client"
		}
		sends := m[1] == "Sending" || m[3] == "Sending"
		if p.kind = responseLine; sends == (r.conn == "proxy") {
			p.kind = requestLine
		}
		p.pending = p.kind == requestLine && sends
		return nil, true
	}
	if m := cntlmFirst().FindStringSubmatch(text); m != nil {
		if p.pending = false; isRequestLine(m[1]) {
			p.request = m[1]
		}
		return []line{{p.kind, r.conn, m[1]}}, true
	}
	m := cntlmField().FindStringSubmatch(text)
	if m == nil {
		return []line{{kind: other, text: text}}, true
	}
	lines := []line{{p.kind, r.conn, m[1] + ": " + m[2]}}
	if p.pending {
		p.pending = false
		lines = append([]line{{p.kind, r.conn, p.request}}, lines...)
	}
	return lines, true
}
