package report

import (
	"bufio"
	"encoding/json"
	"io"

	"negotrace/analysis"
)

// The lines of NDJSON: each is what it is about, with its type before it.
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
		Type string `json:"type"` // "finding"
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

// streamNDJSON writes each result as one line of JSON as soon as it is final, and at the
// end the report without its lists. Findings are lines as often as they were made: who
// reads a stream joins them by handshake, and cannot wait for the last of those that say
// the same. What comes later on the connection of a handshake is not counted in its line.
func streamNDJSON(w io.Writer, _ Options) *Stream {
	l := newLineWriter(w)
	return &Stream{
		Sink: analysis.Sink{
			KDC:       func(k *analysis.KDCExchange) { l.write(kdcLine{"kdc", k}) },
			Handshake: func(h *analysis.Handshake) { l.write(handshakeLine{"handshake", h}) },
			Finding:   func(f *analysis.Finding) { l.write(findingLine{"finding", f}) },
			Provisional: func(h *analysis.Handshake, _ []*analysis.Finding) {
				l.write(provisionalLine{"provisional", h})
			},
			Flush: func() { l.flush() }, // the error stays
		},
		Unlisted: true,
		End: func(r *analysis.Report) error {
			l.write(summaryLine{"summary", r})
			return l.flush()
		},
	}
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
