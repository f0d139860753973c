package pseudonym

import (
	"crypto/sha256"
	"math/rand/v2"
	"strings"

	"negotrace/capture/redact/search"
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
// token, a body part. Letters and digits become letters, numbers numbers, and a value in
// hexadecimal stays one; all else stays, so that it is of the same grammar. What is no ASCII
// becomes "x". Which of its letters are digits, and in base64 which are capitals or signs, would
// confirm guesses of a name or a password.
func (n *Names) OpaqueText(value string) string {
	noise := n.noiseSource([]byte(value))
	b := []byte(value)
	hex := isHex(value)
	if !hex && isBase64(value) {
		letterNoise(b[:len(strings.TrimRight(value, "="))], noise)
		return string(b)
	}
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && isAlphanumeric(b[end]) {
			end++
		}
		switch run := b[at:end]; {
		case end == at:
			if b[at] >= 0x80 {
				b[at] = 'x'
			}
			end++
		case search.IsNumber(string(run)):
			for i := range run {
				run[i] = byte('0' + noise.Uint64()%10)
			}
		case hex:
			hexNoise(run, noise)
		default:
			letterNoise(run, noise)
		}
		at = end
	}
	return string(b)
}

// hexNoise replaces hexadecimal digits by others.
func hexNoise(b []byte, noise *rand.PCG) {
	for i, c := range b {
		if r := noise.Uint64(); c <= '9' {
			b[i] = byte('0' + r%10)
		} else {
			b[i] = "bcdf"[r%4] - 0x20 + c&0x20
		}
	}
}

// letterNoise replaces characters by letters: in capitals, not in capitals, or where they are of
// both kinds in any.
func letterNoise(b []byte, noise *rand.PCG) {
	const upper, lower = 1, 2
	cases := 0
	for _, c := range b {
		switch {
		case 'a' <= c && c <= 'z':
			cases |= lower
		case 'A' <= c && c <= 'Z':
			cases |= upper
		}
	}
	for i := range b {
		r := noise.Uint64()
		b[i] = consonants[r%uint64(len(consonants))]
		if cases == upper || cases == upper|lower && r>>63 == 0 {
			b[i] -= 0x20
		}
	}
}

// isBase64 reports whether a value is long, and of the characters of base64 or of its alphabet for
// URLs, in both cases.
func isBase64(value string) bool {
	value = strings.TrimRight(value, "=")
	for i := range len(value) {
		if c := value[i]; !isAlphanumeric(c) && strings.IndexByte("+/-_", c) < 0 {
			return false
		}
	}
	return isMixed(value)
}

// isMixed reports whether the case of the letters of a word is that of base64 or of another random
// text: it changes more often than in a name, or says so little there that it can be lost.
func isMixed(word string) bool {
	const minLength, minChanges = 12, 3
	changes, last := 0, byte(0)
	for i := range len(word) {
		c := word[i]
		if !isAlphanumeric(c) || c <= '9' {
			continue
		}
		if last != 0 && last&0x20 != c&0x20 {
			changes++
		}
		last = c
	}
	return len(word) >= minLength && changes >= minChanges
}

// isHex reports whether a value is in hexadecimal, as a GUID is: a name of such letters has no digit,
// or is shorter.
func isHex(value string) bool {
	const minDigits = 8
	digits, decimal := 0, 0
	for i := range len(value) {
		switch c := value[i]; {
		case !isAlphanumeric(c):
			continue
		case hexAt(value, i) < 0:
			return false
		case c <= '9':
			decimal++
		}
		digits++
	}
	return digits >= minDigits && decimal > 0
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// noiseSource returns the random source for the noise of a value. It depends only on the number of
// values before it.
func (n *Names) noiseSource(value []byte) *rand.PCG {
	key := opaqueKey(value)
	number, ok := n.opaque[key]
	if !ok {
		if len(n.opaque) == maxOpaque {
			n.Full++
		} else {
			number = uint32(len(n.opaque)) + 1
			n.opaque[key] = number
			n.addValue(value)
		}
	}
	return rand.NewPCG(uint64(number), n.salt)
}

// Identity replaces a number of a protocol in its place by noise: that of a session, of a file. It is the same for the same
// number, until many others came. Such numbers are no secrets: they are not looked for in what was written.
func (n *Names) Identity(b []byte) {
	number, ok := n.identities[string(b)]
	if !ok {
		if len(n.identities) == maxIdentities {
			clear(n.identities)
		}
		n.identityCount++
		number = n.identityCount
		n.identities[string(b)] = number
	}
	noise := rand.NewPCG(number, ^n.salt)
	for i := range b {
		b[i] = 0x80 | byte(noise.Uint64()>>56)
	}
}

// opaqueKey returns the key of a value among those that were replaced by noise.
func opaqueKey(value []byte) [16]byte {
	sum := sha256.Sum256(value)
	return [16]byte(sum[:16])
}
