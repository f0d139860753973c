package httpstream

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// A ccm is AES in counter mode with CBC-MAC, RFC 3610. Neither crypto/cipher nor
// golang.org/x/crypto has it. The names of its blocks are those of the RFC.
type ccm struct {
	block cipher.Block
	nonce int // bytes of a nonce, 7 to 13
	tag   int // bytes of a tag, an even number from 4 to 16

	// Kept here that they are not allocated for each record.
	x [aes.BlockSize]byte // the CBC-MAC
	a [aes.BlockSize]byte // the counter block
	s [aes.BlockSize]byte // the key stream
}

var errCCM = errors.New("message authentication failed")

func newCCM(block cipher.Block, nonce, tag int) *ccm {
	return &ccm{block: block, nonce: nonce, tag: tag}
}

func (c *ccm) NonceSize() int { return c.nonce }
func (c *ccm) Overhead() int  { return c.tag }

// Seal appends the encrypted plaintext and the tag to dst, see cipher.AEAD.
func (c *ccm) Seal(dst, nonce, plaintext, additional []byte) []byte {
	c.authenticate(nonce, plaintext, additional)
	n := len(dst)
	dst = append(dst, plaintext...)
	c.crypt(nonce, dst[n:])
	return append(dst, c.x[:c.tag]...)
}

// Open appends the decrypted ciphertext to dst, see cipher.AEAD. The error is that the
// tag is wrong.
func (c *ccm) Open(dst, nonce, ciphertext, additional []byte) ([]byte, error) {
	n := len(ciphertext) - c.tag
	if n < 0 {
		return nil, errCCM
	}
	plain := append(dst, ciphertext[:n]...)[len(dst):]
	c.crypt(nonce, plain)
	c.authenticate(nonce, plain, additional)
	if subtle.ConstantTimeCompare(c.x[:c.tag], ciphertext[n:]) != 1 {
		return nil, errCCM
	}
	return append(dst, plain...), nil
}

// crypt encrypts or decrypts b in place, RFC 3610 section 2.3.
func (c *ccm) crypt(nonce, b []byte) {
	for i := uint64(1); len(b) > 0; i++ {
		c.keyStream(nonce, i)
		b = b[subtle.XORBytes(b, b, c.s[:]):]
	}
}

// keyStream sets s to block i of the key stream.
func (c *ccm) keyStream(nonce []byte, i uint64) {
	binary.BigEndian.PutUint64(c.a[8:], i)
	c.a[0] = c.lengthField() - 1
	copy(c.a[1:], nonce)
	c.block.Encrypt(c.s[:], c.a[:])
}

// authenticate sets x to the tag, RFC 3610 section 2.2. There are less than 0xff00 bytes
// of additional data.
func (c *ccm) authenticate(nonce, plaintext, additional []byte) {
	binary.BigEndian.PutUint64(c.x[8:], uint64(len(plaintext)))
	c.x[0] = c.lengthField() - 1 | byte(c.tag-2)/2<<3
	if len(additional) > 0 {
		c.x[0] |= 1 << 6
	}
	copy(c.x[1:], nonce)
	c.block.Encrypt(c.x[:], c.x[:])
	if n := len(additional); n > 0 {
		c.x[0] ^= byte(n >> 8)
		c.x[1] ^= byte(n)
		first := min(n, aes.BlockSize-2)
		subtle.XORBytes(c.x[2:], c.x[2:], additional[:first])
		c.block.Encrypt(c.x[:], c.x[:])
		c.mac(additional[first:])
	}
	c.mac(plaintext)
	c.keyStream(nonce, 0)
	subtle.XORBytes(c.x[:], c.x[:], c.s[:])
}

// mac adds b, filled up with zeros, to the CBC-MAC.
func (c *ccm) mac(b []byte) {
	for len(b) > 0 {
		b = b[subtle.XORBytes(c.x[:], c.x[:], b):]
		c.block.Encrypt(c.x[:], c.x[:])
	}
}

// lengthField returns how many bytes the length of a message takes in a block.
func (c *ccm) lengthField() byte { return byte(aes.BlockSize - 1 - c.nonce) }
