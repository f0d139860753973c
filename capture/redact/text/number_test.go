package text

import (
	"testing"

	"negotrace/capture/redact/pseudonym"
)

// TestErrorNumbers holds that numbers of errors stay, and nothing that only begins as they do.
func TestErrorNumbers(t *testing.T) {
	t.Parallel()
	r := New(pseudonym.New(pseudonym.Options{}))
	for text, want := range map[string]string{
		"0xC000006D 0xc000006d 0x80090308 0x7":   "0xC000006D 0xc000006d 0x80090308 0x7",
		"key 0xc0ffee1234567890abcdef99 denied":  "key xxxxxxxxxxxxxxxxxxxxxxxxxx denied",
		"user 0xc0rpadmin denied":                "user xxxxxxxxxxx denied",
		"user 0x8Canary7 denied":                 "user xxxxxxxxxx denied",
		"user 0xk denied, 0xc0 0xC000006 0x8009": "user xxx denied, xxxx xxxxxxxxx xxxxxx",
		"it is 0xc000006dCanary7":                "it is xxxxxxxxxxxxxxxxx",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
