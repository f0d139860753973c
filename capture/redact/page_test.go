package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"negotrace/capture/redact/pseudonym"
)

// spellings are texts with a name or an address, as programs write them into pages.
func spellings(name, address string) []string {
	each := func(format string) string {
		var b strings.Builder
		for _, c := range name {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	dotted := func(dot string) string { return strings.ReplaceAll(address, ".", dot) }
	return []string{
		wide("denied for " + name), "\x00" + wide("denied for "+name+" 1 2 3 "+address), strings.ReplaceAll("denied for "+name, "", "\x00\x00\x00"),
		each("&#%03d;"), each("&#x%x;"), each(`\u%04x`), each(`\x%02x`), each("%%%02X"), each(`\%03o`), each("=%02X"), each("&#%06d"), each(`\U%08x`), each(`\u{%x}`), each("%%u%04x"), each("%d "),
		base64.StdEncoding.EncodeToString([]byte(name + name)), hex.EncodeToString([]byte(name)), each("%c "), each("%c<b></b>"),
		address, dotted("%2E"), dotted("&#46;"), dotted(`\u002e`), dotted("&period;"), dotted(" . "), dotted("[.]"), dotted("/"), dotted(`\.`), dotted("<b>.</b>"),
		fmt.Sprint([]byte(name)), each("0x%02x, "),
	}
}

// TestSpellings holds that pages which differ in names alone become the same, however they spell them,
// and wherever a segment ends.
func TestSpellings(t *testing.T) {
	t.Parallel()
	const name, same = "Canary", "Wqbkjf" // codes of as many digits
	for i, a := range spellings(name, "203.0.113.77") {
		b := spellings(same, "198.0.254.86")[i]
		page := func(text string, size int) []byte {
			text = "<p>Access denied for " + text + "</p>"
			return bytes.Join(redacted(t, linkRaw, talked(size, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", fmt.Sprintf("HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s", len(text), text))), nil)
		}
		if len(a) != len(b) {
			continue
		}
		for _, size := range []int{1460, 3} {
			x, y := page(a, size), page(b, size)
			if at := firstDifference(x, y); at < len(x) {
				t.Errorf("%q in segments of %d: %q and %q", a, size, x[max(at-30, 0):min(at+30, len(x))], y[max(at-30, 0):min(at+30, len(y))])
			}
		}
	}
}

// TestWordsStay holds what must stay of a page: what went wrong, and characters that say no name.
func TestWordsStay(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}), nil)
	for text, want := range map[string]string{
		"HTTP Error 401.2 - Unauthorized 0x80070005 0x7": "HTTP Error 401.2 - Unauthorized 0x80070005 0x7",
		"you don't have a right, it's&#39;s &amp;%20.":   "you don't have a right, it's&#39;x &amp;%20.",
		"<h1>denied</h1><b>a user</b> md5 sha256":        "<h1>denied</h1><b>x user</b> md5 sha256",
		`\u0041 \u00fc &#252; &#x20ac; %C3`:              `\u0078 \u02d0 &#720; &#x3007; %00`,
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestLinesStayDifferent holds that lines which would become the same do not, and that equal ones do, as long as they
// are long enough not to be letters of a name.
func TestLinesStayDifferent(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}), nil)
	for _, c := range [][2]string{
		{"cannot find brunhilde there", "cannot find xxxxxxxxx there"},
		{"cannot find kriemhild there", "cannot find xxxxxxxxb there"},
		{"cannot find brunhilde there", "cannot find xxxxxxxxx there"},
		{"find xxxxxxxxx there, kriemhild", "find xxxxxxxxx there, xxxxxxxxx"},
		{"find xxxxxxxxx there, brunhilde", "find xxxxxxxxx there, xxxxxxxxb"},
		{"request 1f2e3d4c-11 failed", "request 00000000-11 failed"},
		{"request 1f2e3d4d-11 failed", "request 00000001-11 failed"},
		{"cannot find amy there\nbrunhilde", "cannot find xxx there\nxxxxxxxxx"},
		{"cannot find bob there\nkriemhild", "cannot find xxx there\nxxxxxxxxx"},
		{"<p>cannot find brunhilde there</p>", "<p>cannot find xxxxxxxxx there</p>"},
	} {
		b := []byte(c[0])
		if r.Words(b); string(b) != c[1] {
			t.Errorf("%q became %q", c[0], b)
		}
	}
}
