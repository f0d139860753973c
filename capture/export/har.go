package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"negotrace/httpstream"
	"negotrace/internal/plural"
	"negotrace/internal/utf8text"
)

// IsHAR reports whether a file that begins with head is a HAR, or JSON around one: it has the
// members of a HAR, in any order.
func IsHAR(head []byte) bool {
	j := newJSONReader(bytes.NewReader(head))
	if j.skipPrefix() != nil {
		return false
	}
	if firstMember(head) == "log" {
		return true
	}
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head)))
	for _, all := range [][]string{{`"log"`, `"entries"`}, {`"log"`, `"creator"`}, {`"startedDateTime"`, `"request"`}, {`"request"`, `"response"`, `"headers"`, `"url"`}} {
		has := true
		for _, member := range all {
			has = has && hasMember(text, member)
		}
		if has {
			return true
		}
	}
	return false
}

// hasMember reports whether a JSON text has a member of a quoted name.
func hasMember(text []byte, name string) bool {
	for {
		_, after, found := bytes.Cut(text, []byte(name))
		if !found {
			return false
		}
		if rest := bytes.TrimLeft(after, " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			return true
		}
		text = after
	}
}

// firstMember returns the name of the first member of the JSON object that head
// begins with, if its value is an object too.
func firstMember(head []byte) (name string) {
	j := newJSONReader(bytes.NewReader(head))
	enough := errors.New("seen enough")
	j.object(func(member string) error {
		if c, err := j.peek(); err == nil && c == '{' {
			name = member
		}
		return enough
	})
	return name
}

// A harReader reads one HTTP Archive 1.2, as browsers and debugging proxies write it.
// Pos.Frame is the number of the entry in log.entries, from 1.
type harReader struct {
	*jsonReader
	out       *Out
	entries   int
	seen      bool // there was a list of entries, or an entry
	writer    harWriter
	recorders map[string]*httpstream.Recorder // by browser
	pages     map[string]string               // URLs by the IDs of pages
	omissions harOmissions
	conns     *connections
	buffer    reorderBuffer
}

// ReadHAR reads a HAR of any size, also one inside other JSON. A file that is cut short or broken
// is read as far as possible; the damage is in the Counters. It is an error if no entry could be
// read.
func ReadHAR(r io.Reader, out *Out) error {
	h := &harReader{jsonReader: newJSONReader(r), out: out, conns: newConnections(out), recorders: map[string]*httpstream.Recorder{}, pages: map[string]string{}}
	h.buffer = reorderBuffer{out: out, before: h.conns.assign, after: h.conns.placed}
	err := h.document()
	h.buffer.flush()
	h.conns.end()
	out.Counters.Notes = append(out.Counters.Notes, h.omissions.limitations(h.writer)...)
	switch {
	case err != nil && h.entries == 0:
		return fmt.Errorf("HAR: %s; no entry could be read", h.where(err))
	case err != nil:
		out.Damage("HAR: %s; %s %s read", h.where(err), plural.Count(h.entries, "entry"), plural.Verb(h.entries, "was", "were"))
	case !h.seen:
		return errors.New("JSON without entries of requests and responses is no HTTP Archive")
	}
	return nil
}

// entry reads one element of log.entries.
func (h *harReader) entry() error {
	c, err := h.peek()
	if err != nil {
		return err
	}
	if c != '{' {
		h.out.Counters.Packets++
		h.entries++
		h.out.Counters.Undecodable("entry that is no object", h.here())
		return h.skip()
	}
	e := h.newEntry()
	if err := h.object(e.member); err != nil {
		return err
	}
	h.add(e)
	return nil
}

// here returns the place of the entry at hand.
func (h *harReader) here() httpstream.Pos {
	return httpstream.Pos{Frame: h.entries, Stream: -1, File: h.out.File}
}

// add puts the exchange of an entry into the buffer.
func (h *harReader) add(e *harEntry) {
	h.seen = true
	h.entries++
	h.out.Counters.Packets++
	at := h.here()
	defer h.reportWrong(e)
	if e.local() {
		return
	}
	if e.fromCache() {
		h.out.Counters.Undecodable("answered from the browser's cache", at)
		return
	}
	if !e.requested {
		h.out.Counters.Undecodable("entry without request", at)
		return
	}
	x := e.exchange(at)
	x.Page = h.pages[e.pageID]
	h.out.Counters.Drop(headerLinesDropped, e.leftOut, at)
	h.out.Counters.Drop(longLinesDropped, e.cutLines, at)
	name := e.connection()
	h.omissions.add(x, name != "", e.encrypted())
	x.Conn = h.conns.connection(name)
	e.describe(x.Conn, h.writer.kind == proxyWriter)
	if x.Conn.Recorder == nil {
		x.Conn.Recorder = h.recorder(x.Request.Header.Value("User-Agent"))
	}
	h.buffer.addExchange(x)
}

// reportWrong notes the members of an entry with values of a kind that the format does not have
// there.
func (h *harReader) reportWrong(e *harEntry) {
	switch n := h.wrong - e.wrongBefore; {
	case n == 1:
		h.out.Damage("HAR: entry %d: %s is not of the kind that the format has there", h.entries, h.wrongAt)
	case n > 1:
		h.out.Damage("HAR: entry %d: %s and %d more values are not of the kind that the format has there", h.entries, h.wrongAt, n-1)
	}
}

// recorder returns what is known of the browser that recorded a request.
func (h *harReader) recorder(userAgent string) *httpstream.Recorder {
	r := h.writer.recorder(userAgent)
	if known := h.recorders[r.Program]; known != nil {
		return known
	}
	h.recorders[r.Program] = r // as many as there are browsers
	return r
}
