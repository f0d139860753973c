package export

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/iotest"
)

// A value is read the same whole and byte by byte, and as encoding/json reads it.
func TestJSONReaderStrings(t *testing.T) {
	for _, want := range []string{
		"", "plain", "quote \" and \\ backslash", "line\nfeed\x00", "\u00e4\u20ac\U0001f600", "a\xffb",
		strings.Repeat("x", maxJSONString), strings.Repeat("\\", maxJSONString/2),
	} {
		b, _ := json.Marshal(want)
		text := " [ " + string(b) + " , 7 ] "
		for name, j := range map[string]*jsonReader{
			"whole":        newJSONReader(strings.NewReader(text)),
			"byte by byte": newJSONReader(iotest.OneByteReader(strings.NewReader(text))),
		} {
			var got []string
			err := j.array(func() error {
				s, err := j.string()
				got = append(got, s)
				return err
			})
			if err != nil || len(got) != 2 || got[0] != strings.ToValidUTF8(want, "\ufffd") || got[1] != "7" {
				t.Errorf("%.20q, %s: %.80q, err %v", want, name, got, err)
			}
		}
	}
}

// A long string is cut before a character or an escape sequence, and what comes after
// it is still read.
func TestJSONReaderCutsStrings(t *testing.T) {
	for _, unit := range []string{"x", `\n`, `\u00e4`, `\ud83d\ude00`, "\u00e4"} {
		text := `["` + strings.Repeat(unit, 2*maxJSONString) + `","next"]`
		j := newJSONReader(strings.NewReader(text))
		var got []string
		err := j.array(func() error {
			s, err := j.string()
			got = append(got, s)
			return err
		})
		if err != nil || len(got) != 2 || got[1] != "next" || len(got[0]) > maxJSONString || len(got[0]) < maxJSONString/8 {
			t.Errorf("%q: %d strings, err %v", unit, len(got), err)
		}
	}
}

func TestJSONReaderErrors(t *testing.T) {
	for _, text := range []string{"", "[", "[1", "[1 2]", "[1,]", "[,1]", `["a]`, "{", `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1 "b":2}`, "[}", strings.Repeat("[", maxJSONDepth+1)} {
		j := newJSONReader(strings.NewReader(text))
		var walk func() error
		walk = func() error {
			c, err := j.peek()
			switch {
			case err != nil:
				return err
			case c == '[':
				return j.array(walk)
			case c == '{':
				return j.object(func(string) error { return walk() })
			}
			return j.skip()
		}
		if err := walk(); err == nil {
			t.Errorf("%.20q: no error", text)
		}
	}
}
