package httpstream

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rc4"
	"encoding/binary"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"
)

// The types of TLS records, RFC 8446 section 5.1.
const (
	recordChangeCipherSpec = 20
	recordAlert            = 21
	recordHandshake        = 22
	recordApplication      = 23
	recordHeartbeat        = 24
)

const recordHeaderLen = 5

// A protection opens the records of one direction under one set of keys.
type protection struct {
	suite *suite
	aead  cipher.AEAD      // nil of the others
	block cipher.BlockMode // of the CBC suites
	mac   hash.Hash        // of the CBC and RC4 suites
	etm   bool             // the MAC is over the ciphertext, RFC 7366
	chain chain            // of TLS 1.0 and of RC4
	iv    [12]byte
	// secret is the TLS 1.3 traffic secret, from which a KeyUpdate makes the next.
	secret []byte

	// Kept here that they are not allocated for each record.
	nonce [12]byte
	aad   [13]byte
	sum   []byte
}

// setIV is what the block modes of crypto/cipher do besides.
type setIV interface{ SetIV([]byte) }

// newProtection13 makes the keys of a TLS 1.3 traffic secret, RFC 8446 section 7.3.
func newProtection13(s *suite, secret []byte) *protection {
	if len(secret) != s.hash.Size() {
		return nil
	}
	p := &protection{suite: s, secret: secret}
	p.setKey(expandLabel(s, secret, "key", s.key))
	copy(p.iv[:], expandLabel(s, secret, "iv", len(p.iv)))
	return p
}

// next returns the protection after a KeyUpdate, RFC 8446 section 7.2; nil if this is
// not TLS 1.3.
func (p *protection) next() *protection {
	if p.secret == nil {
		return nil
	}
	return newProtection13(p.suite, expandLabel(p.suite, p.secret, "traffic upd", len(p.secret)))
}

// newProtection12 makes the keys of TLS 1.0 to 1.2 for what from sends, RFC 5246 section
// 6.3.
func newProtection12(s *suite, master []byte, hello *tlsHello, from Side) *protection {
	mac, iv := 0, s.fixedIV(hello.version)
	if s.mac != 0 {
		mac = s.mac.Size()
	}
	keys := make([]byte, 2*(mac+s.key+iv))
	prf(s, hello.version, keys, master, "key expansion", hello.serverRandom[:], hello.clientRandom[:])
	// cut takes the client's n bytes and the server's, and returns those of from.
	cut := func(n int) []byte {
		both := keys[:2*n]
		keys = keys[2*n:]
		return both[int(from)*n:][:n]
	}
	p := &protection{suite: s, etm: hello.encryptThenMAC && s.cbc()}
	if macKey := cut(mac); mac > 0 {
		p.mac = hmac.New(s.mac.New, macKey)
	}
	p.setKey(cut(s.key))
	first := cut(iv)
	copy(p.iv[:], first)
	if p.block != nil && iv > 0 {
		p.chain.begin(first, p.trailer())
	}
	return p
}

func (p *protection) setKey(key []byte) {
	switch p.suite.kind {
	case chaCha20:
		p.aead, _ = chacha20poly1305.New(key) // the only error is of the key's length
		return
	case rc4128:
		p.chain.stream, _ = rc4.NewCipher(key) // the same
		return
	}
	block, err := p.suite.newBlock(key)
	if err != nil {
		panic(err) // the table of suites is wrong
	}
	switch p.suite.kind {
	case aesCCM:
		p.aead = newCCM(block, len(p.nonce), 16)
	case aesCCM8:
		p.aead = newCCM(block, len(p.nonce), 8)
	case aesGCM:
		p.aead, _ = cipher.NewGCM(block) // AES has the right block size
	default:
		p.block = cipher.NewCBCDecrypter(block, make([]byte, block.BlockSize()))
	}
}

// open decrypts a whole record, header included, into page, which must not overlap
// it. It returns the type of the content and the content, a part of page.
func (p *protection) open(page []byte, seq uint64, record []byte) (kind byte, content []byte, ok bool) {
	switch {
	case p.block != nil:
		return p.openCBC(page, seq, record)
	case p.chain.stream != nil:
		return p.openRC4(page, seq, record)
	case p.suite.tls13:
		return p.open13(page, seq, record)
	}
	return p.openAEAD12(page, seq, record)
}

func (p *protection) open13(page []byte, seq uint64, record []byte) (kind byte, content []byte, ok bool) {
	sealed := record[recordHeaderLen:]
	if len(sealed) < p.aead.Overhead()+1 || len(page) < len(sealed) {
		return 0, nil, false
	}
	p.setNonce(seq)
	copy(p.aad[:], record[:recordHeaderLen])
	plain, err := p.aead.Open(page[:0], p.nonce[:], sealed, p.aad[:recordHeaderLen])
	if err != nil {
		return 0, nil, false
	}
	end := len(plain) // zeros pad the content behind its type, RFC 8446 section 5.4
	for end > 0 && plain[end-1] == 0 {
		end--
	}
	if end == 0 {
		return 0, nil, false
	}
	return plain[end-1], plain[:end-1], true
}

// setNonce makes the nonce of TLS 1.3 and of ChaCha20-Poly1305 in TLS 1.2: the IV
// xored with the sequence number.
func (p *protection) setNonce(seq uint64) {
	p.nonce = p.iv
	tail := p.nonce[4:]
	binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^seq)
}

func (p *protection) openAEAD12(page []byte, seq uint64, record []byte) (kind byte, content []byte, ok bool) {
	sealed := record[recordHeaderLen:]
	if p.suite.kind == chaCha20 {
		p.setNonce(seq)
	} else {
		if len(sealed) < 8 {
			return 0, nil, false
		}
		p.nonce = p.iv // 4 bytes of it
		copy(p.nonce[4:], sealed[:8])
		sealed = sealed[8:]
	}
	n := len(sealed) - p.aead.Overhead()
	if n < 0 || len(page) < len(sealed) {
		return 0, nil, false
	}
	p.header12(seq, record, n)
	plain, err := p.aead.Open(page[:0], p.nonce[:], sealed, p.aad[:])
	return record[0], plain, err == nil
}

// header12 sets what is authenticated besides n bytes of content, RFC 5246 section 6.2.3.
func (p *protection) header12(seq uint64, record []byte, n int) {
	binary.BigEndian.PutUint64(p.aad[:], seq)
	copy(p.aad[8:], record[:3])
	binary.BigEndian.PutUint16(p.aad[11:], uint16(n))
}

// openCBC opens a record of RFC 5246 section 6.2.3.2. The MAC is verified: it shows
// right keys and sequence numbers from wrong ones.
func (p *protection) openCBC(page []byte, seq uint64, record []byte) (kind byte, content []byte, ok bool) {
	sealed := record[recordHeaderLen:]
	size, block := p.trailer(), p.block.BlockSize()
	if size > 0 {
		n := len(sealed) - size
		if n < 0 || !p.authentic(seq, record, sealed[:n], sealed[n:]) {
			return 0, nil, false
		}
		sealed = sealed[:n]
	}
	iv := p.chain.tail
	if !p.chain.block {
		n := min(block, len(sealed))
		iv, sealed = sealed[:n], sealed[n:]
	}
	if p.chain.broken() || len(iv) < block || len(sealed) < block || len(sealed)%block != 0 || len(page) < len(sealed) {
		return 0, nil, false
	}
	p.block.(setIV).SetIV(iv[:block])
	plain := page[:len(sealed)]
	p.block.CryptBlocks(plain, sealed)
	pad := int(plain[len(plain)-1]) + 1
	if pad > len(plain) {
		return 0, nil, false
	}
	plain = plain[:len(plain)-pad]
	if !p.etm {
		if plain, ok = p.withoutMAC(seq, record, plain); !ok {
			return 0, nil, false
		}
	}
	p.chain.passed(record[recordHeaderLen:])
	return record[0], plain, true
}

// trailer returns how many bytes follow the ciphertext in a record.
func (p *protection) trailer() int {
	if p.etm {
		return p.mac.Size()
	}
	return 0
}

// withoutMAC returns plain without the MAC at its end, and whether that is right.
func (p *protection) withoutMAC(seq uint64, record, plain []byte) (content []byte, ok bool) {
	n := len(plain) - p.mac.Size()
	if n < 0 || !p.authentic(seq, record, plain[:n], plain[n:]) {
		return nil, false
	}
	return plain[:n], true
}

func (p *protection) authentic(seq uint64, record, covered, sum []byte) bool {
	p.header12(seq, record, len(covered))
	p.mac.Reset()
	p.mac.Write(p.aad[:])
	p.mac.Write(covered)
	p.sum = p.mac.Sum(p.sum[:0])
	return hmac.Equal(p.sum, sum)
}

// overhead returns by how much a record, header included, is longer than its
// content. With CBC it is the least it can be, for padding is not seen from outside.
func (p *protection) overhead() int {
	switch {
	case p.block != nil && !p.chain.block:
		return recordHeaderLen + p.block.BlockSize() + p.mac.Size() + 1
	case p.block != nil:
		return recordHeaderLen + p.mac.Size() + 1
	case p.chain.stream != nil:
		return recordHeaderLen + p.mac.Size()
	case p.suite.tls13:
		return recordHeaderLen + p.aead.Overhead() + 1
	case p.suite.kind == chaCha20:
		return recordHeaderLen + p.aead.Overhead()
	}
	return recordHeaderLen + 8 + p.aead.Overhead()
}

// expandLabel computes HKDF-Expand-Label with an empty context, RFC 8446 section 7.1.
func expandLabel(s *suite, secret []byte, label string, n int) []byte {
	info := make([]byte, 0, 32)
	info = binary.BigEndian.AppendUint16(info, uint16(n))
	info = append(info, byte(len("tls13 ")+len(label)))
	info = append(info, "tls13 "...)
	info = append(info, label...)
	info = append(info, 0)
	out, err := hkdf.Expand(s.hash.New, secret, string(info), n)
	if err != nil {
		panic(err) // n is a constant, and small
	}
	return out
}
