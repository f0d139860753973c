package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// systemNet is what HttpWebRequest of the .NET Framework traces (system.diagnostics, System.Net).
const systemNet = "System.Net of the .NET Framework"

var (
	netLine      = lazyregexp.New(`System\.Net (?:Verbose|Information|Warning|Error): 0 : \[\d+\] (.*)$`)
	netAssociate = lazyregexp.New(`^Associating (Connection#\d+) with (HttpWebRequest#\d+)`)
	netConnected = lazyregexp.New(`^(Connection#\d+) - Created connection from (\S+):(\d+) to (\S+):(\d+)\.$`)
	netRequest   = lazyregexp.New(`^(HttpWebRequest#\d+) - Request: (.*)$`)
	netStatus    = lazyregexp.New(`^(Connection#\d+) - Received status line: Version=([\d.]+), StatusCode=(\d{3}), StatusDescription=(.*)\.$`)
	netHead      = lazyregexp.New(`^(?:ConnectStream#\d+ - Sending|(Connection#\d+) - Received) headers$`)
	netToken     = lazyregexp.New(`^InitializeSecurityContext\(.*returned code=(\w+)\)\.$`)
)

// netTokens are the results of SSPI that are no errors, by their names in .NET.
var netTokens = map[string]bool{"OK": true, "ContinueNeeded": true, "CompleteNeeded": true, "CompAndContinue": true, "ContextExpired": true}

// A netTrace is what was read of such a trace.
type netTrace struct {
	conns  map[string]string // the connections of requests, and those that have requests: their own names
	inHead bool
}

// systemNetLine reads a line of such a trace.
func (r *reader) systemNetLine(text string) ([]line, bool) {
	t := &r.netTrace
	if r.program == systemNet && t.inHead {
		switch text = strings.TrimSpace(text); {
		case text == "{":
			return nil, true
		case text == "}." || text == "}":
			t.inHead = false
			return []line{r.unmarked("")}, true
		case !strings.HasPrefix(text, "System.Net "):
			return []line{r.unmarked(text)}, true
		}
		t.inHead = false
	}
	if r.program == "" && !strings.Contains(text, "System.Net ") {
		return nil, false
	}
	m := netLine().FindStringSubmatch(text)
	if m == nil {
		return nil, r.program == systemNet
	}
	r.program = systemNet
	return t.event(r, m[1]), true
}

// event takes what a line says.
func (t *netTrace) event(r *reader, said string) []line {
	if m := netConnected().FindStringSubmatch(said); m != nil {
		return []line{{remark, t.conns[m[1]], "Connected to server (" + m[4] + ") port " + m[5] + " from " + m[2] + " port " + m[3]}}
	}
	if m := netAssociate().FindStringSubmatch(said); m != nil {
		if t.conns == nil || len(t.conns) > maxConns {
			t.conns = map[string]string{}
		}
		t.conns[m[2]], t.conns[m[1]] = m[1], m[1]
	}
	if m := netRequest().FindStringSubmatch(said); m != nil && isRequestLine(m[2]) {
		r.conn, r.mode = t.conns[m[1]], inRequest
		return []line{{requestLine, r.conn, m[2]}}
	}
	if m := netStatus().FindStringSubmatch(said); m != nil {
		r.conn, r.mode = t.conns[m[1]], inResponse
		return []line{{responseLine, r.conn, "HTTP/" + m[2] + " " + m[3] + " " + m[4]}}
	}
	if m := netHead().FindStringSubmatch(said); m != nil {
		t.inHead = true
	}
	if m := netToken().FindStringSubmatch(said); m != nil && !netTokens[m[1]] {
		return []line{{remark, r.conn, "InitializeSecurityContext failed: " + statusName(m[1])}}
	}
	return nil
}

// statusName returns the name that SSPI has for a status of .NET: SEC_E_TARGET_UNKNOWN for TargetUnknown.
func statusName(name string) string {
	var b strings.Builder
	b.WriteString("SEC_E")
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(c)
	}
	return strings.ToUpper(b.String())
}
