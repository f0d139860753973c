package eventlog

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"negotrace/internal/lazyregexp"
	"negotrace/internal/utf8text"
)

// Events as lists of names and values: what Format-List of PowerShell makes of Get-WinEvent and of
// Get-EventLog, what `wevtutil qe /f:text` prints, what the Event Viewer copies as text, and what Splunk keeps.

// A listEvent is an event as far as its lines were read.
type listEvent struct {
	values  map[string]string // by the keys of columns; a message has several lines
	current string            // key of the value that further lines continue
	indent  int               // of further lines in Format-List; 0 in all others
	copied  bool              // by the Event Viewer or Splunk: a value is one line, and the message comes last
	size    int
}

// listColumns are keys that only lists have, and the keys of the same columns in CSV.
var listColumns = map[string]string{
	"description": "message", "date": "timecreated", "timewritten": "", "instanceid": "id", "index": "recordid",
}

// IsList reports whether a file that begins with head holds events as lists: its first lines that
// are not empty begin an event, and have its provider, its ID and its time, which Splunk has beside it.
func IsList(head []byte) bool {
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head))) // memory does not fail
	hasID, hasProvider, hasTime, began, isSplunk := false, false, false, false, false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), " \t\r\n")
		if isHeading(line) {
			began, hasTime = true, hasTime || isSplunkTime(line)
		}
		if line == "" || isHeading(line) && !isCopied(line) {
			continue
		}
		name, _, _, ok := listValue(line)
		if !ok && !began {
			return false
		}
		began = true
		hasID = hasID || slices.Contains(idColumns, name)
		hasProvider = hasProvider || name == "providername" || name == "source" || name == "sourcename"
		hasTime = hasTime || slices.Contains(timeColumns, name)
		isSplunk = isSplunk || strings.HasPrefix(line, "EventCode=") // whose time is beside the event
	}
	return hasID && hasProvider && (hasTime || isSplunk)
}

// isHeading reports whether a line begins an event: "Event[0]:" of wevtutil, the first line that the Event Viewer
// copies, the time of Splunk.
func isHeading(line string) bool {
	if isCopied(line) || isSplunkTime(line) {
		return true
	}
	rest, ok := strings.CutPrefix(line, "Event[")
	number, rest, closed := strings.Cut(rest, "]")
	_, err := strconv.ParseUint(number, 10, 32)
	return ok && closed && err == nil && (rest == "" || rest == ":")
}

// isCopied reports whether a line is the first one of an event that the Event Viewer has copied as text. It has a
// value.
func isCopied(line string) bool { return strings.HasPrefix(line, "Log Name:") }

// isSplunkTime reports whether a line is the time before an event in Splunk: 03/02/2026 10:00:01 AM.
func isSplunkTime(line string) bool { return splunkTime().MatchString(line) }

var splunkTime = lazyregexp.New(`^\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(?:\.\d+)? [AP]M$`)

// copiedLabels are the labels with blanks that the Event Viewer copies; all others are one word.
var copiedLabels = []string{"Log Name", "Event ID", "Task Category"}

// listValue reads a line "Name : value" of Format-List, "  Name: value" of wevtutil, "Name: value" of the Event
// Viewer, or "Name=value" of Splunk. indent is the indentation of the lines that continue it, 0 except for Format-List.
func listValue(line string) (name, value string, indent int, ok bool) {
	before, value, ok := strings.Cut(line, ":")
	if word, of, found := strings.Cut(line, "="); found && len(word) < len(before) && columnKey(word) == strings.ToLower(word) {
		return columnKey(word), of, 0, word != ""
	}
	if !ok || before == "" {
		return "", "", 0, false
	}
	label := strings.TrimSpace(before)
	name = columnKey(label)
	if other, known := listColumns[name]; known {
		name = other
	}
	switch {
	case slices.Contains(copiedLabels, before):
	case before[0] != ' ' && strings.HasSuffix(before, " ") || before[0] != ' ' && !strings.ContainsAny(label, " \t"):
		indent = len(before) + 2
	case strings.HasPrefix(before, "  ") && len(before) > 2 && before[2] != ' ' && before[2] != '\t':
	default:
		return "", "", 0, false
	}
	return name, strings.TrimSpace(value), indent, true
}

// ReadList reads events as lists. It gives the events of the kinds in Event to take, which may keep
// them. Their values are read from the English message. The error is of reading.
func ReadList(r io.Reader, take func(*Event)) (c Counts, err error) {
	b := bufio.NewReaderSize(utf8text.NewReader(r), maxListLine)
	dates := dateReader{take: take}
	defer func() { c.Ambiguous = dates.end() }()
	var e *listEvent
	at := int64(0)
	finish := func() {
		if e != nil && len(e.values) > 0 {
			c.listed(e, at, &dates)
		}
		e = nil
	}
	for {
		data, err := b.ReadSlice('\n')
		line := strings.TrimRight(string(data), "\r\n")
		at += int64(len(data))
		for err == bufio.ErrBufferFull {
			data, err = b.ReadSlice('\n')
			at += int64(len(data))
		}
		switch {
		case isHeading(line):
			finish()
			e = &listEvent{values: map[string]string{}}
			e.begin(line)
		case e == nil && strings.TrimSpace(line) == "":
		default:
			if e == nil || e.isNextEvent(line) {
				finish()
				e = &listEvent{values: map[string]string{}}
			}
			e.line(line)
		}
		if err == io.EOF {
			finish()
			return c, nil
		}
		if err != nil {
			return c, err
		}
	}
}

// begin takes what the first line of an event has.
func (e *listEvent) begin(line string) {
	switch {
	case isCopied(line):
		e.copied = true
		e.line(line)
	case isSplunkTime(line):
		e.copied = true
		e.values["timecreated"] = line
	}
}

// isNextEvent reports whether a line of Format-List begins another event: its name is in this event
// already.
func (e *listEvent) isNextEvent(line string) bool {
	name, _, indent, ok := listValue(line)
	return ok && e.indent > 0 && indent == e.indent && hasValue(e.values, name)
}

func hasValue(values map[string]string, name string) bool {
	_, ok := values[name]
	return ok
}

// line reads a line of the event.
func (e *listEvent) line(line string) {
	name, value, indent, ok := listValue(line)
	switch {
	case e.copied && e.current == "message":
		e.continueValue(line)
		return
	case e.copied && !ok:
		return
	case e.copied:
	case ok && e.indent == 0 && len(e.values) == 0:
		e.indent = indent
	case e.indent > 0 && ok && indent == e.indent:
	case e.indent > 0 && strings.HasPrefix(line, strings.Repeat(" ", e.indent)):
		e.continueValue(line[e.indent:])
		return
	case e.indent > 0 || e.current == "message" || !ok: // wevtutil prints the message last
		e.continueValue(line)
		return
	}
	e.current = name
	if name != "" && !hasValue(e.values, name) && len(e.values) < maxFields {
		e.values[name] = value[:min(len(value), maxText)]
	}
}

// continueValue adds a line to the current value.
func (e *listEvent) continueValue(line string) {
	if e.current == "" || e.size+len(line) > maxEventText {
		return
	}
	e.size += len(line) + 1
	if e.current == "message" {
		e.values[e.current] += "\n" + restoreTab(line)
		return
	}
	e.values[e.current] += strings.TrimSpace(line) // wrapped at the width of the console
}

// restoreTab returns a line of a message as it is in the event: Get-EventLog prints blanks for the
// tabs before a label.
func restoreTab(line string) string {
	if rest := strings.TrimLeft(line, " "); len(line)-len(rest) >= 4 {
		return "\t" + rest
	}
	return line
}

// listed reads an event after its last line.
func (c *Counts) listed(l *listEvent, at int64, dates *dateReader) {
	c.Records++
	e := newEvent()
	first := func(names []string) string {
		for _, n := range names {
			if v := l.values[n]; v != "" {
				return v
			}
		}
		return ""
	}
	n, err := strconv.ParseUint(first(idColumns), 10, 32)
	if e.ID = int(n & 0xffff); err != nil { // InstanceId has the severity in its high bits
		c.malformed(at)
		return
	}
	e.Provider, e.Channel, e.Computer = providerName(first(providerColumns)), first(channelColumns), first(computerColumns)
	e.Pos.Frame = recordNumber(first(recordColumns))
	e.fromMessage(first(messageColumns))
	c.emitIfRead(e, func(e *Event) { dates.add(e, first(timeColumns)) })
}
