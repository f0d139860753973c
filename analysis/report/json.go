package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"negotrace/analysis"
)

// writeJSON writes the Report itself. Its lists are written item by item: as a whole, a long
// report would take several times its size in memory.
func writeJSON(w io.Writer, r *analysis.Report, _ Options) error {
	frame := *r
	frame.Handshakes, frame.Findings = []*analysis.Handshake{}, []*analysis.Finding{}
	text, err := encode(frame, "")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	text, err = writeList(out, text, "", "handshakes", r.Handshakes, writeHandshake)
	if err == nil {
		text, err = writeList(out, text, "", "findings", r.Findings, writeItem)
	}
	if err != nil {
		return err
	}
	out.Write(text) // its error stays until Flush
	return out.Flush()
}

// writeHandshake writes a handshake with very many legs leg by leg.
func writeHandshake(w *bufio.Writer, indent string, h *analysis.Handshake) error {
	const many = 256
	if len(h.Legs) < many {
		return writeItem(w, indent, h)
	}
	frame := *h
	frame.Legs = []*analysis.Leg{}
	text, err := encode(&frame, indent)
	if err == nil {
		text, err = writeList(w, text, indent, "legs", h.Legs, writeItem)
	}
	w.Write(bytes.TrimSuffix(text, []byte("\n")))
	return err
}

func writeItem[T any](w *bufio.Writer, indent string, item T) error {
	b, err := encode(item, indent)
	w.Write(bytes.TrimSuffix(b, []byte("\n")))
	return err
}

// writeList writes text up to its member of that name, an empty list, and items in its place. The
// lines of text begin with indent. It returns the rest of text. An error of w stays until it is
// flushed.
func writeList[T any](w *bufio.Writer, text []byte, indent, name string, items []T, write func(w *bufio.Writer, indent string, item T) error) ([]byte, error) {
	before, after, found := bytes.Cut(text, []byte("\n"+indent+"  \""+name+"\": []"))
	w.Write(before)
	if !found {
		return nil, fmt.Errorf("report has no member %q", name)
	}
	fmt.Fprintf(w, "\n%s  %q: [", indent, name)
	for i, item := range items {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n    " + indent)
		if err := write(w, indent+"    ", item); err != nil {
			return nil, err
		}
	}
	if len(items) > 0 {
		w.WriteString("\n  " + indent)
	}
	w.WriteByte(']')
	return after, nil
}

// asJSON writes a result as indented JSON.
func asJSON[T any](w io.Writer, result T, _ Options) error {
	b, err := EncodeJSON(result)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// EncodeJSON returns v as JSON as all results are written: indented, with the characters that steer a
// terminal escaped.
func EncodeJSON(v any) ([]byte, error) { return encode(v, "") }

// encode returns v as indented JSON, each line but the first with a prefix. Characters that steer
// a terminal are escaped.
func encode(v any, prefix string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return EscapeJSON(b.Bytes()), nil
}

// EscapeJSON returns JSON with the characters that steer a terminal (control, format and
// bidirectional characters) as \u escapes. They occur only inside strings, where JSON allows
// escapes. Without such characters it returns text itself.
func EscapeJSON(text []byte) []byte {
	if !slices.ContainsFunc(text, func(c byte) bool { return c > '~' }) {
		return text // encoding/json has escaped those below the space
	}
	out := make([]byte, 0, len(text))
	for _, c := range string(text) {
		switch {
		case c == '\n' || visible(c):
			out = utf8.AppendRune(out, c)
		case c > 0xFFFF:
			hi, lo := utf16.EncodeRune(c)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
	}
	return out
}
