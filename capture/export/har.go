package export

import (
	"bytes"
	"errors"
	"io"

	"negotrace/httpstream"
)

// IsHAR reports whether a file that begins with head is a HAR: a JSON object whose
// first member is "log".
func IsHAR(head []byte) bool { return firstMember(head) == "log" }

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
	seen      bool // there was a log.entries
	exporter  harExporter
	omissions harOmissions
	conns     *connections
	buffer    reorderBuffer
}

// ReadHAR reads a HAR of any size. A file that is cut short or broken is read as far
// as it goes; the damage is in the Counters.
func ReadHAR(r io.Reader, out *Out) error {
	h := &harReader{jsonReader: newJSONReader(r), out: out, conns: newConnections(out)}
	h.buffer = reorderBuffer{out: out, before: h.conns.place, after: h.conns.placed}
	err := h.object(func(name string) error {
		if name == "log" {
			return h.log()
		}
		return h.skip()
	})
	h.buffer.flush()
	h.conns.end()
	out.Counters.Notes = append(out.Counters.Notes, h.omissions.limitations(h.exporter)...)
	if err != nil {
		out.Damage("HAR: %s; %d entries were read", h.where(err), h.entries)
		return nil
	}
	if !h.seen {
		return errors.New("JSON with \"log\" but without \"entries\" is no HTTP Archive")
	}
	return nil
}

func (h *harReader) log() error {
	return h.object(func(name string) error {
		switch name {
		case "creator":
			return h.creator()
		case "entries":
			h.seen = true
			return h.array(h.entry)
		}
		return h.skip()
	})
}

func (h *harReader) creator() error {
	return h.object(func(name string) error {
		value, err := h.string()
		if name == "name" {
			h.exporter = harExporterOf(value)
		}
		return err
	})
}

// entry reads one element of log.entries and adds its exchange to the line.
func (h *harReader) entry() error {
	e := harEntry{jsonReader: h.jsonReader, request: &httpstream.Request{}, response: &httpstream.Response{}}
	wrong := h.wrong
	if err := e.read(); err != nil {
		return err
	}
	h.entries++
	h.out.Counters.Packets++
	at := httpstream.Pos{Frame: h.entries, Stream: -1, File: h.out.File}
	if reason := e.local(); reason != "" {
		h.out.Counters.Undecodable(reason)
		return nil
	}
	if !e.requested {
		h.out.Counters.Undecodable("entry without request")
		return nil
	}
	x := e.exchange(at)
	if n := h.wrong - wrong; n > 0 {
		h.out.Damage("HAR: entry %d has %d values of a kind that the format does not know there", h.entries, n)
	}
	h.out.Counters.Drop(headerLinesDropped, e.leftOut)
	h.out.Counters.Drop(longLinesDropped, e.cutLines)
	name := e.connection()
	h.omissions.add(x, name != "", e.encrypted())
	x.Conn = h.conns.of(name)
	e.describe(x.Conn, h.exporter.everyLeg)
	h.buffer.addExchange(x)
	return nil
}
