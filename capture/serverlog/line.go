// Package serverlog reads the logs of web servers, line by line: W3C extended logs as IIS and
// HTTP.sys write them, the access logs of Apache httpd, nginx, Squid and HAProxy, and the lines about
// authentication in error logs.
package serverlog

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"negotrace/capture/wrapped"
)

// Lines counts the lines of a log by kind.
type Lines struct {
	Read      int // lines that are not empty, with comments
	Malformed int // lines that could not be read
	// FirstMalformed is the number of the first malformed line, from 1; 0 if there is none.
	FirstMalformed int
	Others         int // lines about something else than a request with a status, or authentication
	DefaultColumns int // lines before any #Fields line, read with the default columns
}

func (l *Lines) malformed(number int) {
	if l.Malformed++; l.FirstMalformed == 0 {
		l.FirstMalformed = number
	}
}

// eachLine calls take with each line that is not empty, without its line break, its number from 1, and the name of the
// container that wrote it. take reports whether it could read the line. A line that is too long is malformed.
func eachLine(r io.Reader, take func(line []byte, number int, of string) bool) (lines Lines, err error) {
	of := ""
	b := bufio.NewReaderSize(r, maxLine)
	for number := 1; ; number++ {
		line, err := b.ReadSlice('\n')
		tooLong := err == bufio.ErrBufferFull
		for err == bufio.ErrBufferFull {
			_, err = b.ReadSlice('\n')
		}
		if name, ok := bytes.CutPrefix(line, []byte(wrapped.Container)); ok {
			of, number = limited(bytes.TrimSpace(name)), number-1
			continue
		}
		// Servers reserve room for lines to come, which is filled with zeros.
		line = bytes.Trim(line, "\r\n\x00")
		if number == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		line = unindented(line)
		if len(line) > 0 {
			if lines.Read++; tooLong || !take(line, number, of) {
				lines.malformed(number)
			}
		}
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
	}
}

// unindented returns a line without the blanks before it, which come with what is pasted from a page.
func unindented(line []byte) []byte { return bytes.TrimLeft(line, " \t") }

// beginsWith reports whether the first line with text in a file that begins with head is of a kind, or the
// second: people cut a log by its size, in the middle of a line. What stern announces is an empty line here.
func beginsWith(head []byte, isLine func(line []byte) bool) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	for range 2 {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		if isLine(unindented(bytes.TrimRight(line, "\r"))) {
			return true
		}
		if bytes.IndexByte(line, 0) >= 0 {
			return false
		}
		head = rest
	}
	return false
}

// limited returns the first maxText bytes of a field as a string.
func limited(field []byte) string {
	return strings.ToValidUTF8(string(field[:min(len(field), maxText)]), "\ufffd")
}
