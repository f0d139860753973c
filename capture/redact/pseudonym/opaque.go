package pseudonym

import (
	"crypto/sha256"
	"math/rand/v2"
)

// Opaque returns noise in the place of a value without structure: a ciphertext, a nonce, a
// signature. It is as long, and the same for the same value. Its bytes are no ASCII, so that
// no text is in it.
func (n *Names) Opaque(value []byte) []byte {
	noise := n.noiseSource(value)
	b := make([]byte, len(value))
	for i := range b {
		b[i] = 0x80 | byte(noise.Uint64()>>56)
	}
	return b
}

// OpaqueText returns noise in the place of a value in letters and digits: a cookie, a bearer
// token, a body part. Letters become letters, digits digits, hexadecimal digits hexadecimal
// digits; all else stays, so that it is of the same grammar. What is no ASCII becomes "x".
func (n *Names) OpaqueText(value string) string {
	noise := n.noiseSource([]byte(value))
	b := []byte(value)
	for i, c := range b {
		r := noise.Uint64()
		switch lower := c | 0x20; {
		case '0' <= c && c <= '9':
			b[i] = byte('0' + r%10)
		case 'a' <= lower && lower <= 'f':
			b[i] = "bcdf"[r%4] - 0x20 + c&0x20
		case 'g' <= lower && lower <= 'z':
			b[i] = consonants[r%uint64(len(consonants))] - 0x20 + c&0x20
		case c >= 0x80:
			b[i] = 'x'
		}
	}
	return string(b)
}

// noiseSource returns the random source for the noise of a value. It depends only on the number of
// values before it.
func (n *Names) noiseSource(value []byte) *rand.PCG {
	sum := sha256.Sum256(value)
	key := [16]byte(sum[:16])
	number, ok := n.opaque[key]
	if !ok {
		if len(n.opaque) == maxOpaque {
			n.Full++
		} else {
			number = uint64(len(n.opaque)) + 1
			n.opaque[key] = number
		}
	}
	return rand.NewPCG(number, n.salt)
}
