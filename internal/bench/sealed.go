package main

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// A suite is what a TLS cipher suite says about records.
type suite struct {
	id    uint16
	tls13 bool
	key   int // bytes of the key
	iv    int // bytes of the nonce that come of the secret
	hash  func() hash.Hash
	aead  func(key []byte) (cipher.AEAD, error)
}

var suites = []suite{
	{0x1301, true, 16, 12, sha256.New, newGCM},                // TLS_AES_128_GCM_SHA256
	{0x1302, true, 32, 12, sha512.New384, newGCM},             // TLS_AES_256_GCM_SHA384
	{0x1303, true, 32, 12, sha256.New, chacha20poly1305.New},  // TLS_CHACHA20_POLY1305_SHA256
	{0xc02f, false, 16, 4, sha256.New, newGCM},                // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
	{0xc030, false, 32, 4, sha512.New384, newGCM},             // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
	{0xcca8, false, 32, 12, sha256.New, chacha20poly1305.New}, // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// newGuard13 makes the keys of a traffic secret, RFC 8446 section 7.3.
func newGuard13(g *generator, s *suite, secret []byte) *guard {
	expand := func(label string, n int) []byte {
		info := append([]byte{0, byte(n), byte(len("tls13 " + label))}, "tls13 "+label+"\x00"...)
		b, err := hkdf.Expand(s.hash, secret, string(info), n)
		if err != nil {
			panic(err) // of lengths that the table above gives
		}
		return b
	}
	return newGuard(g, s, expand("key", s.key), expand("iv", s.iv))
}

// newGuards12 makes the keys of a master secret, RFC 5246 section 6.3.
func newGuards12(g *generator, s *suite, master []byte, random [2][]byte) [2]*guard {
	mac := hmac.New(s.hash, master)
	sum := func(parts ...[]byte) []byte {
		mac.Reset()
		for _, p := range parts {
			mac.Write(p)
		}
		return mac.Sum(nil)
	}
	seed := append(append([]byte("key expansion"), random[server]...), random[client]...)
	var keys []byte
	for a := seed; len(keys) < 2*(s.key+s.iv); {
		a = sum(a)
		keys = append(keys, sum(a, seed)...)
	}
	ivs := keys[2*s.key:]
	return [2]*guard{newGuard(g, s, keys[:s.key], ivs[:s.iv]), newGuard(g, s, keys[s.key:][:s.key], ivs[s.iv:][:s.iv])}
}

func newGuard(g *generator, s *suite, key, iv []byte) *guard {
	aead, err := s.aead(key)
	if err != nil {
		panic(err) // the table of suites is wrong
	}
	return &guard{suite: s, id: g.sealed.key(s, key), aead: aead, iv: iv}
}

// A sealedLog is a file of the sealed records of a capture, in their order, with the
// keys for them, so that opening them measures the cryptography alone.
type sealedLog struct {
	w    *bufio.Writer
	keys uint32
	b    []byte
}

// An entry of the file is its length and then either the number of a suite and a key, or
// the number of a key, a nonce, what is authenticated besides and what is sealed.
const (
	entryKey    = 'k'
	entryRecord = 'r'
)

// key writes a key and returns its number.
func (l *sealedLog) key(s *suite, key []byte) uint32 {
	b := binary.BigEndian.AppendUint16(append(l.b[:0], entryKey), s.id)
	l.entry(append(b, key...))
	l.keys++
	return l.keys - 1
}

func (l *sealedLog) record(key uint32, nonce, with, sealed []byte) {
	b := binary.BigEndian.AppendUint32(append(l.b[:0], entryRecord), key)
	b = append(append(b, nonce...), byte(len(with)))
	l.entry(append(append(b, with...), sealed...))
}

func (l *sealedLog) entry(b []byte) {
	l.b = b
	binary.Write(l.w, binary.BigEndian, uint32(len(b))) // errors stay until Flush
	l.w.Write(b)
}

// crypto opens the sealed records in a file and prints how long that took.
func crypto(path string, out io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	took, err := openSealed(f)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, took)
	return err
}

// openSealed opens the records of such a file, and returns how long that took without reading the
// file.
func openSealed(r io.Reader) (time.Duration, error) {
	var took time.Duration
	in := bufio.NewReaderSize(r, 1<<20)
	o := &opener{page: make([]byte, 1<<15)}
	var batch [][]byte
	arena := make([]byte, 256<<10) // small enough for the cache, as the blocks of a capture are
	used := 0
	work := func() error {
		begin := time.Now()
		err := o.open(batch)
		took += time.Since(begin)
		batch, used = batch[:0], 0
		return err
	}
	for {
		var size [4]byte
		if _, err := io.ReadFull(in, size[:]); err == io.EOF {
			err := work()
			return took, err
		} else if err != nil {
			return 0, err
		}
		n := int(binary.BigEndian.Uint32(size[:]))
		if n > len(arena)-used {
			if err := work(); err != nil {
				return 0, err
			}
		}
		entry := arena[used:][:n]
		if _, err := io.ReadFull(in, entry); err != nil {
			return 0, err
		}
		batch, used = append(batch, entry), used+n
	}
}

// An opener opens sealed records.
type opener struct {
	aead []cipher.AEAD // by the number of the key
	page []byte
}

func (o *opener) open(entries [][]byte) error {
	for _, b := range entries {
		if b[0] == entryKey {
			if err := o.key(binary.BigEndian.Uint16(b[1:]), b[3:]); err != nil {
				return err
			}
			continue
		}
		nonce, with, sealed := b[5:17], b[18:18+b[17]], b[18+b[17]:]
		if _, err := o.aead[binary.BigEndian.Uint32(b[1:])].Open(o.page[:0], nonce, sealed, with); err != nil {
			return err
		}
	}
	return nil
}

func (o *opener) key(id uint16, key []byte) error {
	for i := range suites {
		if s := &suites[i]; s.id == id {
			aead, err := s.aead(key)
			o.aead = append(o.aead, aead)
			return err
		}
	}
	return fmt.Errorf("no cipher suite %#x", id)
}
