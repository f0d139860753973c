package export

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

// A rawReader reads messages that a file has as they were sent.
type rawReader struct {
	out  *Out
	from *bufio.Reader
}

// request reads a request of a length.
func (m *rawReader) request(at httpstream.Pos, whole int64) (*httpstream.Request, error) {
	first, h, length, err := m.head(at)
	if err != nil {
		return nil, err
	}
	method, rest, _ := strings.Cut(first, " ")
	target, version, ok := cutLast(rest, " ")
	if !ok || !strings.HasPrefix(version, "HTTP/") {
		return nil, errors.New("begins with no request line")
	}
	return &httpstream.Request{Pos: at, Done: at, Method: method, Target: target, Proto: version, Host: h.Value("Host"), Header: h,
		HeadLen: length, BodyLen: max(0, whole-int64(length))}, nil
}

// response reads the response of a length to the request of an exchange.
func (m *rawReader) response(x *httpstream.Exchange, at httpstream.Pos, whole int64) error {
	before := 0
	for {
		first, h, length, err := m.head(at)
		if err != nil {
			return err
		}
		version, rest, _ := strings.Cut(first, " ")
		code, reason, _ := strings.Cut(rest, " ")
		status, err := strconv.Atoi(code)
		if err != nil || status < 100 || status > 999 || !strings.HasPrefix(version, "HTTP/") {
			return errors.New("begins with no status line")
		}
		if status < 200 && status != httpstream.StatusSwitchingProtocols {
			m.out.AddInterim(x, status, at)
			before += length
			continue
		}
		r := &httpstream.Response{Pos: at, Done: at, Proto: version, Status: status, HeadLen: length, BodyLen: max(0, whole-int64(before+length)), Header: h,
			Reason: httpstream.UnusualReason(status, reason)}
		x.Response = r
		if n := x.WantsBody(); n > 0 {
			r.Body, _ = io.ReadAll(io.LimitReader(m.from, int64(n)))
		}
		return nil
	}
}

// head reads the head of a message: its first line, its fields and its length, of a message at a place. A line
// that begins with white space goes on with the field before (RFC 9112 section 5.2).
func (m *rawReader) head(at httpstream.Pos) (first string, h httpstream.Header, length int, err error) {
	for {
		b, err := m.from.ReadSlice('\n')
		length += len(b)
		if err != nil && (err != io.EOF || len(b) == 0) {
			if err == io.EOF && first != "" {
				err = nil // a head without its empty line is the end of what was saved
			}
			return first, h, length, err
		}
		line := string(bytes.TrimRight(b, "\r\n"))
		switch {
		case first == "":
			first = line
			if line == "" {
				return "", nil, length, errors.New("is empty")
			}
		case line == "":
			return first, h, length, nil
		case (line[0] == ' ' || line[0] == '\t') && len(h) > 0:
			h[len(h)-1].Value += " " + strings.TrimSpace(line)
		default:
			name, value, ok := strings.Cut(line, ":")
			if ok && len(h) == maxHeaderLines {
				m.out.Counters.Drop(headerLinesDropped, 1, at)
			} else if ok {
				h = append(h, httpstream.Field{Name: name, Value: strings.TrimSpace(value)})
			}
		}
	}
}
