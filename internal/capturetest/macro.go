package capturetest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An expander turns macros into tokens. It remembers what later tokens of the same
// connection repeat.
type expander struct {
	now    time.Time
	target []byte                   // AV pairs of the last CHALLENGE_MESSAGE, without MsvAvEOL
	before [][]byte                 // those of all of them, in order
	cert   []byte                   // DER of the server's certificate
	others func(conn string) []byte // the same as target, of another connection
}

// args are the words of a macro after its name. A word that no builder asks for is an error, so that
// a misspelled one is noticed.
type args struct {
	words []string
	named map[string]string
	x     *expander
	err   error
}

// builder returns what builds the macro of a name, nil if there is none.
func builder(name string) func(*args) []byte {
	return map[string]func(*args) []byte{
		"apreq": (*args).apReq, "aprep": (*args).apRep, "krberror": (*args).krbError,
		"as-req": (*args).asReq, "tgs-req": (*args).tgsReq, "as-rep": (*args).asRep, "tgs-rep": (*args).tgsRep,
		"iakerb": (*args).iakerb, "kpasswd": (*args).kpasswd,
		"krb-error": (*args).bareError, "u2u-tgt-req": (*args).tgtReq,
		"ntlm1": (*args).ntlm1, "ntlm2": (*args).ntlm2, "ntlm3": (*args).ntlm3,
		"spnego-init": (*args).spnegoInit, "spnego-resp": (*args).spnegoResp, "negoex": (*args).negoEx,
		"raw": (*args).raw, "cut": (*args).cut, "fill": (*args).fill, "basic": (*args).basic, "bearer": (*args).bearer,
	}[name]
}

// isText reports whether a macro yields text; all others yield bytes, which a header shows
// in base64.
func isText(name string) bool { return name == "fill" || name == "bearer" }

// text replaces the macros of a line: tokens appear in base64. A brace before a quotation
// mark is one of JSON and stands for itself.
func (x *expander) text(line string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(line, "{")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		if strings.HasPrefix(rest, `"`) {
			out.WriteByte('{')
			line = rest
			continue
		}
		end := closing(rest)
		if end < 0 {
			return "", fmt.Errorf("unclosed macro in %q", line)
		}
		b, name, err := x.macro(rest[:end])
		if err != nil {
			return "", err
		}
		if isText(name) {
			out.Write(b)
		} else {
			out.WriteString(base64.StdEncoding.EncodeToString(b))
		}
		line = rest[end+1:]
	}
}

// closing returns the index of the brace that closes the one before s, -1 if none.
func closing(s string) int {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// macro builds one macro, given without its braces, and returns its name too.
func (x *expander) macro(s string) ([]byte, string, error) {
	words := split(s)
	if len(words) == 0 {
		return nil, "", fmt.Errorf("empty macro")
	}
	build := builder(words[0])
	if build == nil {
		return nil, "", fmt.Errorf("unknown macro %q", words[0])
	}
	a := &args{named: map[string]string{}, x: x}
	for _, w := range words[1:] {
		key, value, named := strings.Cut(w, "=")
		if named && !strings.ContainsAny(key, "{/@") {
			a.named[key] = strings.Trim(value, `"`)
		} else {
			a.words = append(a.words, strings.Trim(w, `"`))
		}
	}
	b := build(a)
	if rest := slices.Sorted(maps.Keys(a.named)); a.err == nil && len(rest)+len(a.words) > 0 {
		a.err = fmt.Errorf("does not know %q %q", rest, a.words)
	}
	if a.err != nil {
		return nil, "", fmt.Errorf("macro %s: %w", words[0], a.err)
	}
	return b, words[0], nil
}

// split cuts s into words; white space within braces or quotes does not count.
func split(s string) []string {
	depth, quoted := 0, false
	return strings.FieldsFunc(s, func(r rune) bool {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		case '"':
			quoted = !quoted
		}
		return depth == 0 && !quoted && (r == ' ' || r == '\t')
	})
}

// word takes the next unnamed word, or returns otherwise.
func (a *args) word(otherwise string) string {
	if len(a.words) == 0 {
		return otherwise
	}
	w := a.words[0]
	a.words = a.words[1:]
	return w
}

// flag takes the unnamed word w and reports whether it was there.
func (a *args) flag(w string) bool {
	i := slices.Index(a.words, w)
	if i >= 0 {
		a.words = slices.Delete(a.words, i, i+1)
	}
	return i >= 0
}

// str takes the argument called name, or returns otherwise.
func (a *args) str(name, otherwise string) string {
	v, ok := a.named[name]
	if !ok {
		return otherwise
	}
	delete(a.named, name)
	return v
}

// opt takes the argument called name and reports whether it was given.
func (a *args) opt(name string) (string, bool) {
	v, ok := a.named[name]
	delete(a.named, name)
	return v, ok
}

// num takes a number in decimal or, with 0x, in hexadecimal.
func (a *args) num(name string, otherwise int64) int64 {
	v, ok := a.opt(name)
	if !ok {
		return otherwise
	}
	return a.number(v)
}

func (a *args) number(v string) int64 {
	n, err := strconv.ParseInt(v, 0, 64)
	if err != nil {
		a.fail("number %q", v)
	}
	return n
}

// timeOf takes a time: RFC 3339, or a duration from now such as +10m; now if absent.
func (a *args) timeOf(name string) time.Time {
	v, ok := a.opt(name)
	if !ok || v == "now" {
		return a.x.now
	}
	if d, err := time.ParseDuration(v); err == nil {
		return a.x.now.Add(d)
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		a.fail("time %q", v)
	}
	return t
}

// bytes takes a nested macro or hexadecimal digits; nil if absent.
func (a *args) bytes(name string) []byte {
	v, ok := a.opt(name)
	if !ok {
		return nil
	}
	return a.value(v)
}

func (a *args) value(v string) []byte {
	if strings.HasPrefix(v, "{") && strings.HasSuffix(v, "}") {
		b, _, err := a.x.macro(v[1 : len(v)-1])
		if err != nil {
			a.fail("%w", err)
		}
		return b
	}
	b, err := hex.DecodeString(v)
	if err != nil {
		a.fail("hexadecimal %q", v)
	}
	return b
}

func (a *args) fail(format string, v ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, v...)
	}
}

// {raw HEX}: these bytes.
func (a *args) raw() []byte { return a.value(a.word("")) }

// {fill N}: N characters of text.
func (a *args) fill() []byte {
	return []byte(strings.Repeat("x", int(min(max(a.number(a.word("0")), 0), 1<<20))))
}

// {basic user:password}
func (a *args) basic() []byte { return []byte(a.word("")) }

// {cut N {macro}}: the first N bytes of a token.
func (a *args) cut() []byte {
	n := int(a.number(a.word("0")))
	b := a.value(a.word(""))
	return b[:min(max(n, 0), len(b))]
}

// {bearer alg=RS256 iss=... sub=... aud=... exp=+1h}: a JSON Web Token with a made-up
// signature.
func (a *args) bearer() []byte {
	header := fmt.Sprintf(`{"alg":%q,"typ":"JWT"}`, a.str("alg", "RS256"))
	claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"aud":%q,"exp":%d}`, a.str("iss", "https://sts.contoso.com/"),
		a.str("sub", "alice"), a.str("aud", "web"), a.timeOf("exp").Unix())
	enc := base64.RawURLEncoding.EncodeToString
	return []byte(enc([]byte(header)) + "." + enc([]byte(claims)) + "." + enc(cipher("jwt", 32)))
}

// Tokens builds what macros say, given without their braces, as on one connection.
func Tokens(macros ...string) ([][]byte, error) {
	x := expander{now: start(), cert: []byte("certificate")}
	var out [][]byte
	for _, m := range macros {
		b, _, err := x.macro(m)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
