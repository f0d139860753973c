package pseudonym

import (
	"strings"
	"testing"
)

// TestSearchShortNames holds where names of three letters are found, and where they are by chance.
func TestSearchShortNames(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	n.Text("bob 123 zoe\\al")
	n.Publish("zoe")
	s := NewSearch(n)
	for text, want := range map[string]bool{
		"user=bob;": true, "CORP\\BOB": true, "x\x03bob\x04corp": true, "a@Bob": true, "b\x00o\x00b\x00": true, `{"bob":1}`: true,
		"+bob/": false, "xbobx": false, ".bobsled": false, " 123 ": false, " zoe ": false, " al ": false, "bo b": false,
	} {
		found, err := s.In(strings.NewReader("#" + text + "#"))
		if err != nil || (found != nil) != want {
			t.Errorf("%q: %+v, %v", text, found, err)
		}
	}
}
