// Package hosttext reads what commands print about a host, as people add it to a capture: the
// tickets in a cache (klist of Windows and of MIT Kerberos), who has an SPN (setspn), the
// secure channel, domain controllers and trusts (nltest), names and addresses (ipconfig).
//
// The texts are read in English. What is printed in another language is of no known format:
// nobody could say which of its labels is which.
package hosttext

import (
	"bytes"
	"io"
	"strings"

	"negotrace/capture/export"
	"negotrace/httpstream"
)

// A Command is what printed a text.
type Command string

// The commands.
const (
	Klist    Command = "klist"
	Setspn   Command = "setspn"
	Nltest   Command = "nltest"
	Ipconfig Command = "ipconfig"
)

// An Entry is one fact of a text: what it is about is the one of the last fields that is not
// nil.
type Entry struct {
	Pos     httpstream.Pos `json:"pos"` // the line where it begins, from 1
	Command Command        `json:"command"`

	Ticket       *Ticket       `json:"ticket,omitempty"`
	Failure      *Failure      `json:"failure,omitempty"`
	Key          *Key          `json:"key,omitempty"`
	Registration *Registration `json:"registration,omitempty"`
	Channel      *Channel      `json:"channel,omitempty"`
	Controller   *Controller   `json:"controller,omitempty"`
	Trust        *Trust        `json:"trust,omitempty"`
	Host         *Host         `json:"host,omitempty"`
	Record       *Record       `json:"record,omitempty"`
}

// Lines count what the lines of a text were.
type Lines struct {
	Read    int // lines with something in them
	TooLong int // of them those that are longer than any line of a command, of which only the beginning was looked at
	Dropped int // facts over the limit
}

// section reads the lines that belong together, up to the next heading.
type section interface {
	// line takes a line, without blanks at its end, and reports whether it is of the section.
	line(r *reader, text string) bool
	// end is called when there are no more.
	end(r *reader)
}

// A reader goes through the lines of a text.
type reader struct {
	take    func(*Entry)
	number  int // of the line
	command Command
	section section // nil for none
	taken   int
	dropped int
}

// add gives an entry that begins in a line.
func (r *reader) add(e Entry, line int) {
	if r.taken++; r.taken > maxEntries {
		r.dropped++
		return
	}
	e.Pos, e.Command = httpstream.Pos{Frame: line, Stream: -1}, r.command
	r.take(&e)
}

// headings are the lines with which the outputs of commands begin, and who reads what follows.
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
	{"Registered ServicePrincipalNames for ", Setspn, newRegistrations},
	{"Checking domain ", Setspn, newQuery},
	{"Checking forest ", Setspn, newQuery},
	{"No such SPN found.", Setspn, noSuchSPN},
	{"Trusted DC Name ", Nltest, newChannel},
	{"Getting DC name failed: Status = ", Nltest, controllerFailed},
	{"I_NetLogonControl failed: Status = ", Nltest, channelFailed},
	{"           DC: \\\\", Nltest, newController},
	{"List of domain trusts:", Nltest, newTrusts},
	{"Windows IP Configuration", Ipconfig, newHost},
}

// Is reports whether a file that begins with head is a text that is read: one of its lines is
// a heading.
func Is(head []byte) bool {
	if bytes.IndexByte(head[:min(len(head), 4)], '{') >= 0 || bytes.IndexByte(head[:min(len(head), 4)], '<') >= 0 {
		return false
	}
	text, _ := io.ReadAll(export.Text(bytes.NewReader(head))) // memory does not fail
	for line := range bytes.Lines(text) {
		if control(line) {
			return false
		}
		if heading(strings.TrimRight(string(line), blanks)) >= 0 {
			return true
		}
	}
	return false
}

// control reports whether a line holds bytes that no command prints.
func control(line []byte) bool {
	return bytes.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f' })
}

const blanks = " \t\r\n\f"

// heading returns which heading a line is, -1 if it is none.
func heading(text string) int {
	for i := range headings {
		if strings.HasPrefix(text, strings.TrimRight(headings[i].prefix, blanks)) {
			return i
		}
	}
	return -1
}

// Read reads a text and gives each fact to take, which may keep it. The error is of reading;
// it is io.ErrUnexpectedEOF for UTF-16 that ends in half a letter.
func Read(from io.Reader, take func(*Entry)) (Lines, error) {
	r := &reader{take: take}
	lines, err := eachLine(from, func(text string, number int) {
		r.number = number
		r.line(text)
	})
	r.finish()
	lines.Dropped = r.dropped
	return lines, err
}

// line takes the next line.
func (r *reader) line(text string) {
	if r.section != nil && r.section.line(r, text) {
		return
	}
	i := heading(text)
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
