package serverlog

import (
	"bytes"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A column is the meaning of one value of a line.
type column uint8

const (
	ignored column = iota
	date
	clockTime
	clientIP
	clientPort
	serverIP
	serverPort
	method
	stem
	uri // with the query
	host
	userName
	userAgent
	forwardedFor
	status
	subStatus
	win32Status
	timeTaken
	site
	reason
	queue
)

// columns are the names in #Fields, in lower case.
var columns = map[string]column{
	"date": date, "time": clockTime, "date-local": date, "time-local": clockTime, "c-ip": clientIP, "c-port": clientPort, "s-ip": serverIP, "s-port": serverPort,
	"cs-method": method, "cs-uri-stem": stem, "cs-uri": uri, "cs-host": host, "cs(host)": host, "cs-username": userName,
	"cs(user-agent)": userAgent, "x-forwarded-for": forwardedFor, "cs(x-forwarded-for)": forwardedFor,
	"sc-status": status, "sc-substatus": subStatus, "sc-win32-status": win32Status, "time-taken": timeTaken,
	"s-sitename": site, "s-siteid": site, "s-reason": reason, "s-queuename": queue,
}

// IsW3C reports whether a file that begins with head is a W3C extended log with columns that
// are read here.
func IsW3C(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	for line := range bytes.Lines(head) {
		switch line = bytes.TrimRight(unindented(line), "\r\n"); {
		case len(line) == 0:
			continue
		case line[0] != '#':
			return isCutW3C(head)
		}
		if names, ok := directive(line, "Fields"); ok {
			f := newFields(names)
			has := func(c column) bool { return slices.Contains(f.columns, c) }
			return has(clientIP) && (has(status) || has(reason))
		}
	}
	return false
}

// directive returns the value of a line that begins with #NAME:.
func directive(line []byte, name string) ([]byte, bool) {
	before, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(before) == 0 || !strings.EqualFold(string(before[1:]), name) {
		return nil, false
	}
	return bytes.TrimSpace(value), true
}

// fields holds the columns of the lines that follow, and the date for lines without one.
type fields struct {
	columns []column
	day     time.Time     // of #Date
	clock   time.Duration // time of day of the last line without a date
	// namesUsers and namesSubStatus report whether there are columns of these.
	namesUsers, namesSubStatus bool
	buffer                     [][]byte // the values of the current line
	// assumed is set where the log does not name its columns and default ones fit.
	assumed bool
}

func newFields(names []byte) fields {
	var f fields
	for name := range bytes.FieldsSeq(names) {
		if len(f.columns) == maxColumns {
			break
		}
		c := columns[string(bytes.ToLower(name))]
		f.columns = append(f.columns, c)
		f.namesUsers, f.namesSubStatus = f.namesUsers || c == userName, f.namesSubStatus || c == subStatus
	}
	return f
}

// ReadW3C reads a W3C log (w3.org/TR/WD-logfile) and gives each line to take, which may keep
// it. The error is of reading.
func ReadW3C(r io.Reader, take func(*Request)) (Lines, error) {
	columns := map[string]*fields{} // by container: each server names its own
	var named fields                // those that were named last, for a container that names none
	assumed := 0
	lines, err := eachLine(r, func(line []byte, number int, of string) bool {
		f := columns[of]
		if f == nil {
			if len(columns) == maxContainers {
				return false
			}
			f = &fields{}
			*f = named
			columns[of] = f
		}
		if line[0] == '#' {
			f.directive(line)
			named = *f
			return true
		}
		q := &Request{Pos: httpstream.Pos{Frame: number, Stream: -1}, Site: of, NamesUsers: f.namesUsers, NamesSubStatus: f.namesSubStatus}
		if f.columns == nil && !f.readGuessed(line, q) || f.columns != nil && !f.read(line, q) {
			return false
		}
		if f.assumed {
			assumed++
		}
		take(q)
		return true
	})
	lines.DefaultColumns = assumed
	return lines, err
}

// directive reads #Fields and #Date, which hold for the lines that follow. The columns may change
// at any time.
func (f *fields) directive(line []byte) {
	if names, ok := directive(line, "Fields"); ok {
		next := newFields(names)
		f.columns, f.namesUsers, f.namesSubStatus, f.assumed = next.columns, next.namesUsers, next.namesSubStatus, false
	} else if value, ok := directive(line, "Date"); ok {
		f.day, _ = time.Parse(time.DateOnly, string(value[:min(len(value), len(time.DateOnly))]))
		f.clock = 0
	}
}

// read reads a line into q. It reports whether the line has a value for each column, and each
// value can be parsed.
func (f *fields) read(line []byte, q *Request) bool {
	day, clock, ok := f.day, time.Duration(-1), true
	values := f.values(line)
	if len(values) != len(f.columns) || len(values) == 0 {
		return false
	}
	for i, value := range values {
		c := f.columns[i]
		if len(value) == 0 || len(value) == 1 && value[0] == '-' {
			continue
		}
		switch c {
		case date:
			var err error
			day, err = time.Parse(time.DateOnly, string(value))
			ok = ok && err == nil
		case clockTime:
			t, err := time.Parse("15:04:05", string(value)) // with a fraction, if there is one
			clock = t.Sub(t.Truncate(24 * time.Hour))
			ok = ok && err == nil
		default:
			ok = q.set(c, value) && ok
		}
	}
	if !ok {
		return false
	}
	if !slices.Contains(f.columns, date) && clock >= 0 {
		if f.clock-clock > 12*time.Hour { // midnight came between
			f.day = f.day.AddDate(0, 0, 1)
			day = f.day
		}
		f.clock = clock
	}
	if !day.IsZero() && clock >= 0 {
		q.Pos.Time = httpstream.TimeOf(day.Add(clock))
	}
	return true
}

// set sets the field of a column, and reports whether the value could be read.
func (q *Request) set(c column, value []byte) bool {
	switch c {
	case clientIP:
		return setAddr(&q.Client, value)
	case serverIP:
		return setAddr(&q.Server, value)
	case clientPort:
		return setPort(&q.Client, value)
	case serverPort:
		return setPort(&q.Server, value)
	case method:
		q.Method = limited(value)
	case stem:
		q.Path = limited(value)
	case uri:
		value, _, _ = bytes.Cut(value, []byte("?"))
		q.Path = limited(value)
	case host:
		q.Host = limited(value)
	case userName:
		q.User = plusToSpace(value)
	case userAgent:
		q.UserAgent = plusToSpace(value)
	case forwardedFor:
		q.ForwardedFor = plusToSpace(value)
	case site:
		q.Site = limited(value)
	case reason:
		q.Reason = limited(value)
	case queue:
		q.Queue = plusToSpace(value)
	case status:
		return setInt(&q.Status, value)
	case subStatus:
		return setInt(&q.SubStatus, value)
	case win32Status:
		return setWin32Status(&q.Win32Status, value)
	case timeTaken:
		n, err := strconv.ParseUint(string(value), 10, 31)
		q.TimeTaken = time.Duration(n) * time.Millisecond
		return err == nil
	}
	return true
}

// setWin32Status takes a status as IIS writes it, or as the number with a sign that other programs
// make of it when they copy a log.
func setWin32Status(to *tokens.Win32Status, value []byte) (ok bool) {
	if len(value) > 0 && value[0] == '-' {
		n, err := strconv.ParseInt(string(value), 10, 32)
		*to = tokens.Win32Status(uint32(n))
		return err == nil
	}
	n, err := strconv.ParseUint(string(value), 10, 32)
	*to = tokens.Win32Status(n)
	return err == nil
}

// plusToSpace returns a field with its blanks, which a log writes as plus signs.
func plusToSpace(value []byte) string { return strings.ReplaceAll(limited(value), "+", " ") }

func setInt(to *int, value []byte) (ok bool) {
	n, err := strconv.ParseUint(string(value), 10, 16)
	*to = int(n)
	return err == nil
}

func setAddr(to *netip.AddrPort, value []byte) bool {
	addr, err := netip.ParseAddr(string(value))
	*to = netip.AddrPortFrom(addr.WithZone("").Unmap(), to.Port())
	return err == nil
}

func setPort(to *netip.AddrPort, value []byte) bool {
	n, err := strconv.ParseUint(string(value), 10, 16)
	*to = netip.AddrPortFrom(to.Addr(), uint16(n))
	return err == nil
}
