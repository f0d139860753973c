package der

import (
	"bytes"
	"testing"
)

func TestReadHead(t *testing.T) {
	for _, c := range []struct {
		bytes    string
		want     Head
		shortest bool
	}{
		{"\x02\x01\x05", Head{Integer, 2, 1}, true},
		{"\x30\x7f", Head{Sequence, 2, 127}, true},
		{"\x30\x81\x80", Head{Sequence, 3, 128}, true},
		{"\x30\x81\x7f", Head{Sequence, 3, 127}, false},
		{"\x30\x82\x01\x00", Head{Sequence, 4, 256}, true},
		{"\x30\x82\x00\xff", Head{Sequence, 4, 255}, false},
		{"\x30\x84\x00\x00\x00\x05", Head{Sequence, 6, 5}, false},
		{"\x30\x84\xff\xff\xff\xff", Head{Sequence, 6, 1<<31 - 1}, true},
	} {
		got, err := ReadHead([]byte(c.bytes))
		if err != nil || got != c.want || got.IsShortest() != c.shortest {
			t.Errorf("%x: %+v, shortest %v, %v", c.bytes, got, got.IsShortest(), err)
		}
		for n := range len(c.bytes) {
			_, err := ReadHead([]byte(c.bytes[:n]))
			if n < c.want.Size && !EndsTooSoon(err) {
				t.Errorf("%x, cut to %d bytes: %v", c.bytes, n, err)
			}
		}
	}
	for bytes, want := range map[string]string{
		"\x3f\x81\x01\x00":                 "tag 0x3f of more than one byte",
		"\x30\x80\x00\x00":                 "length in 0 bytes",
		"\x30\x85\x00\x00\x00\x00\x01\x00": "length in 5 bytes",
	} {
		if h, err := ReadHead([]byte(bytes)); err == nil || err.Error() != want || EndsTooSoon(err) || h != (Head{}) {
			t.Errorf("%x: %+v, %v", bytes, h, err)
		}
	}
}

func TestElement(t *testing.T) {
	tag, value, rest, ok := Element([]byte("\x04\x02abcd"))
	if tag != OctetString || string(value) != "ab" || string(rest) != "cd" || !ok {
		t.Errorf("%#x %q %q %v", tag, value, rest, ok)
	}
	if _, _, _, ok := Element([]byte("\x04\x03ab")); ok {
		t.Error("an element whose end is missing is there")
	}
}

func FuzzElement(f *testing.F) {
	f.Add([]byte("\x30\x84\x00\x00\x00\x01a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, value, rest, ok := Element(b)
		if ok && !bytes.HasSuffix(b, append(bytes.Clone(value), rest...)) {
			t.Errorf("%x: %x and %x", b, value, rest)
		}
	})
}
