package mask_test

import (
	"bytes"
	"strings"
	"testing"
)

// nested returns elements as the body of another one.
func nested(tag byte, parts ...string) string {
	body := strings.Join(parts, "")
	return string([]byte{tag, byte(len(body))}) + body
}

// TestStructureStays holds that in pre-authentication data that are not decoded the tags and lengths of DER stay, and
// nothing else.
func TestStructureStays(t *testing.T) {
	const x = "\x5e" // stands for a byte that has to be another one
	for what, c := range map[string]struct{ data, want string }{
		"DER": {nested(0x30, nested(0x80, nested(0x30, "\x06\x03\x2a\x86\x48", nested(0x0c, "brunhilde"))), "\x05\x00", nested(0x03, "\x00", nested(0x30, "\x02\x01\x11"))),
			nested(0x30, nested(0x80, nested(0x30, "\x06\x03"+x+x+x, nested(0x0c, strings.Repeat(x, 9)))), "\x05\x00", nested(0x03, "\x00", nested(0x30, "\x02\x01"+x)))},
		"a long length": {"\x30\x81\x0b" + nested(0x04, "brunhilde"), "\x30\x81\x0b\x04\x09" + strings.Repeat(x, 9)},
		"cut":           {"\x30\x06\x0c\x04brun"[:7], strings.Repeat(x, 7)},
		"letters":       {nested(0x30, "b\x00r\x00u\x00n\x00"), nested(0x30, strings.Repeat(x, 8))},
		"text":          {"brunhilde", strings.Repeat(x, 9)},
	} {
		m := []byte(nested(0x6a, nested(0x30, nested(0xa1, "\x02\x01\x05"), nested(0xa2, "\x02\x01\x0a"),
			nested(0xa3, nested(0x30, nested(0x30, nested(0xa1, "\x02\x01\x10"), nested(0xa2, nested(0x04, c.data))))))))
		at := bytes.Index(m, []byte(c.data))
		masked, _ := testNames.KDC(m)
		if !bytes.Equal(masked[:at], m[:at]) {
			t.Fatalf("%s: the message became % x", what, masked)
		}
		for i, got := range masked[at:] {
			if want := c.want[i]; want == x[0] && got == m[at+i] || want != x[0] && got != want {
				t.Errorf("%s: byte %d is %#x: % x", what, i, got, masked[at:])
				break
			}
		}
	}
}

// TestCutTextStays holds that of an error that is cut the beginning of a text stays which would stay as a whole, and no
// other.
func TestCutTextStays(t *testing.T) {
	for text, stays := range map[string]bool{"Need to use PA-ENC-TIMESTAMP/PA-PK-AS-REQ": true, "NEEDED_PREAUTH\x00": true, "NEEDED_PREAUTH by user": false, "Need to ask brunhilde and others": false} {
		m := []byte(nested(0x7e, nested(0x30, nested(0xa0, "\x02\x01\x05"), nested(0xa1, "\x02\x01\x1e"), nested(0xa6, "\x02\x01\x19"), nested(0xab, nested(0x1b, text)))))
		for cut := range 1 + len(text) {
			masked, _ := testNames.KDC(m[:len(m)-cut])
			if got := masked[len(m)-len(text):]; cut < len(text) && (string(got) == text[:len(got)]) != stays {
				t.Errorf("%q without %d bytes became %q", text, cut, got)
			}
		}
	}
}

// TestCutStructureStays holds that of such data that are cut the tags and lengths stay that stay of the whole, and
// nothing else.
func TestCutStructureStays(t *testing.T) {
	data := nested(0x30, nested(0x80, nested(0x30, "\x06\x03\x2a\x86\x48", nested(0x0c, "brunhilde"))), nested(0x03, "\x00", nested(0x30, "\x02\x01\x11")), nested(0x04, "of this court"))
	m := []byte(nested(0x6a, nested(0x30, nested(0xa1, "\x02\x01\x05"), nested(0xa2, "\x02\x01\x0a"),
		nested(0xa3, nested(0x30, nested(0x30, nested(0xa1, "\x02\x01\x10"), nested(0xa2, nested(0x04, data))))))))
	whole, _ := testNames.KDC(m)
	for cut := 1; cut < len(data)-1; cut++ {
		masked, _ := testNames.KDC(m[:len(m)-cut])
		for i := len(m) - len(data); i < len(masked); i++ {
			if stays := masked[i] == m[i]; stays != (whole[i] == m[i]) {
				t.Errorf("without %d bytes: byte %d stays: %v", cut, i, stays)
			}
		}
	}
	for _, text := range []string{"0\x20brunhilde is here and well in Worms", "brunhilde of this court"} {
		m := []byte(nested(0x6a, nested(0x30, nested(0xa1, "\x02\x01\x05"), nested(0xa2, "\x02\x01\x0a"),
			nested(0xa3, nested(0x30, nested(0x30, nested(0xa1, "\x02\x01\x10"), nested(0xa2, nested(0x04, text))))))))
		for cut := 1; cut < len(text); cut++ {
			masked, _ := testNames.KDC(m[:len(m)-cut])
			if at := len(m) - len(text); masked[at] == m[at] {
				t.Errorf("%q without %d bytes became %q", text, cut, masked[at:])
			}
		}
	}
}

// TestCutHintStays holds the same of the hint that is in every offer of a server (MS-SPNG 3.2.5.2).
func TestCutHintStays(t *testing.T) {
	for text, stays := range map[string]bool{"not_defined_in_RFC4178@please_ignore": true, "not_defined_in_RFC4178@brunhilde.tst": false, "not_defined_by_brunhilde": false} {
		m := []byte(nested(0x60, "\x06\x06\x2b\x06\x01\x05\x05\x02", nested(0xa0, nested(0x30, nested(0xa0, nested(0x30, "\x06\x03\x2a\x86\x48")), nested(0xa3, nested(0x30, nested(0xa0, nested(0x1b, text))))))))
		for cut := range 1 + len(text) {
			masked, _ := testNames.Token(m[:len(m)-cut])
			got := string(masked[len(m)-len(text):])
			if isKnown := strings.HasPrefix("not_defined_in_RFC4178@please_ignore", text[:len(got)]) && (stays || cut > 0 && len(text) == 36); got != "" && (got == text[:len(got)]) != isKnown {
				t.Errorf("%q without %d bytes became %q", text, cut, got)
			}
		}
	}
}
