package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// javaNet is the client of Java 11 and later, with jdk.httpclient.HttpClient.log.
const javaNet = "Java's java.net.http"

var (
	javaNetRequest = lazyregexp.New(`\bREQUEST: (https?://\S+) ([A-Z]+)$`)
	// javaNetHead is the line before the lines of a head; HTTP/2 has a frame for a request.
	javaNetHead = lazyregexp.New(`\bHEADERS: (REQUEST HEADERS:|HEADERS FRAME \(|RESPONSE HEADERS\b)`)
	// javaNetResponse comes after the header lines of the response.
	javaNetResponse = lazyregexp.New(`\bRESPONSE: \([A-Z]+ (https?://\S+)\) (\d{3}) HTTP_(\d)`)
)

// A javaLog is what was read of such a log.
type javaLog struct {
	conn string   // the server of the current request
	open bool     // it has a first line
	head []string // of the next response
}

// javaNetLine reads a line of such a log.
func (r *reader) javaNetLine(text string) ([]line, bool) {
	j := &r.java
	if strings.Contains(text, "REQUEST: ") {
		if m := javaNetRequest().FindStringSubmatch(text); m != nil {
			r.program, r.mode = javaNet, unmarked
			*j = javaLog{conn: serverOf(m[1]), open: true}
			return []line{{requestLine, j.conn, m[2] + " " + m[1] + " HTTP/1.1"}}, true
		}
	}
	if strings.Contains(text, "HEADERS: ") {
		if m := javaNetHead().FindStringSubmatch(text); m != nil {
			r.program, r.mode = javaNet, inRequest
			if m[1] == "RESPONSE HEADERS" {
				r.mode, j.head = inResponse, nil
			}
			return nil, true
		}
	}
	if r.program == "" {
		return nil, false
	}
	if m := javaNetResponse().FindStringSubmatch(text); m != nil {
		return j.response(m), true
	}
	return j.field(r, strings.TrimSpace(text)), true
}

// response returns the lines of a response.
func (j *javaLog) response(m []string) []line {
	conn := serverOf(m[1])
	lines := []line{{requestLine, conn, ""}, {responseLine, conn, "HTTP/" + m[3] + " " + m[2]}}
	if m[3] == "1" {
		lines[1].text = "HTTP/1.1 " + m[2]
	}
	for _, field := range j.head {
		lines = append(lines, line{responseLine, conn, field})
	}
	*j = javaLog{}
	return append(lines, line{responseLine, conn, ""})
}

// field takes a line of a head.
func (j *javaLog) field(r *reader, text string) []line {
	switch {
	case text == "":
		r.mode = unmarked
	case strings.HasPrefix(text, ":"): // a pseudo-header field
	case r.mode == inResponse && len(j.head) < maxHeaderLines:
		j.head = append(j.head, text)
	case r.mode == inRequest && isRequestLine(text):
		if !j.open { // first lines are not logged by themselves
			j.open = true
			return []line{{requestLine, j.conn, text}}
		}
	case r.mode == inRequest:
		return []line{{requestLine, j.conn, text}}
	}
	return nil
}
