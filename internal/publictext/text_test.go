package publictext

import (
	"strings"
	"testing"
)

// TestShortcuts holds that texts that are left as they are need no change.
func TestShortcuts(t *testing.T) {
	t.Parallel()
	for text, oneLine := range map[string]bool{
		"a b": true, "": false, " a": false, "a ": false, "a  b": false, "a\tb": false, "a\nb": false, "é": false,
	} {
		if got := isOneLine(text); got != oneLine {
			t.Errorf("%q is one line: %v", text, got)
		}
		if want := strings.Join(strings.Fields(text), " "); isOneLine(text) && text != want {
			t.Errorf("%q is left, not %q", text, want)
		}
	}
	word := strings.Repeat("A1b", 8)
	for text, long := range map[string]bool{
		word: true, word[1:]: false, "a " + word: true, "a " + word[1:] + " b": false, strings.Repeat("a b ", 20) + word: true,
	} {
		if got := hasLongWord(text); got != long || long != longWords().MatchString(text) {
			t.Errorf("%q has a long word: %v", text, got)
		}
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Server not found in Kerberos database":   "Server not found in Kerberos database",
		"SEC_E_TARGET_UNKNOWN (0x80090303)":       "SEC_E_TARGET_UNKNOWN (0x80090303)",
		"for http://alice:pw@web.corp.test/?a=b":  "for http://...@web.corp.test/?...",
		"sent Authorization: Basic YTpi":          "sent Authorization: ...",
		"password=pw, user=alice":                 "password=..., user=alice",
		"got TlRMTVNTUAADAAAAGAAYAEgAAAAYABgAYA=": "got ...",
	} {
		if got := Of(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
