package httpstream

import (
	"crypto"
	"crypto/hmac"
	"crypto/subtle"
)

// prf fills out with the pseudorandom function of a version: of TLS 1.2 that of the suite,
// RFC 5246 section 5; before, that of MD5 and SHA-1 together, RFC 2246 section 5.
func prf(s *suite, version uint16, out, secret []byte, label string, seeds ...[]byte) {
	seed := []byte(label)
	for _, b := range seeds {
		seed = append(seed, b...)
	}
	if version >= tls12 {
		expandHash(s.hash, out, secret, seed)
		return
	}
	half := (len(secret) + 1) / 2 // of an odd number both have the byte in the middle
	expandHash(crypto.MD5, out, secret[:half], seed)
	sha := make([]byte, len(out))
	expandHash(crypto.SHA1, sha, secret[len(secret)-half:], seed)
	subtle.XORBytes(out, out, sha)
}

// expandHash fills out with P_hash, RFC 5246 section 5.
func expandHash(hash crypto.Hash, out, secret, seed []byte) {
	h := hmac.New(hash.New, secret)
	a := seed
	for len(out) > 0 {
		h.Reset()
		h.Write(a)
		a = h.Sum(nil)
		h.Reset()
		h.Write(a)
		h.Write(seed)
		out = out[copy(out, h.Sum(nil)):]
	}
}
