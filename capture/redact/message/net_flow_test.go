package message

import "testing"

// A template stays; text that looks like its numbers does not.
func TestTemplates(t *testing.T) {
	t.Parallel()
	const one, two = "\x01\x00\x00\x01\x00\x08\x00\x04", "\x01\x01\x00\x02\x01\x73\xff\xff\x80\x0c\x00\x04\x00\x00\x00\x09"
	for _, c := range []struct {
		kind int
		b    string
		want bool
	}{
		{0, one, true}, {2, one, true}, {2, one + two, true}, {2, one + "\x00\x00", true}, {2, two[:12], false}, {0, two, false},
		{1, "\x01\x00\x00\x04\x00\x04\x00\x01\x00\x04\x00\x22\x00\x04", true}, {3, "\x01\x00\x00\x01\x00\x01\x00\x95\x00\x04", true},
		{2, "\x00s\x00e\x00c\x00r\x00e\x00t", false}, {2, one + "\x00s\x00e", false}, {2, one + "s\x00", false}, {0, "\x01\x00\x00\x01s\x00e\x00", false},
	} {
		if got := isTemplate(c.kind, []byte(c.b)); got != c.want {
			t.Errorf("%d %x: %v", c.kind, c.b, got)
		}
	}
}
