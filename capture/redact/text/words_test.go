package text

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"negotrace/capture/redact/pseudonym"
)

// TestWordsInUTF16 holds that nothing of a name stays in a page in UTF-16, of a script whose letters look like signs and
// digits there, nor of one beside other text.
func TestWordsInUTF16(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}))
	for _, name := range []string{"\u0438\u0432\u0430\u043d\u043f\u0435", "\u4e2d\u562d\u583d\u5a3e\u5c40", "\u03bf\u03bb\u03b4\u0390"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			wide := func(text string) (b []byte) {
				for _, u := range utf16.Encode([]rune(text)) {
					b = order.AppendUint16(b, u)
				}
				return b
			}
			page := wide("\ufeff<html>Access denied for " + name + ", and all others of the group.</html>")
			r.Words(page)
			coded := wide(name)
			for at := 0; at < len(coded); at += 2 {
				if bytes.Contains(page, coded[at:at+2]) {
					t.Errorf("%v: %q of %q is in %q", order, coded[at:at+2], name, page)
				}
			}
			if name[0] >= 0xe0 { // of which nothing shows that it is UTF-16
				continue
			}
			beside := append(append([]byte("<p>Access denied for "), coded...), " here</p>"...)
			r.Words(beside)
			for at := 0; at < len(coded); at += 2 {
				if bytes.Contains(beside, coded[at:at+2]) {
					t.Errorf("%v: %q of %q is in %q", order, coded[at:at+2], name, beside)
				}
			}
		}
	}
	for _, page := range []string{"<p>\x0bAccess denied\x0b - not found</p>", "error\x0c(1)\x0c- failed"} {
		b := []byte(page)
		if r.Words(b); string(b) != page {
			t.Errorf("%q became %q", page, b)
		}
	}
}
