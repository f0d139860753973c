package httpstream

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	_ "crypto/md5" // the hashes that suites name
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"fmt"
	"strings"
)

// A suite is what a TLS cipher suite says about record protection.
type suite struct {
	id    uint16
	name  string // IANA's
	kind  suiteKind
	key   int         // bytes of the cipher's key
	hash  crypto.Hash // of the PRF or HKDF
	mac   crypto.Hash // of CBC and RC4 records
	tls13 bool
}

type suiteKind uint8

const (
	aesGCM suiteKind = iota
	aesCCM
	aesCCM8 // with a tag of 8 bytes
	aesCBC
	tripleDES
	rc4128
	chaCha20
)

// cbc reports whether records are encrypted in cipher block chaining.
func (s *suite) cbc() bool { return s.kind == aesCBC || s.kind == tripleDES }

// rsa reports whether the premaster secret is encrypted for the RSA key of the server.
func (s *suite) rsa() bool { return s != nil && strings.HasPrefix(s.name, "TLS_RSA_WITH_") }

// newBlock returns the block cipher of the suites that have one.
func (s *suite) newBlock(key []byte) (cipher.Block, error) {
	if s.kind == tripleDES {
		return des.NewTripleDESCipher(key)
	}
	return aes.NewCipher(key)
}

// fixedIV returns how many bytes of a nonce or initialization vector the keys of TLS 1.0
// to 1.2 bring along for one side.
func (s *suite) fixedIV(version uint16) int {
	switch s.kind {
	case aesGCM, aesCCM, aesCCM8:
		return 4 // RFC 5288 section 3, RFC 6655 section 3
	case chaCha20:
		return 12 // RFC 7905 section 2
	case aesCBC, tripleDES:
		if version == tls10 {
			block, _ := s.newBlock(make([]byte, s.key)) // the only error is of the key's length
			return block.BlockSize()
		}
	}
	return 0
}

// fits reports whether the suite may be used in a version.
func (s *suite) fits(version uint16) bool {
	return s.tls13 == (version == tls13) && version >= tls10 && (version >= tls12 || s.mac != 0)
}

// findSuite returns the suite with that number, nil if its records cannot be opened.
func findSuite(id uint16) *suite {
	for i := range suites {
		if suites[i].id == id {
			return &suites[i]
		}
	}
	return nil
}

// SuiteName returns IANA's name of a cipher suite that can be opened, and of others the number, with
// the cipher that it is of.
func SuiteName(id uint16) string {
	if s := findSuite(id); s != nil {
		return s.name
	}
	name := fmt.Sprintf("0x%04X", id)
	for _, f := range suiteFamilies {
		if id >= f.from && id <= f.to {
			return fmt.Sprintf("%s (%s)", name, f.name)
		}
	}
	return name
}

// suiteFamilies are what is registered beside the suites that are opened, by number (IANA).
var suiteFamilies = [...]struct {
	from, to uint16
	name     string
}{
	{0x0001, 0x0002, "no encryption"}, {0x0003, 0x001a, "DES, RC2 or RC4 of export strength"}, {0x001b, 0x002e, "Kerberos keys, or a pre-shared key without encryption"},
	{0x003b, 0x003b, "no encryption"}, {0x0041, 0x0046, "Camellia"}, {0x0080, 0x0083, "GOST"}, {0x0084, 0x0089, "Camellia"},
	{0x008a, 0x0095, "a pre-shared key"}, {0x0096, 0x009b, "SEED"}, {0x00a8, 0x00b9, "a pre-shared key"}, {0x00ba, 0x00c5, "Camellia"},
	{0x00c6, 0x00c7, "SM4"}, {0xc01a, 0xc022, "SRP"}, {0xc033, 0xc03b, "a pre-shared key"}, {0xc03c, 0xc071, "ARIA"}, {0xc072, 0xc09b, "Camellia"},
	{0xc0a4, 0xc0ab, "a pre-shared key"}, {0xc100, 0xc106, "GOST"}, {0xccab, 0xccae, "a pre-shared key"}, {0xd001, 0xd005, "a pre-shared key"},
	{0xe011, 0xe053, "SM4"},
}

// suites lists what can be opened: AES-GCM, AES-CCM, ChaCha20-Poly1305, AES-CBC, 3DES and RC4,
// with any key exchange: once the master secret is known it makes no difference.
var suites = [...]suite{
	{0x1301, "TLS_AES_128_GCM_SHA256", aesGCM, 16, crypto.SHA256, 0, true},
	{0x1302, "TLS_AES_256_GCM_SHA384", aesGCM, 32, crypto.SHA384, 0, true},
	{0x1303, "TLS_CHACHA20_POLY1305_SHA256", chaCha20, 32, crypto.SHA256, 0, true},
	{0x1304, "TLS_AES_128_CCM_SHA256", aesCCM, 16, crypto.SHA256, 0, true},
	{0x1305, "TLS_AES_128_CCM_8_SHA256", aesCCM8, 16, crypto.SHA256, 0, true},

	{0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", aesGCM, 16, crypto.SHA256, 0, false},
	{0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384", aesGCM, 32, crypto.SHA384, 0, false},
	{0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", aesGCM, 16, crypto.SHA256, 0, false},
	{0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", aesGCM, 32, crypto.SHA384, 0, false},
	{0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", aesGCM, 16, crypto.SHA256, 0, false},
	{0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", aesGCM, 32, crypto.SHA384, 0, false},
	{0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", aesGCM, 16, crypto.SHA256, 0, false},
	{0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", aesGCM, 32, crypto.SHA384, 0, false},

	{0xc09c, "TLS_RSA_WITH_AES_128_CCM", aesCCM, 16, crypto.SHA256, 0, false},
	{0xc09d, "TLS_RSA_WITH_AES_256_CCM", aesCCM, 32, crypto.SHA256, 0, false},
	{0xc09e, "TLS_DHE_RSA_WITH_AES_128_CCM", aesCCM, 16, crypto.SHA256, 0, false},
	{0xc09f, "TLS_DHE_RSA_WITH_AES_256_CCM", aesCCM, 32, crypto.SHA256, 0, false},
	{0xc0a0, "TLS_RSA_WITH_AES_128_CCM_8", aesCCM8, 16, crypto.SHA256, 0, false},
	{0xc0a1, "TLS_RSA_WITH_AES_256_CCM_8", aesCCM8, 32, crypto.SHA256, 0, false},
	{0xc0a2, "TLS_DHE_RSA_WITH_AES_128_CCM_8", aesCCM8, 16, crypto.SHA256, 0, false},
	{0xc0a3, "TLS_DHE_RSA_WITH_AES_256_CCM_8", aesCCM8, 32, crypto.SHA256, 0, false},
	{0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", aesCCM, 16, crypto.SHA256, 0, false},
	{0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", aesCCM, 32, crypto.SHA256, 0, false},
	{0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", aesCCM8, 16, crypto.SHA256, 0, false},
	{0xc0af, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", aesCCM8, 32, crypto.SHA256, 0, false},

	{0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", chaCha20, 32, crypto.SHA256, 0, false},
	{0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", chaCha20, 32, crypto.SHA256, 0, false},
	{0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", chaCha20, 32, crypto.SHA256, 0, false},

	{0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", aesCBC, 16, crypto.SHA256, crypto.SHA1, false},
	{0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", aesCBC, 16, crypto.SHA256, crypto.SHA1, false},
	{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", aesCBC, 32, crypto.SHA256, crypto.SHA1, false},
	{0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", aesCBC, 32, crypto.SHA256, crypto.SHA1, false},
	{0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256", aesCBC, 16, crypto.SHA256, crypto.SHA256, false},
	{0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256", aesCBC, 32, crypto.SHA256, crypto.SHA256, false},
	{0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", aesCBC, 16, crypto.SHA256, crypto.SHA256, false},
	{0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", aesCBC, 32, crypto.SHA256, crypto.SHA256, false},
	{0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", aesCBC, 16, crypto.SHA256, crypto.SHA1, false},
	{0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", aesCBC, 32, crypto.SHA256, crypto.SHA1, false},
	{0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", aesCBC, 16, crypto.SHA256, crypto.SHA1, false},
	{0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", aesCBC, 32, crypto.SHA256, crypto.SHA1, false},
	{0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", aesCBC, 16, crypto.SHA256, crypto.SHA256, false},
	{0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", aesCBC, 32, crypto.SHA384, crypto.SHA384, false},
	{0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", aesCBC, 16, crypto.SHA256, crypto.SHA256, false},
	{0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", aesCBC, 32, crypto.SHA384, crypto.SHA384, false},

	{0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", tripleDES, 24, crypto.SHA256, crypto.SHA1, false},
	{0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", tripleDES, 24, crypto.SHA256, crypto.SHA1, false},
	{0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", tripleDES, 24, crypto.SHA256, crypto.SHA1, false},
	{0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", tripleDES, 24, crypto.SHA256, crypto.SHA1, false},
	{0x0004, "TLS_RSA_WITH_RC4_128_MD5", rc4128, 16, crypto.SHA256, crypto.MD5, false},
	{0x0005, "TLS_RSA_WITH_RC4_128_SHA", rc4128, 16, crypto.SHA256, crypto.SHA1, false},
	{0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", rc4128, 16, crypto.SHA256, crypto.SHA1, false},
	{0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", rc4128, 16, crypto.SHA256, crypto.SHA1, false},
}
