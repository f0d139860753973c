package pseudonym

import (
	"testing"

	"negotrace/tokens/mask"
)

// TestMayReplaceNoise holds that the noise for a value of a token may replace it, and no other text
// may.
func TestMayReplaceNoise(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	const nonce = "dcd98b7102dd2f0e8b11d0f6"
	noise := mask.Letters(nonce, n.Opaque([]byte(nonce)))
	other := mask.Letters(nonce, n.Opaque([]byte("another value of 24 byte")))
	for text, want := range map[string]bool{noise: true, other: false, nonce: true} {
		if got := n.MayReplace(nonce, text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if n.MayReplace("never seen", mask.Letters("never seen", n.Opaque([]byte(nonce))[:10])) {
		t.Error("noise for another value")
	}
	if !n.MayReplace("asked for ("+nonce+")", "asked for ("+noise+")") {
		t.Error("noise within a text")
	}
}

// TestMayReplaceToken holds that noise may replace a token of letters and signs, also where letters of the noise
// are the same by chance.
func TestMayReplaceToken(t *testing.T) {
	t.Parallel()
	const token = "A!b#c$d&e'f*g+h^i`j|k~l"
	same := 0
	for key := range 256 {
		n := New(Options{Key: [32]byte{byte(key)}})
		noise := mask.Letters(token, n.Opaque([]byte(token)))
		if noise[0] == token[0] {
			same++
		}
		for _, around := range []string{"", ".m", "; m", "\u00e9"} {
			if !n.MayReplace(token+around, noise+around) {
				t.Errorf("key %d: %q for %q", key, noise+around, token+around)
			}
		}
	}
	if same == 0 {
		t.Error("no noise begins as the token does")
	}
}

// TestMayReplaceParts holds what may stand for a word of several parts, or for one that is damaged.
func TestMayReplaceParts(t *testing.T) {
	n := New(Options{})
	for _, c := range []struct {
		original, text string
		want           bool
	}{
		{"Activity ID: 1f2e3d4c-0080-abcd", "xxxxxxxx ID: 00000000-0080-0000", true},
		{"Activity ID: 1f2e3d4c-0080-abcd", "xxxxxxxx ID: 1f2e3d4c-0090-0000", false},
		{"web\ufffdserver", "abc\ufffdxxxxxx", true},
		{"web-kriemhild", "xxx-xxxxxxxbc", true},
		{"web-kriemhild", "xxx-xxxxxxbcd", false},
		{"Kriemhildntlmproxy", "xxxxxxxxxntlmxxxxx", true},
		{"Kriemhildntlmproxy", "xxxxxxxxxntlnxxxxx", false},
		{"web\ufffdserver", "abcxxx\ufffdxxx", false},
	} {
		if got := n.MayReplace(c.original, c.text); got != c.want {
			t.Errorf("%q for %q: %v", c.text, c.original, got)
		}
	}
}
