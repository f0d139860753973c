package eventlog

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"negotrace/internal/utf8text"
)

// Keys of the columns that describe an event, as columnKey makes them: of PowerShell's
// Export-Csv, of the Event Viewer, of log collectors.
var (
	idColumns       = []string{"id", "eventid", "eventcode"}
	providerColumns = []string{"providername", "source", "sourcename", "provider", "eventsourcename"}
	channelColumns  = []string{"logname", "channel"}
	computerColumns = []string{"machinename", "computer", "computername", "hostname"}
	recordColumns   = []string{"recordid", "recordnumber", "eventrecordid"}
	timeColumns     = []string{"timecreated", "dateandtime", "eventtime", "timegenerated", "systemtime", "timegeneratedutc"}
	messageColumns  = []string{"message"}
)

// columnKey returns the name of a column in lower case, with letters only.
func columnKey(name string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, name)
}

// IsCSV reports whether a file that begins with head holds events as comma-separated values: its
// header has columns of an event ID, a time, and a message or the values of a logon.
func IsCSV(head []byte) bool {
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head))) // memory does not fail
	names, err := newCSV(bufio.NewReader(bytes.NewReader(text))).heading()
	if err != nil {
		return false
	}
	has := func(columns []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(columns, columnKey(n)) })
	}
	return has(idColumns) && has(timeColumns) && (has(messageColumns) || has(providerColumns) || has([]string{"ipaddress"}))
}

// A csvReader reads the records of a text.
type csvReader struct {
	buffer *bufio.Reader
	*csv.Reader
	meter *elementLimit
}

func newCSV(from io.Reader) *csvReader {
	m := &elementLimit{r: from}
	m.reset()
	return &csvReader{buffer: bufio.NewReader(m), meter: m}
}

// heading returns the names of the columns. The separator of the values is that of the names.
func (c *csvReader) heading() ([]string, error) {
	const most = 4 << 10
	line, err := c.buffer.Peek(1)
	if err == nil && line[0] == '#' { // #TYPE System.Diagnostics.Eventing.Reader.EventLogRecord
		if _, err := c.buffer.ReadSlice('\n'); err != nil {
			return nil, err
		}
	}
	line, _ = c.buffer.Peek(min(most, c.buffer.Size()))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	c.Reader = csv.NewReader(c.buffer)
	c.LazyQuotes, c.FieldsPerRecord = true, -1
	for _, comma := range ";\t" {
		if bytes.Count(line, []byte(string(comma))) > bytes.Count(line, []byte(",")) {
			c.Comma = comma
		}
	}
	names, err := c.Read()
	if len(names) > maxFields {
		return nil, errors.New("more columns than events have")
	}
	return names, err
}

// ReadCSV reads events as Export-Csv of PowerShell, the Event Viewer and log collectors write
// them. It gives the events of the kinds in Event to take, which may keep them. Where an event
// has no values but its message, they are read from the English message. The error is of
// reading; earlier events were given to take.
func ReadCSV(r io.Reader, take func(*Event)) (c Counts, err error) {
	from := newCSV(utf8text.NewReader(r))
	names, err := from.heading()
	if err == io.EOF {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	dates := dateReader{take: take}
	defer func() { c.Ambiguous = dates.end() }()
	for {
		from.meter.reset()
		at := from.InputOffset()
		values, err := from.Read()
		if err == io.EOF {
			return c, nil
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			return c, err
		}
		c.row(names, values, at, &dates)
	}
}

// row reads the values of an event, which begin at offset at of the text.
func (c *Counts) row(names, values []string, at int64, dates *dateReader) {
	c.Records++
	e := newEvent()
	id, timeText, message := "", "", ""
	for i, value := range values[:min(len(values), maxFields)] {
		value = strings.ToValidUTF8(value, "\ufffd")
		name := ""
		if i < len(names) {
			name = names[i]
		}
		switch plain := columnKey(name); {
		case slices.Contains(idColumns, plain):
			id = value
		case slices.Contains(providerColumns, plain):
			e.Provider = providerName(value)
		case slices.Contains(channelColumns, plain):
			e.Channel = value
		case slices.Contains(computerColumns, plain):
			e.Computer = value
		case slices.Contains(recordColumns, plain):
			e.Pos.Frame = recordNumber(value)
		case slices.Contains(timeColumns, plain):
			timeText = value
		case slices.Contains(messageColumns, plain), i == len(names): // the Event Viewer has no name for it
			message = value
		default:
			e.fields = append(e.fields, field{name, value[:min(len(value), maxText)]})
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(id), 10, 32)
	if e.ID = int(n); err != nil {
		c.malformed(at)
		return
	}
	if e.text("IpAddress", "TargetUserName", "ServiceName", "Status", "TargetName") == "" {
		e.fields = nil
		e.fromMessage(message[:min(len(message), maxEventText)])
	} else if e.Provider == "" && e.Channel == "" && valueNames[e.ID] != nil { // as from Microsoft Sentinel
		e.Provider = providerSecurity
	}
	c.emitIfRead(e, func(e *Event) { dates.add(e, timeText) })
}

// providerName returns the name of a provider for the source that the Event Viewer shows.
func providerName(source string) string {
	switch source {
	case "Microsoft Windows security auditing.":
		return providerSecurity
	case "NTLM":
		return providerNTLM
	case "Security-Kerberos":
		return providerKerberos
	case "Kerberos-Key-Distribution-Center":
		return providerKDC
	}
	return source
}
