// Package hosttext reads the output of commands that describe a host, as people add it to a
// capture: the tickets in a cache (klist of Windows and of MIT Kerberos), the accounts of an SPN
// (setspn), the secure channel, domain controllers and trusts (nltest), names and addresses
// (ipconfig), and the errors of KDCs in what Kerberos libraries print of themselves (KRB5_TRACE, sssd,
// Java), and in the log of MIT Kerberos' KDC.
//
// Only English output is read. Output in another language is not recognised as a format.
package hosttext

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode"

	"negotrace/httpstream"
	"negotrace/internal/utf8text"
	"negotrace/tokens"
)

// A Command is the program that printed a text.
type Command string

// The commands.
const (
	Klist    Command = "klist"
	Setspn   Command = "setspn"
	Nltest   Command = "nltest"
	Ipconfig Command = "ipconfig"
	Trace    Command = "KRB5_TRACE"
	SSSD     Command = "sssd"
	Java     Command = "Java"
	Kinit    Command = "kinit"
	Kvno     Command = "kvno"
	KDC      Command = "krb5kdc"
)

// An Entry is one fact from the output of a command. Only one of the fields after command is set.
type Entry struct {
	Pos     httpstream.Pos `json:"pos"` // frame is the number of the line where it begins, from 1
	Command Command        `json:"command"`

	Ticket       *Ticket       `json:"ticket,omitempty"` // of klist
	Failure      *Failure      `json:"failure,omitempty"`
	Key          *Key          `json:"key,omitempty"`
	Registration *Registration `json:"registration,omitempty"`
	Channel      *Channel      `json:"channel,omitempty"`
	Controller   *Controller   `json:"controller,omitempty"`
	Trust        *Trust        `json:"trust,omitempty"`
	Host         *Host         `json:"host,omitempty"`
	Record       *Record       `json:"record,omitempty"`
	KDCError     *KDCError     `json:"kdc_error,omitempty"`
}

// Lines counts the lines of a text.
type Lines struct {
	Read    int // lines that are not empty
	TooLong int // lines that are longer than maxLine, of which only the beginning was read
	Dropped int // facts over the limit
}

// A section reads the lines of one output, up to the next heading.
type section interface {
	// line reads a line, without white space at its end, and reports whether it is part of
	// the section.
	line(r *reader, text string) bool
	// end is called after the last line.
	end(r *reader)
}

// A reader reads the lines of a text.
type reader struct {
	emit       func(*Entry)
	lineNumber int // of the current line, from 1
	command    Command
	section    section // nil for none
	entries    int
	dropped    int
	traced     bool   // an error of a trace was emitted
	stamp      int    // how much a log writes before each line of Java
	queried    string // the SPN of the last command line with setspn -Q, "" if its output is over
	// referral is the last error by which a KDC sends a client to another realm, as long as nothing
	// shows that the client went there; nil for none.
	referral *Entry
}

// add emits an entry that begins at a line.
func (r *reader) add(e Entry, line int) {
	if r.entries++; r.entries > maxEntries {
		r.dropped++
		return
	}
	e.Pos, e.Command = httpstream.Pos{Frame: line, Stream: -1}, r.command
	if k := e.KDCError; k != nil && k.Code == int(tokens.KDCErrWrongRealm) {
		r.referral = &e // a second one shows that the first was followed
		return
	}
	r.endedThere()
	r.emit(&e)
}

// endedThere emits an error by which a KDC sent a client to another realm, where it did not go.
func (r *reader) endedThere() {
	if r.referral != nil {
		r.emit(r.referral)
		r.referral = nil
	}
}

// wentOn are in lines that libraries print when they go on to another realm, or have got a ticket.
var wentOn = []string{"Following referral to realm ", ">>> KrbAsRep cons", "Decrypted AS reply", "Received creds for desired service"}

// headings are the first lines of the output of each command, and the sections that they begin.
var headings = []struct {
	prefix  string
	command Command
	begin   func(r *reader, text string) section
}{
	{"Current LogonId is ", Klist, newTicketCache},
	{"Cached Tickets: (", Klist, newTicketCache},
	{"klist failed with ", Klist, klistFailed},
	{"Ticket cache: ", Klist, newMITCache},
	{"Keytab name: ", Klist, newKeytab},
	{"Registered ServicePrincipalNames for ", Setspn, newAccountSPNs},
	{"Checking domain ", Setspn, newSPNQuery},
	{"Checking forest ", Setspn, newSPNQuery},
	{"No such SPN found.", Setspn, noSuchSPN},
	{"Trusted DC Name ", Nltest, newChannel},
	{"Getting DC name failed: Status = ", Nltest, controllerFailed},
	{"I_NetLogonControl failed: Status = ", Nltest, channelFailed},
	{"           DC: \\\\", Nltest, newController},
	{"List of domain trusts:", Nltest, newTrusts},
	{"Windows IP Configuration", Ipconfig, newHost},
	{javaHeading, Java, newJavaError},
}

// Is reports whether a file that begins with head is output of one of the commands: one of its
// lines is a heading, or of a trace.
func Is(head []byte) bool {
	if bytes.IndexByte(head[:min(len(head), 4)], '{') >= 0 || bytes.IndexByte(head[:min(len(head), 4)], '<') >= 0 {
		return false
	}
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head))) // memory does not fail
	for line := range bytes.Lines(text) {
		if hasControlChars(line) {
			return false
		}
		if text := strings.TrimRightFunc(string(line), unicode.IsSpace); headingIndex(text) >= 0 || isTrace(text) || strings.Contains(text, javaHeading) {
			return true
		}
	}
	return false
}

// hasControlChars reports whether a line holds bytes that no command prints.
func hasControlChars(line []byte) bool {
	return bytes.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f' })
}

// headingIndex returns the index in headings of the one that a line begins with, -1 if none.
func headingIndex(text string) int {
	for i := range headings {
		if strings.HasPrefix(text, strings.TrimRightFunc(headings[i].prefix, unicode.IsSpace)) {
			return i
		}
	}
	return -1
}

// Read reads a text and gives each fact to take, which may keep it. The error is of reading;
// it is io.ErrUnexpectedEOF for UTF-16 that ends in half a code unit.
func Read(from io.Reader, take func(*Entry)) (Lines, error) {
	r := &reader{emit: take}
	lines, err := eachLine(from, func(text string, number int) {
		r.lineNumber = number
		r.line(text)
	})
	r.finish()
	r.endedThere()
	lines.Dropped = r.dropped
	return lines, err
}

// line gives the next line to the current section, or begins a new one.
func (r *reader) line(text string) {
	text = r.withoutStamp(text)
	if slices.ContainsFunc(wentOn, func(part string) bool { return strings.Contains(text, part) }) {
		if _, ok := r.section.(*javaError); ok {
			r.finish() // no line of it follows
		}
		r.referral = nil
	}
	if spn := queriedSPN(text); spn != "" {
		r.finish()
		r.queried = spn
		return
	}
	if r.section != nil && r.section.line(r, text) {
		return
	}
	if isTrace(text) {
		r.finish()
		r.command = Trace
		r.section = newTrace(r, text)
		return
	}
	i := headingIndex(text)
	if i < 0 {
		return
	}
	r.finish()
	r.command = headings[i].command
	r.section = headings[i].begin(r, text)
}

func (r *reader) finish() {
	if r.section != nil {
		r.section.end(r)
		r.section = nil
	}
}
