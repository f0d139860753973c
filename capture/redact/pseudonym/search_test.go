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

// TestSearchBehindFillers holds that names are found behind what is passed over, and within it,
// wherever they begin, and that the first is found of each reading.
func TestSearchBehindFillers(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	n.Text("Brunhilde xxxxylophon Äther")
	s := NewSearch(n)
	ascii := New(Options{})
	ascii.Text("Brunhilde")
	for _, s := range []*Search{s, NewSearch(ascii)} {
		for _, filler := range []string{"\x00", "x", "\xa7", "\x00x\xa7 "} {
			for before := range 40 {
				for _, after := range []int{0, 1, 9, searchLen} {
					text := strings.Repeat(filler, before) + "BRUNHILDE" + strings.Repeat(filler, after)
					found, err := s.In(strings.NewReader(text))
					if err != nil || found == nil || found.At != int64(before*len(filler)) {
						t.Fatalf("%d and %d times %q: %+v, %v", before, after, filler, found, err)
					}
				}
			}
		}
	}
	for _, text := range []string{"--xxxxylophon--", "xxxxxxxxxxxxxxx xxxxylophon", "\xa7\xa7\xa7\xa7\xa7\xa7\xa7 äther ", strings.Repeat("\xa7", searchLen-5) + " brunhilde "} {
		if found, err := s.In(strings.NewReader(text)); err != nil || found == nil {
			t.Errorf("%q: %+v, %v", text[len(text)-9:], found, err)
		}
	}
}
