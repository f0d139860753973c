package report

import (
	"bufio"
	"encoding/json"
	"io"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// The lines of NDJSON: each is a value with its type before it.
type (
	handshakeLine struct {
		Type string `json:"type"` // "handshake"
		*analysis.Handshake
	}
	provisionalLine struct {
		Type string `json:"type"` // "provisional"
		*analysis.Handshake
	}
	findingLine struct {
		Type string `json:"type"` // "finding", or "provisional_finding"
		*analysis.Finding
	}
	kdcLine struct {
		Type string `json:"type"` // "kdc"
		*analysis.KDCExchange
	}
	summaryLine struct {
		Type string `json:"type"` // "summary"; the last line
		*analysis.Report
	}
)

// streamNDJSON writes each result as one line of JSON as soon as it is final, and at the end the
// report without its lists. Each finding is a line, also if it says the same as another: a reader
// of a stream joins findings by handshake, and cannot wait for the last equal one. Later requests
// on the connection of a handshake are not counted in its line.
func streamNDJSON(w io.Writer, _ Options) *Stream {
	l := newLineWriter(w)
	news := unsaid{}
	return &Stream{
		Sink: analysis.Sink{
			KDC: func(k *analysis.KDCExchange) { l.write(kdcLine{"kdc", k}) },
			Handshake: func(h *analysis.Handshake) {
				delete(news, h.ID)
				l.write(handshakeLine{"handshake", h})
			},
			Finding: func(f *analysis.Finding) { l.write(findingLine{"finding", f}) },
			Provisional: func(h *analysis.Handshake, found []*analysis.Finding) {
				if h != nil {
					l.write(provisionalLine{"provisional", h})
				}
				for _, f := range found {
					if news.add(f) {
						l.write(findingLine{"provisional_finding", f})
					}
				}
			},
			Flush: func() { l.flush() }, // the error stays
		},
		WritesAll: true,
		End: func(r *analysis.Report) error {
			l.write(summaryLine{"summary", r})
			return l.flush()
		},
	}
}

// An unsaid knows which findings were written for handshakes that are not final, by their IDs.
type unsaid map[int]map[saidOf]bool

// A saidOf is the text of a finding, and what it is about.
type saidOf struct {
	check, message string
	severity       analysis.Severity
	evidence       analysis.Evidence
	at             httpstream.Pos
}

// add reports whether a finding was not yet written for its handshake.
func (u unsaid) add(f *analysis.Finding) bool {
	if f.Handshake == 0 {
		return true // each comes once
	}
	said, key := u[f.Handshake], saidOf{f.Check, f.Message, f.Severity, f.Evidence, f.Pos()}
	if said[key] {
		return false
	}
	if said == nil {
		said = map[saidOf]bool{}
		u[f.Handshake] = said
	}
	said[key] = true
	return true
}

// A lineWriter writes values as lines of JSON.
type lineWriter struct {
	out     *bufio.Writer
	encoder *json.Encoder
	err     error // the first one
}

func newLineWriter(w io.Writer) *lineWriter {
	l := &lineWriter{out: bufio.NewWriterSize(w, 64<<10)}
	l.encoder = json.NewEncoder(escaper{l.out})
	l.encoder.SetEscapeHTML(false)
	return l
}

// write writes a value, unless writing has failed before.
func (l *lineWriter) write(v any) {
	if l.err == nil {
		l.err = l.encoder.Encode(v)
	}
}

// flush writes what is buffered.
func (l *lineWriter) flush() error {
	if err := l.out.Flush(); l.err == nil {
		l.err = err
	}
	return l.err
}

// An escaper writes JSON with the characters escaped that steer a terminal.
type escaper struct{ w io.Writer }

func (e escaper) Write(text []byte) (int, error) {
	if _, err := e.w.Write(EscapeJSON(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}
