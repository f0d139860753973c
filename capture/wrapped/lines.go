// Package wrapped reads the logs and texts of programs out of what containers, syslog and collectors of logs put around
// each of their lines.
package wrapped

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"

	"negotrace/capture/block"
	"negotrace/internal/lazyregexp"
	"negotrace/internal/utf8text"
)

// maxLine is the longest line out of which one of a program is taken. Docker cuts them at 16 KiB.
const maxLine = 256 << 10

// headLen is how much of a file shows what is around its lines.
const headLen = 16 << 10

// A wrapper is what a container or a collector of logs puts around the lines of a program. It returns what is
// inside of a line, and false if there is nothing like that around it.
type wrapper func(line []byte) ([]byte, bool)

var (
	// criLine is a line of a container in Kubernetes: the time, the stream, and F for a full line or P for a part.
	criLine = lazyregexp.New(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) ([FP]) `)
	// syslogLine is that of RFC 3164, also with the time of RFC 3339, as rsyslog and journalctl write it.
	syslogLine = lazyregexp.New(`^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) \S+ [^\s:\[]+(?:\[\d+\])?: `)
	// syslog5424Line is that of RFC 5424 without structured data, or with elements of it.
	syslog5424Line = lazyregexp.New(`^<\d{1,3}>1 \S+ \S+ \S+ \S+ \S+ (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) (?:\x{feff})?`)
	// composeLine is one of docker compose logs, podLine of kubectl logs --prefix, and stampLine of both with their times.
	composeLine = lazyregexp.New(`^(?:\x1b\[[0-9;]*m)?([A-Za-z0-9][\w.-]*) +\| (?:\x1b\[0m)?`)
	podLine     = lazyregexp.New(`^\[([\w./ -]+)\] `)
	stampLine   = lazyregexp.New(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) `)
)

// A line of stern has the names of the pod and of the container before it, in colours at a terminal. A file of it may
// begin with lines that announce pods, which sternNews finds. Without colours it is known by the end of the
// pod's name, as Deployments and the like make it: of letters and digits that make up no words.
var (
	sternColours = lazyregexp.New(`^\x1b\[[0-9;]*m([a-z0-9][a-z0-9.-]*)\x1b\[[0-9;]*m \x1b\[[0-9;]*m([a-z0-9][a-z0-9-]*)\x1b\[[0-9;]*m `)
	sternPod     = lazyregexp.New(`^([a-z0-9][a-z0-9.-]*-[bcdf-hj-np-tvwxz2456789]{5}) ([a-z][a-z0-9-]*) `)
	sternNews    = lazyregexp.New(`^(?:\x1b\[[0-9;]*m)?[+-] (?:\x1b\[[0-9;]*m)*[a-z0-9][a-z0-9.-]*(?:\x1b\[[0-9;]*m)* \x{203a} `)
)

// sternLine takes a line out of what stern puts before it; what it announces is an empty line.
func sternLine(line []byte) ([]byte, bool) {
	if sternNews().Match(line) {
		return []byte("\n"), true
	}
	if m := sternNames(line); m != nil {
		return line[m[1]:], true
	}
	return nil, false
}

// sternNames returns where the names before a line of stern are, nil if there are none.
func sternNames(line []byte) []int {
	if m := sternColours().FindSubmatchIndex(line); m != nil {
		return m
	}
	return sternPod().FindSubmatchIndex(line)
}

// wrappers returns those that are known, in the order in which they are tried.
func wrappers() []wrapper {
	return []wrapper{jsonLine, criLineInside, prefix(syslogLine), prefix(syslog5424Line), prefix(composeLine), prefix(podLine), sternLine, prefix(stampLine)}
}

// prefix returns the wrapper that is something before the line.
func prefix(pattern func() *regexp.Regexp) wrapper {
	return func(line []byte) ([]byte, bool) {
		m := pattern().FindIndex(line)
		if m == nil {
			return nil, false
		}
		return line[m[1]:], true
	}
}

// criLineInside takes a line out of that of a container in Kubernetes.
func criLineInside(line []byte) ([]byte, bool) {
	m := criLine().FindSubmatchIndex(line)
	if m == nil {
		return nil, false
	}
	if line[m[2]] == 'P' {
		line = bytes.TrimRight(line, "\r\n")
	}
	return line[m[1]:], true
}

// jsonLine takes a line out of an object of JSON, as Docker, journald and collectors such as Filebeat write it.
func jsonLine(line []byte) ([]byte, bool) {
	if !bytes.HasPrefix(line, []byte("{")) {
		return nil, false
	}
	var o struct {
		Log     *string // of Docker, with its end unless the line goes on in the next object
		Stream  *string
		Message *string // of collectors; MESSAGE of journald
		Text    *string `json:"textPayload"` // of Google Cloud
	}
	err := json.Unmarshal(line, &o)
	if _, isOther := err.(*json.UnmarshalTypeError); err != nil && !isOther { // journald has bytes that are no text as numbers
		return nil, false
	}
	known := false
	for _, text := range []*string{o.Log, o.Message, o.Text} {
		switch {
		case text == nil:
			continue
		case *text == "": // or no text
		case text == o.Log && o.Stream != nil || strings.HasSuffix(*text, "\n"):
			return []byte(*text), true
		default:
			return []byte(*text + "\n"), true
		}
		known = true
	}
	return []byte("\n"), known
}

// LinesOf returns the lines of a program in the beginning of a file, without what is around them, and false if
// there is nothing known around its first line.
func LinesOf(head []byte) ([]byte, bool) {
	w := wrapperOf(head)
	if w == nil {
		return nil, false
	}
	text, err := io.ReadAll(&lines{from: utf8text.NewReader(bytes.NewReader(head)), inside: w})
	return bytes.TrimLeft(text, "\r\n"), err == nil // empty lines say nothing of what it is
}

// wrapperOf returns what is around the first line of a file that begins with head, nil if nothing is.
func wrapperOf(head []byte) wrapper {
	first, _ := bufio.NewReader(utf8text.NewReader(bytes.NewReader(head))).ReadSlice('\n')
	for _, w := range wrappers() {
		if _, ok := w(first); ok {
			return w
		}
	}
	return nil
}

// Lines takes the lines of a program out of what is around them.
func Lines(b *block.Reader) (io.Reader, error) {
	head, _ := b.Peek(headLen)
	w := wrapperOf(head[:min(len(head), headLen)])
	if w == nil {
		w = func(line []byte) ([]byte, bool) { return line, true }
	}
	return &lines{from: bufio.NewReaderSize(utf8text.NewReader(b), maxLine), inside: w, numbered: true, named: severalContainers(head[:min(len(head), headLen)])}, nil
}

// A lines reader reads what is inside of lines. A line without that around it is left as it is.
type lines struct {
	from   *bufio.Reader
	inside wrapper
	rest   []byte // of the current line
	long   bool   // it goes on beyond maxLine
	// numbered reports whether lines without anything follow one that was put together of several, so that the lines
	// behind it have the numbers that they have in the file; parts counts those before its last.
	numbered bool
	parts    int
	// named reports whether there are lines of several containers. last is the name of the one before, and empty for the
	// first, so that the text begins with its line.
	named       bool
	first, last string
}

// Container begins a line, which is none of the file, that names the container of those behind it, unless it is the first.
const Container = "\x00@"

// containerOf returns the name that Compose, kubectl or stern puts before a line, "" if there is none.
func containerOf(line []byte) string {
	for _, pattern := range []func() *regexp.Regexp{composeLine, podLine} {
		if m := pattern().FindSubmatch(line); m != nil {
			return string(m[1])
		}
	}
	if m := sternNames(line); m != nil {
		return string(line[m[2]:m[3]]) + "/" + string(line[m[4]:m[5]])
	}
	return ""
}

// severalContainers reports whether the beginning of a file has lines of several containers.
func severalContainers(head []byte) bool {
	first := ""
	for line := range bytes.Lines(head) {
		switch name := containerOf(line); {
		case name == "" || name == first:
		case first == "":
			first = name
		default:
			return true
		}
	}
	return false
}

// Filler is a line that is in a text only so that those behind it have their numbers. It ends no head of a message.
const Filler = "\x00\n"

// container returns the name of the container of a line, where there are several.
func (l *lines) container(line []byte) string {
	if !l.named || l.long {
		return l.last
	}
	name := containerOf(line)
	l.first = cmp.Or(l.first, name)
	switch name {
	case l.first:
		return ""
	case "":
		return l.last
	}
	return name
}

func (l *lines) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		if l.parts < 0 {
			l.rest, l.parts = []byte(Filler), l.parts+1
			break
		}
		line, err := l.from.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err
		}
		inside, ok := line, false
		if !l.long {
			inside, ok = l.inside(line)
		}
		if !ok {
			inside = line
		}
		if name := l.container(line); ok && name != l.last {
			inside = slices.Concat([]byte(Container+name+"\n"), inside)
			l.last = name
		}
		l.rest, l.long = inside, err == bufio.ErrBufferFull
		switch isPart := ok && !bytes.HasSuffix(inside, []byte("\n")); {
		case isPart && l.numbered && err == nil:
			l.parts++
		case l.parts > 0 && bytes.HasSuffix(inside, []byte("\n")):
			l.parts = -l.parts
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
