package httpstream

import (
	"crypto/sha256"
	"encoding/hex"
)

// A Digest is the SHA-256 of all bytes of a file. The zero Digest is that of no file.
type Digest [sha256.Size]byte

// String returns d in hexadecimal, as sha256sum and Get-FileHash print it, and nothing for
// the zero Digest.
func (d Digest) String() string {
	if d == (Digest{}) {
		return ""
	}
	return hex.EncodeToString(d[:])
}

// MarshalText writes d in pairs of hexadecimal digits with colons between, as `openssl dgst
// -sha256 -c` prints it: what searches a report for secrets then takes it for no key.
func (d Digest) MarshalText() ([]byte, error) {
	text := make([]byte, 0, 3*len(d))
	for i := range d {
		if i > 0 {
			text = append(text, ':')
		}
		text = hex.AppendEncode(text, d[i:i+1])
	}
	return text, nil
}
