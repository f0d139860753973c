package hosttext

import (
	"strconv"
	"strings"

	"negotrace/internal/lazyregexp"
	"negotrace/tokens"
)

// A KDCError is an error that a program got from a KDC, or from its own Kerberos library on the way
// to a ticket, in the lines that it prints for those who look for faults: KRB5_TRACE of MIT Kerberos,
// the logs of sssd, sun.security.krb5.debug of Java.
type KDCError struct {
	Client string `json:"client,omitempty"` // alice@CORP.TEST
	Server string `json:"server,omitempty"` // HTTP/web.corp.test@CORP.TEST; empty for a ticket-granting ticket
	// Code is that of a KDC (RFC 4120 section 7.5.9), 0 if the library has an error of its own.
	Code int    `json:"code"`
	Text string `json:"text"` // the error in words
}

var (
	// traceLine is a line of KRB5_TRACE: process, time, message.
	traceLine = lazyregexp.New(`^\[\d+\] \d{9,11}\.\d+: (.*)$`)
	// sssdLine is a line of krb5_child of sssd with an error of the library.
	sssdLine = lazyregexp.New(`^\(.{10,40}\): \[krb5_child\[\d+\]\] .*\[(-17653\d{5})\]\[([^\]]+)\]`)
	// traceError is an error in a message of KRB5_TRACE.
	traceError = lazyregexp.New(`^(Received error from KDC|TGS request result): (-17653\d{5})/(.*)$`)
)

// commandFailed is the line with which a command of MIT Kerberos ends.
var commandFailed = lazyregexp.New(`^(kinit|kvno): (.*) while getting (?:initial )?credentials(?: for (\S+))?$`)

// errorTable is the number of the library's error for the code 0 of a KDC (krb5_err.et of MIT
// Kerberos). What is more than 127 above it is no error of a KDC.
const errorTable = -1765328384

// isTrace reports whether a line is one of a trace.
func isTrace(text string) bool {
	return strings.HasPrefix(text, "[") && traceLine().MatchString(text) || strings.HasPrefix(text, "(") && sssdLine().MatchString(text) ||
		strings.HasPrefix(text, "k") && commandFailed().MatchString(text) || isKDCLine(text)
}

// A trace reads the lines of KRB5_TRACE, sssd or a KDC's log, and the last one of kinit and kvno.
type trace struct {
	asked KDCError // client and server that a ticket is wanted for
	last  KDCError // that was emitted last: a program repeats what its library says
	kdc   kdcLog
}

// newTrace returns the section that begins with a line of a trace.
func newTrace(r *reader, text string) section {
	t := new(trace)
	t.line(r, text)
	return t
}

func (t *trace) line(r *reader, text string) bool {
	if t.kdc.line(r, text) {
		return true
	}
	if m := sssdLine().FindStringSubmatch(text); m != nil {
		r.command = SSSD
		t.failed(r, m[1], m[2])
		return true
	}
	if m := commandFailed().FindStringSubmatch(text); m != nil {
		if r.command = Command(m[1]); !r.traced { // the trace has said why
			r.add(Entry{KDCError: &KDCError{Server: limited(m[3]), Text: limited(m[2])}}, r.lineNumber)
		}
		return true
	}
	m := traceLine().FindStringSubmatch(text)
	if m == nil {
		return false
	}
	r.command = Trace
	message := m[1]
	if client, ok := strings.CutPrefix(message, "Getting initial credentials for "); ok {
		t.asked = KDCError{Client: limited(client)}
	}
	if rest, ok := strings.CutPrefix(message, "Getting credentials "); ok {
		client, server, _ := strings.Cut(rest, " -> ")
		server, _, _ = strings.Cut(server, " using ccache ")
		t.asked = KDCError{Client: limited(client), Server: limited(server)}
	}
	if m := traceError().FindStringSubmatch(message); m != nil {
		t.failed(r, m[2], m[3])
	}
	return true
}

// failed emits an error, unless it was emitted just before or refuses nothing.
func (t *trace) failed(r *reader, number, text string) {
	n, _ := strconv.Atoi(number)
	e := t.asked
	if e.Code = n - errorTable; e.Code < 0 || e.Code > 127 {
		e.Code = 0
	}
	e.Text = limited(text)
	if refusesNothing(e.Code) || n == errorTable || e.Code != 0 && e.Code == t.last.Code && e.Server == t.last.Server {
		return
	}
	t.last, r.traced = e, true
	r.add(Entry{KDCError: &e}, r.lineNumber)
}

func (*trace) end(*reader) {}

// refusesNothing reports whether a KDC only asks for more by an error: for pre-authentication or for
// TCP. That a realm is another one (see ErrorCode.AsksForMore) is where some clients end: reader.referral.
func refusesNothing(code int) bool {
	return code == int(tokens.KDCErrPreauthRequired) || code == int(tokens.KRBErrResponseTooBig)
}

// javaHeading is what Java prints before the fields of a KRB-ERROR.
const javaHeading = ">>>KRBError:"

// withoutStamp returns a line of Java without what the log of a server, or Java since version 23, writes before it.
func (r *reader) withoutStamp(text string) string {
	if at := strings.Index(text, javaHeading); at >= 0 {
		r.stamp = at
		return text[at:]
	}
	if r.stamp > 0 && len(text) > r.stamp && isIndented(text[r.stamp:]) {
		return text[r.stamp:]
	}
	return text
}

// A javaError reads what Java prints of a KRB-ERROR: a field in each line.
type javaError struct {
	KDCError
	realm, name string // of the client
	firstLine   int
	whole       bool // a line follows that of the code, which is not cut then
}

func newJavaError(r *reader, _ string) section { return &javaError{firstLine: r.lineNumber} }

func (e *javaError) line(_ *reader, text string) bool {
	if !isIndented(text) {
		return false
	}
	e.whole = e.whole || e.Code != 0
	name, value, _ := strings.Cut(strings.TrimSpace(text), " is ")
	switch name {
	case "error code":
		e.Code, _ = strconv.Atoi(value)
	case "error Message":
		e.Text = limited(value)
	case "sname":
		e.Server = limited(value)
	case "cname":
		e.name = limited(value)
	case "crealm":
		e.realm = limited(value)
	}
	return true
}

func (e *javaError) end(r *reader) {
	if !e.whole || e.Code <= 0 || e.Code > 127 || refusesNothing(e.Code) {
		return
	}
	if e.Client = e.name; e.realm != "" && e.name != "" && !strings.Contains(e.name, "@") {
		e.Client += "@" + e.realm
	}
	if strings.HasPrefix(e.Server, "krbtgt/") {
		e.Server = ""
	}
	r.add(Entry{KDCError: &e.KDCError}, e.firstLine)
}

// limited returns the beginning of a text, which nothing else limits.
func limited(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxErrorText)], "") }
