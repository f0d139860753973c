package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"negotrace/tokens"
)

// A Token is a header line, or a token by itself, as decode shows it.
type Token struct {
	Header string `json:"header,omitempty"` // name of the header, if the input had one
	tokens.Auth
}

// Label names the header and the scheme of x: "WWW-Authenticate: NTLM", "" for a token
// by itself.
func (x *Token) Label() string {
	switch {
	case x.Header != "" && x.Scheme != "":
		return x.Header + ": " + x.Scheme
	case x.Header != "":
		return x.Header
	}
	return x.Scheme
}

// writeTokens writes tokens as trees.
func writeTokens(w io.Writer, all []Token, opts Options) error {
	var b bytes.Buffer
	for i := range all {
		all[i].writeTree(tokenTree{w: &b, offsets: opts.Offsets})
	}
	_, err := w.Write(b.Bytes())
	return err
}

// writeTree writes the fields of x, indented.
func (x *Token) writeTree(out tokenTree) {
	depth := 0
	if x.Header != "" || x.Scheme != "" {
		out.line(0, x.head())
		depth = 1
	}
	if x.Bearer == nil && len(x.Auth.Fields) == 0 {
		for _, p := range x.Params {
			out.line(depth, tokens.Field{Name: p.Name, Value: p.Value, Offset: -1})
		}
	}
	out.fields(depth, x.Auth.Fields)
	if t := x.Token; t != nil {
		out.line(depth, tokens.Field{Name: "token", Value: strings.TrimSuffix(fmt.Sprintf("%d bytes, %s", t.Len, t), ", "), Len: t.Len})
		out.fields(depth+1, t.Fields)
		for _, o := range t.Oddities {
			kind := "unusual"
			if o.Wrong {
				kind = "wrong"
			}
			out.line(depth, tokens.Field{Name: kind, Value: o.Text, Offset: o.Offset})
		}
	}
	if x.Problem != "" {
		out.line(depth, tokens.Field{Name: "problem", Value: x.Problem, Offset: -1})
	}
}

// head returns the line of the header: its name, the scheme, and what there is of a token.
func (x *Token) head() tokens.Field {
	value := x.Scheme
	switch {
	case x.Stripped:
		value += ", taken out before the file was exported"
	case x.Len > 0:
		value += fmt.Sprintf(", %d characters", x.Len)
	}
	name := x.Header
	if name == "" {
		name = "scheme"
	}
	return tokens.Field{Name: name, Value: strings.TrimPrefix(value, ", "), Offset: -1}
}

// A tokenTree writes indented lines.
type tokenTree struct {
	w       io.Writer
	offsets bool
	indent  int // columns in front of every line
}

func (t tokenTree) fields(depth int, fields []tokens.Field) {
	for _, f := range fields {
		t.line(depth, f)
		t.fields(depth+1, f.Fields)
	}
}

// line writes one field. Offsets stand in columns of their own in front of the tree.
func (t tokenTree) line(depth int, f tokens.Field) {
	fmt.Fprintf(t.w, "%*s", t.indent, "")
	if t.offsets {
		if f.Offset < 0 {
			fmt.Fprintf(t.w, "%12s", "")
		} else {
			fmt.Fprintf(t.w, "%5d %5d ", f.Offset, f.Len)
		}
	}
	fmt.Fprintf(t.w, "%*s%s", 2*depth, "", Printable(f.Name))
	if f.Value != "" {
		fmt.Fprintf(t.w, ": %s", Printable(f.Value))
	}
	fmt.Fprintln(t.w)
}
