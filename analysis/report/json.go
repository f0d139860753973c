package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"

	"negotrace/analysis"
)

// writeJSON writes the Report itself.
func writeJSON(w io.Writer, r *analysis.Report, _ Options) error { return JSON(w, r) }

// JSON writes v as indented JSON. What would steer a terminal (control, format and
// bidirectional characters) is written as \u escapes, which JSON allows in the only
// place such characters can be: inside strings.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	out := make([]byte, 0, b.Len())
	for _, c := range b.String() {
		switch {
		case c == '\n' || unicode.IsPrint(c):
			out = append(out, string(c)...)
		case c > 0xFFFF:
			hi, lo := utf16.EncodeRune(c)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
	}
	_, err := w.Write(out)
	return err
}
