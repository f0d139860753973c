package redact

import (
	"strings"
	"testing"
)

// TestTimestamps holds that a list of signed timestamps stays one, in certificates and in hellos, without what
// identifies a certificate, and that what only looks like one becomes noise.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	id := strings.Repeat(canary, 3)[:32]
	one := lengths(2, "\x00"+id+canary[:8]+lengths(2, "")+"\x04\x03"+lengths(2, canary+canary))
	for name, c := range map[string]struct {
		list string
		is   bool
	}{
		"two":            {lengths(2, one+one), true},
		"too short":      {lengths(2, lengths(2, canary)), false},
		"a wrong length": {lengths(2, one+one[:5]), false},
		"another length": {lengths(1, one), false},
	} {
		for place, message := range map[string]string{
			"a certificate": tlsRecord(11, lengths(3, lengths(3, derElement(0x30, derElement(0x30, derElement(0xa3, derElement(0x30, derElement(0x30, derElement(6, "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"), derElement(4, derElement(4, c.list))))), derElement(2, "\x01")), derElement(0x30, derElement(6, "\x2a\x03")), derElement(3, "\x00\x01"))))),
			"a hello":       tlsRecord(2, "\x03\x03"+strings.Repeat("s", 32)+"\x00"+"\xc0\x2f\x00"+lengths(2, extension(18, c.list))),
		} {
			out := string(redacted(t, linkRaw, talked(1460, message))[0])
			if strings.Contains(out, canary[:4]) {
				t.Errorf("%s in %s: a name is in %q", name, place, out)
			}
			head := strings.Index(message, c.list)
			got := out[44+head : 44+head+len(c.list)]
			if is := areTimestamps(got) && got[:5] == c.list[:5] && got[37:45] == zeroBytes(8); is != c.is {
				t.Errorf("%s in %s became %q", name, place, got)
			}
		}
	}
}

// areTimestamps reports whether a list behind its length consists of timestamps behind theirs.
func areTimestamps(list string) bool {
	number := func() int { return int(list[0])<<8 | int(list[1]) }
	if number() != len(list)-2 {
		return false
	}
	for list = list[2:]; len(list) >= 2; {
		n := number()
		if n < 47 || n > len(list)-2 {
			return false
		}
		list = list[2+n:]
	}
	return list == ""
}
