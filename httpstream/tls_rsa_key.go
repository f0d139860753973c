package httpstream

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"negotrace/internal/utf8text"
)

// AddRSAKeys adds the private keys of servers from PEM text, in PKCS #1 or PKCS #8, which may be
// in UTF-16. They
// open connections with RSA key exchange, TLS 1.0 to 1.2. Certificates beside them are
// passed over. It is an error if there is no RSA key, or one that cannot be read; errors
// hold nothing of the key.
func (s *Secrets) AddRSAKeys(text []byte) error {
	var others []string
	found := false
	text, _ = io.ReadAll(utf8text.NewReader(bytes.NewReader(text))) // memory does not fail
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		key, err := parseRSAKey(block)
		switch {
		case err != nil:
			return err
		case key == nil:
			others = append(others, fmt.Sprintf("%q", block.Type))
		case len(s.rsaKeys) == maxRSAKeys:
			return fmt.Errorf("more than %d RSA keys", maxRSAKeys)
		default:
			s.rsaKeys = append(s.rsaKeys, key)
			found = true
		}
	}
	switch {
	case found:
		return nil
	case len(others) > maxRSAKeys:
		return errors.New("holds no RSA private key")
	case len(others) > 0:
		return fmt.Errorf("holds no RSA private key, only %s", strings.Join(others, ", "))
	}
	return errors.New("is no PEM file: openssl pkcs12 -in FILE.pfx -nocerts -nodes -out KEY.pem makes one of a PFX file, openssl rsa -inform DER -in FILE -out KEY.pem one of DER")
}

// parseRSAKey returns the key in a block, nil if the block is of another kind.
func parseRSAKey(block *pem.Block) (*rsa.PrivateKey, error) {
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return nil, errEncryptedKey
		}
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return nil, errEncryptedKey
	default:
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the %s cannot be read", block.Type) // the error of x509 may name parts of it
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key is not an RSA key: only RSA key exchange can be opened by the key of a server")
	}
	if bits := private.N.BitLen(); bits < 1024 || bits > maxRSABits {
		return nil, fmt.Errorf("the RSA key has %d bits: from 1024 to %d can be used", bits, maxRSABits)
	}
	return private, nil
}

var errEncryptedKey = errors.New("the key is encrypted: openssl rsa -in FILE -out KEY.pem writes it in the clear")

// HasRSAKeys reports whether there is any RSA key.
func (s *Secrets) HasRSAKeys() bool { return s != nil && len(s.rsaKeys) > 0 }

// rsaKeyOf reports whether one of the keys may be that of a certificate.
func (s *Secrets) rsaKeyOf(certificate []byte) bool {
	for _, key := range s.rsaKeys {
		if isKeyOf(key, certificate) {
			return true
		}
	}
	return false
}

// isKeyOf reports whether a certificate, in DER, holds the modulus of the key. Where none
// was seen it may be any.
func isKeyOf(key *rsa.PrivateKey, certificate []byte) bool {
	return len(certificate) == 0 || bytes.Contains(certificate, key.N.Bytes())
}

// premaster decrypts a premaster secret (RFC 5246 section 7.4.7.1) with the key of the
// certificate; nil if none fits.
func (s *Secrets) premaster(encrypted, certificate []byte) []byte {
	for _, key := range s.rsaKeys {
		if len(encrypted) != key.Size() || !isKeyOf(key, certificate) {
			continue
		}
		//lint:ignore SA1019 TLS has this padding, and nothing here answers a peer
		secret, err := rsa.DecryptPKCS1v15(nil, key, encrypted)
		if err == nil && len(secret) == 48 {
			return secret
		}
	}
	return nil
}
