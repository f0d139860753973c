package transcript

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"

	"negotrace/capture/wrapped"
	"negotrace/internal/lazyregexp"
)

// A kind is the kind of a line.
type kind uint8

const (
	requestLine  kind = iota // of the head of a request; empty at its end
	responseLine             // of the head of a response
	remark                   // of the program: "Connected to web (10.0.0.20) port 80"
	other                    // a body, or an unknown line
)

// A line is one line of a transcript without its marks.
type line struct {
	kind kind
	conn string // names the connection, where the program does
	text string
}

// A reader converts the lines of a transcript into one form.
type reader struct {
	lines    *bufio.Reader
	program  string // that wrote it; empty until a line shows it
	conn     string // to which lines without a mark belong
	quoted   bool   // in a mail
	indent   string // of each line
	started  bool   // a line was read that is not empty
	begun    bool   // an unmarked line was read that is neither empty nor a command
	bytes    bool   // Apache HttpClient's log of bytes is read, not that of header lines
	pool     string // of urllib3: the last one that it connected to
	sent     string // the credentials of its next request, where another module logs them
	answered string // the pool of its last request
	cut      int
	mode     mode
	block    block
	pane     pane
	local    localProxy
	dict     dicts

	head     []string // of httpx: the header lines of the next response
	inFields bool     // of IHttpClientFactory: header lines follow
	netTrace netTrace
	mozilla  mozillaLog
	calls    []callLog
	java     javaLog
}

// A mode says what unmarked lines are, after the line before them.
type mode uint8

const (
	unmarked   mode = iota
	inRequest       // the head of a request
	inResponse      // the head of a response
	inBody
)

// line returns the next line without its end, and without NUL before it, which some programs write. It returns io.EOF
// with the last line.
func (r *reader) line() ([]byte, error) {
	text, err := r.lines.ReadSlice('\n')
	for string(text) == wrapped.Filler || strings.HasPrefix(string(text), wrapped.Container) {
		text, err = r.lines.ReadSlice('\n')
	}
	if err == bufio.ErrBufferFull {
		r.cut++
		text = bytes.Clone(text)
		for err == bufio.ErrBufferFull {
			_, err = r.lines.ReadSlice('\n')
		}
	}
	return bytes.TrimRight(text, "\r\n\x00"), err
}

var (
	// statusAlone is the first line of a response without its request.
	statusAlone = lazyregexp.New(`^HTTP/(?:1\.[01]|[23](?:\.0)?) [1-5]\d\d(?: .*)?$`)
	// commandLine is the command whose output follows, with or without the prompt.
	commandLine = lazyregexp.New(`^\s*(?:[^\s]{0,80}[$#>%] ?)?curl(?:\.exe)? `)
	fieldLine   = lazyregexp.New(`^[A-Za-z][A-Za-z0-9-]*:(?:\s|$)`)
	// glued is the first line of a message after a body without a line end.
	glued = lazyregexp.New(`(?:(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|PROPFIND|CONNECT|RPC_(?:IN|OUT)_DATA) (?:/|\*|https?://)\S* HTTP/1\.[01]|HTTP/1\.[01] [1-5]\d\d [A-Z][A-Za-z -]*)$`)
)

// parse returns the lines for a line of the text: none, one, or those of a dump that ends with it.
func (r *reader) parse(raw []byte) []line {
	text := r.withoutPrefix(string(raw))
	if r.takesBlock(text) {
		return nil
	}
	before := r.flush()
	if lines, ok := r.programLine(text); ok {
		return append(before, lines...)
	}
	return append(before, r.unmarked(text))
}

// unmarked reads a line without a mark: it belongs to the current head, or begins one.
func (r *reader) unmarked(text string) line {
	text = strings.TrimSpace(text)
	defer func() { r.begun = r.begun || text != "" && !commandLine().MatchString(text) }()
	if r.mode == inBody && strings.Contains(text, "HTTP/1.") {
		if at := glued().FindStringIndex(text); at != nil {
			text = text[at[0]:]
		}
	}
	switch {
	case isRequestLine(text) && (r.program == "" || r.mode != unmarked):
		r.mode = inRequest
	case isStatusLine(text) && r.mode != unmarked:
		r.mode = inResponse
	case !r.begun && r.program == "" && statusAlone().MatchString(text):
		r.mode = inResponse
	case text == "" && (r.mode == inRequest || r.mode == inResponse):
		k := map[mode]kind{inRequest: requestLine, inResponse: responseLine}[r.mode]
		r.mode = inBody
		if r.program == curl || r.program == httr {
			r.mode = unmarked
		}
		return line{kind: k, conn: r.conn}
	}
	switch r.mode {
	case inRequest:
		return line{kind: requestLine, conn: r.conn, text: text}
	case inResponse:
		return line{kind: responseLine, conn: r.conn, text: text}
	}
	return line{kind: other, text: text}
}

// isRequestLine reports whether text is the first line of a request.
func isRequestLine(text string) bool {
	if !strings.Contains(text, "HTTP/") {
		return false
	}
	w := strings.Fields(text)
	return len(w) == 3 && strings.HasPrefix(w[2], "HTTP/") && strings.ToUpper(w[0]) == w[0] && w[0] != ""
}

// isStatusLine reports whether text is the first line of a response.
func isStatusLine(text string) bool {
	if !strings.Contains(text, "HTTP/") {
		return false
	}
	w := strings.Fields(text)
	if len(w) < 2 || !strings.HasPrefix(w[0], "HTTP/") || len(w[1]) != 3 {
		return false
	}
	_, err := strconv.Atoi(w[1])
	return err == nil
}
