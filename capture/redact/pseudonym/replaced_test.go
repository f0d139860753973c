package pseudonym

import (
	"strings"
	"testing"
	"unicode/utf8"

	"negotrace/capture/redact/search"
)

// TestReplacedAreWords holds that what is looked for is one word each, as a Search demands.
func TestReplacedAreWords(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	n.URL("/My%20Brunhilde/a.b%2Fc%3D?q=%252Fx&y=z+z&%zz")
	n.Text("CORP\\Brunhilde the Great (J\xfcrgen), \"M\u00fcller\"@corp.test\x00\x03x")
	n.Host("[fe80::1]:80")
	n.KnownOrNoise("brunhilde, valkyrie")
	n.OpaqueText("a1B2c3 D4e5F6+g7H8/i9")
	count := 0
	for name := range n.Replaced().Names {
		count++
		if strings.ContainsFunc(name.Text, func(c rune) bool { return c < utf8.RuneSelf && !search.IsWordByte(byte(c)) }) {
			t.Errorf("%q", name.Text)
		}
	}
	if count < 12 {
		t.Errorf("%d names", count)
	}
}

// TestPartOfPublicWord holds that a name which is a part of a word that stays may be in plain text,
// and others may not.
func TestPartOfPublicWord(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	n.URL("/hub/author/brunhilde/una")
	n.Publish("401 Unauthorized")
	public := map[string]bool{}
	for name := range n.Replaced().Names {
		public[name.Text] = name.Public
	}
	if !public["author"] || public["brunhilde"] || public["una"] || public["hub"] {
		t.Errorf("%v", public)
	}
}
