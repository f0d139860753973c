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

	"negotrace/capture/export"
)

// Names of the columns that say what an event is, in small letters and without what is no
// letter: of PowerShell's Export-Csv, of the Event Viewer, of collectors of logs.
var (
	idColumns       = []string{"id", "eventid", "eventcode"}
	providerColumns = []string{"providername", "source", "sourcename", "provider", "eventsourcename"}
	channelColumns  = []string{"logname", "channel"}
	computerColumns = []string{"machinename", "computer", "computername", "hostname"}
	recordColumns   = []string{"recordid", "recordnumber", "eventrecordid"}
	timeColumns     = []string{"timecreated", "dateandtime", "eventtime", "timegenerated", "systemtime", "timegeneratedutc"}
	messageColumns  = []string{"message"}
)

// plainName is the name of a column as those are written.
func plainName(name string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, name)
}

// IsCSV reports whether a file that begins with head holds events as values with commas
// between them: its heading names an event, a time, and a message or the columns of a logon.
func IsCSV(head []byte) bool {
	text, _ := io.ReadAll(export.Text(bytes.NewReader(head))) // memory does not fail
	names, err := newCSV(bufio.NewReader(bytes.NewReader(text))).heading()
	if err != nil {
		return false
	}
	has := func(columns []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(columns, plainName(n)) })
	}
	return has(idColumns) && has(timeColumns) && (has(messageColumns) || has(providerColumns) || has([]string{"ipaddress"}))
}

// A csvReader reads the records of a text.
type csvReader struct {
	from *bufio.Reader
	*csv.Reader
	m *meter
}

func newCSV(from io.Reader) *csvReader {
	m := &meter{r: from}
	m.reset()
	return &csvReader{from: bufio.NewReader(m), m: m}
}

// heading returns the names of the columns. What stands between values is what stands between
// them.
func (c *csvReader) heading() ([]string, error) {
	const most = 4 << 10
	line, err := c.from.Peek(1)
	if err == nil && line[0] == '#' { // #TYPE System.Diagnostics.Eventing.Reader.EventLogRecord
		if _, err := c.from.ReadSlice('\n'); err != nil {
			return nil, err
		}
	}
	line, _ = c.from.Peek(min(most, c.from.Size()))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	c.Reader = csv.NewReader(c.from)
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

// ReadCSV reads events as Export-Csv of PowerShell, the Event Viewer and collectors of logs
// write them. It gives the events that are known to take, which may keep them. Where all there
// is of the values of an event is its message, that is read, in English. The error is of
// reading; what came before was given.
func ReadCSV(r io.Reader, take func(*Event)) (c Counts, err error) {
	from := newCSV(export.Text(r))
	names, err := from.heading()
	if err == io.EOF {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	dates := dates{take: take}
	defer func() { c.Ambiguous = dates.end() }()
	for {
		from.m.reset()
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

// row takes the values of an event, which begin at an offset of the text.
func (c *Counts) row(names, values []string, at int64, dates *dates) {
	c.Records++
	e := newEvent()
	id, moment, message := "", "", ""
	for i, value := range values[:min(len(values), maxFields)] {
		value = strings.ToValidUTF8(value, "\ufffd")
		name := ""
		if i < len(names) {
			name = names[i]
		}
		switch plain := plainName(name); {
		case slices.Contains(idColumns, plain):
			id = value
		case slices.Contains(providerColumns, plain):
			e.Provider = providerOf(value)
		case slices.Contains(channelColumns, plain):
			e.Channel = value
		case slices.Contains(computerColumns, plain):
			e.Computer = value
		case slices.Contains(recordColumns, plain):
			e.Pos.Frame = recordNumber(value)
		case slices.Contains(timeColumns, plain):
			moment = value
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
	}
	c.known(e, func(e *Event) { dates.add(e, moment) })
}

// providerOf is the name of a provider for the one by which the Event Viewer shows it.
func providerOf(source string) string {
	switch source {
	case "Microsoft Windows security auditing.":
		return fromSecurity
	case "NTLM":
		return fromNTLM
	case "Security-Kerberos":
		return fromKerberos
	case "Kerberos-Key-Distribution-Center":
		return fromKDC
	}
	return source
}
