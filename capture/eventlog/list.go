package eventlog

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"negotrace/capture/export"
)

// Events as lists of names and values: what Format-List of PowerShell makes of Get-WinEvent and of
// Get-EventLog, and what `wevtutil qe /f:text` prints.

// A listed event is one as far as its lines have come.
type listed struct {
	values map[string]string // by the plain names of columns; a message has several lines
	name   string            // of the value whose lines go on
	indent int               // of these lines, in Format-List; 0 where a heading begins the event
	size   int
}

// listNames are what a list calls the message of an event, and its time and number.
var listNames = map[string]string{
	"description": "message", "date": "timecreated", "timewritten": "", "instanceid": "id", "index": "recordid",
}

// IsList reports whether a file that begins with head holds events as lists: its first lines that are
// not empty begin one, and name who logged it, its number and its time.
func IsList(head []byte) bool {
	text, _ := io.ReadAll(export.Text(bytes.NewReader(head))) // memory does not fail
	number, provider, moment, began := false, false, false, false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), " \t\r\n")
		if isHeading(line) {
			began = true
		}
		if line == "" || isHeading(line) {
			continue
		}
		name, _, _, ok := listValue(line)
		if !ok && !began {
			return false
		}
		began = true
		number = number || name == "id" || name == "eventid"
		provider = provider || name == "providername" || name == "source"
		moment = moment || slices.Contains(timeColumns, name)
	}
	return number && provider && moment
}

// isHeading reports whether a line begins an event of wevtutil: "Event[0]:".
func isHeading(line string) bool {
	rest, ok := strings.CutPrefix(line, "Event[")
	number, rest, closed := strings.Cut(rest, "]")
	_, err := strconv.ParseUint(number, 10, 32)
	return ok && closed && err == nil && (rest == "" || rest == ":")
}

// listValue reads a line "Name : value" of Format-List, or "  Name: value" of wevtutil. indent is
// where the lines that go on with it begin, 0 for wevtutil.
func listValue(line string) (name, value string, indent int, ok bool) {
	before, value, ok := strings.Cut(line, ":")
	if !ok || before == "" {
		return "", "", 0, false
	}
	label := strings.TrimSpace(before)
	name = plainName(label)
	if other, known := listNames[name]; known {
		name = other
	}
	switch {
	case before[0] != ' ' && strings.HasSuffix(before, " ") || before[0] != ' ' && !strings.ContainsAny(label, " \t"):
		indent = len(before) + 2
	case strings.HasPrefix(before, "  ") && len(before) > 2 && before[2] != ' ' && before[2] != '\t':
	default:
		return "", "", 0, false
	}
	return name, strings.TrimSpace(value), indent, true
}

// ReadList reads events as lists. It gives the events that are known to take, which may keep them.
// Their values are read out of the message, in English. The error is of reading.
func ReadList(r io.Reader, take func(*Event)) (c Counts, err error) {
	b := bufio.NewReaderSize(export.Text(r), maxListLine)
	dates := dates{take: take}
	defer func() { c.Ambiguous = dates.end() }()
	var e *listed
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
			e = &listed{values: map[string]string{}}
		case e == nil && strings.TrimSpace(line) == "":
		default:
			if e == nil || e.ends(line) {
				finish()
				e = &listed{values: map[string]string{}}
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

// ends reports whether a line of Format-List begins another event: it has a name that this one has.
func (e *listed) ends(line string) bool {
	name, _, indent, ok := listValue(line)
	return ok && e.indent > 0 && indent == e.indent && has(e.values, name)
}

func has(values map[string]string, name string) bool {
	_, ok := values[name]
	return ok
}

// line takes a line of the event.
func (e *listed) line(line string) {
	name, value, indent, ok := listValue(line)
	switch {
	case ok && e.indent == 0 && len(e.values) == 0:
		e.indent = indent
	case e.indent > 0 && ok && indent == e.indent:
	case e.indent > 0 && strings.HasPrefix(line, strings.Repeat(" ", e.indent)):
		e.more(line[e.indent:])
		return
	case e.indent > 0 || e.name == "message" || !ok: // wevtutil prints the message last
		e.more(line)
		return
	}
	e.name = name
	if name != "" && !has(e.values, name) && len(e.values) < maxFields {
		e.values[name] = value[:min(len(value), maxText)]
	}
}

// more goes on with a value.
func (e *listed) more(line string) {
	if e.name == "" || e.size+len(line) > maxEventText {
		return
	}
	e.size += len(line) + 1
	if e.name == "message" {
		e.values[e.name] += "\n" + tabbed(line)
		return
	}
	e.values[e.name] += strings.TrimSpace(line) // as wide as the console was
}

// tabbed is a line of a message as it is in the event: Get-EventLog prints blanks for the tabs in front
// of a label.
func tabbed(line string) string {
	if rest := strings.TrimLeft(line, " "); len(line)-len(rest) >= 4 {
		return "\t" + rest
	}
	return line
}

// listed takes an event whose last line is there.
func (c *Counts) listed(l *listed, at int64, dates *dates) {
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
	e.Provider, e.Channel, e.Computer = providerOf(first(providerColumns)), first(channelColumns), first(computerColumns)
	e.Pos.Frame = recordNumber(first(recordColumns))
	e.fromMessage(first(messageColumns))
	c.known(e, func(e *Event) { dates.add(e, first(timeColumns)) })
}
