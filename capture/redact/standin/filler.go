package standin

import "sync"

// A Filler replaces content that nobody needs to read.
type Filler uint8

// The fillers: noise holds no text, letters are those of filled words.
const (
	Zeros Filler = iota
	Letters
	Noise
	Spaces
)

// Fill writes a filler into b, which lies at a place of its direction: at the same place it is the
// same, also when the bytes are sent again.
func (k Filler) Fill(b []byte, at int64) {
	switch k {
	case Zeros:
		clear(b)
	case Letters:
		for n := min(len(b), copy(b, "xxxxxxxxxxxxxxxx")); n > 0 && n < len(b); n *= 2 {
			copy(b[n:], b[:n])
		}
	case Spaces:
		for i := range b {
			b[i] = ' '
		}
	case Noise:
		for all := noiseBytes(); len(b) > 0; {
			n := copy(b, all[at%noisePeriod:])
			at, b = at+int64(n), b[n:]
		}
	}
}

// noisePeriod is the number of bytes after which noise repeats: it need not be random, but it must
// hold no text.
const noisePeriod = 64 << 10

// noiseBytes are one period of noise: each byte depends on its place alone.
var noiseBytes = sync.OnceValue(func() []byte {
	b := make([]byte, noisePeriod)
	for at := range b {
		b[at] = 0x80 | byte((uint64(at)*0x9e3779b97f4a7c15+0x632be59bd9b4e019)>>40)
	}
	return b
})
