// Package mask rewrites tokens so that they can be shown to others: names become pseudonyms, and
// responses, ciphers, keys and passwords become noise. Lengths, structure, flags, numbers and
// times stay. So a masked token has the same length and says the same, except whose it is.
//
// A byte of the token is in the result only if the walk over the token knows it as structure or as
// a harmless value. What the walk does not reach, because it is damaged, cut or unknown, becomes
// noise, and its bytes are counted. The caller decides about pseudonyms and noise.
package mask

import (
	"bytes"
	"net/netip"
	"slices"
)

// A Kind says what a name is the name of.
type Kind int

// The kinds of names.
const (
	User   Kind = iota // of an account, without its domain
	Domain             // a Kerberos realm, the name of a domain in NetBIOS or DNS
	Host               // a computer's name in NetBIOS or DNS, or its address
	Text               // words that somebody wrote for people: a realm of Basic, an e-text
)

// Names are the functions that the caller provides. They must return the same for the same
// argument, so that what was equal stays equal.
type Names struct {
	// Name returns the pseudonym of a name, as one field has it: HTTP/web.example.com,
	// alice@example.com. It should have as many characters, and the same length in UTF-8 and in
	// UTF-16. Otherwise letters made of noise are used instead.
	Name func(kind Kind, name string) string
	// URI returns a URI, or the target of a request, in the same length.
	URI func(uri string) string
	// Noise fills dst, which is as long as secret. It must not help to find secret: with a digest
	// of secret without a key, others could try passwords.
	Noise func(dst, secret []byte)
	// Address returns the replacement of an address. If it is nil, addresses become noise.
	Address func(netip.Addr) netip.Addr
	// Words returns a text in which words for people stay, in the same length. If it is nil, they
	// become noise.
	Words func(text string) string
	// Binding returns the replacement of a hash of channel bindings that is not zero: the hash for
	// the certificate that replaces the original one. If it is nil, hashes become noise.
	Binding func(hash [16]byte) [16]byte
}

// Token masks a security token of any kind that tokens.Decoder.Parse reads. It returns how
// many bytes of it were not understood.
func (n Names) Token(b []byte) (masked []byte, unknown int) { return n.mask(b, (*masker).any) }

// KDC masks a message to or from a KDC, without the length that TCP puts before it.
func (n Names) KDC(b []byte) (masked []byte, unknown int) { return n.mask(b, (*masker).kerberos) }

// KDCProxy masks a KDC-PROXY-MESSAGE (MS-KKDCP section 2.2.2).
func (n Names) KDCProxy(b []byte) (masked []byte, unknown int) { return n.mask(b, (*masker).kdcProxy) }

// Kpasswd masks a message to or from port 464, without the length that TCP puts before it.
func (n Names) Kpasswd(b []byte) (masked []byte, unknown int) { return n.mask(b, (*masker).kpasswd) }

// A masker masks one token. Every slice that it passes on is a part of root, so its capacity shows
// where it begins.
type masker struct {
	Names
	root  []byte
	out   []byte
	state []byte // of each byte of out; notUnderstood may be added
	// later holds the replacements. They are written after everything that is kept, so that
	// overlapping fields cannot bring a secret into the result.
	later []replacement
	salts [][]byte
	realm string // of the client; salts are made from it
	depth int
}

type replacement struct {
	at    int
	bytes []byte
}

// The states of a byte.
const (
	untouched = iota
	kept
	replaced

	notUnderstood = 1 << 7
)

const maxDepth = 6 // tokens inside tokens, as tokens.Decoder reads them

func (n Names) mask(b []byte, walk func(*masker, []byte)) (masked []byte, unknown int) {
	m := &masker{Names: n, root: b[:len(b):len(b)], out: make([]byte, len(b)), state: make([]byte, len(b))}
	walk(m, m.root)
	m.finishSalts()
	for _, r := range m.later {
		copy(m.out[r.at:], r.bytes)
		m.mark(r.at, len(r.bytes), replaced)
	}
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && m.state[end] == untouched {
			end++
		}
		copy(m.out[at:], m.noise(b[at:end]))
		m.misunderstand(m.root[at:end])
		at = max(end, at+1)
	}
	for _, s := range m.state {
		unknown += int(s / notUnderstood)
	}
	return m.out, unknown
}

func (m *masker) offset(b []byte) int { return cap(m.root) - cap(b) }

func (m *masker) mark(at, n int, state byte) {
	for i := range n {
		m.state[at+i] = m.state[at+i]&notUnderstood | state
	}
}

// misunderstand counts b as not understood, each byte once, however many fields it is in.
func (m *masker) misunderstand(b []byte) {
	if zeros(b) {
		return
	}
	at := m.offset(b)
	for i := range b {
		m.state[at+i] |= notUnderstood
	}
}

// keep copies b to the result.
func (m *masker) keep(b []byte) {
	at := m.offset(b)
	copy(m.out[at:], b)
	m.mark(at, len(b), kept)
}

// keepHead keeps the first bytes of b, up to rest, which is the end of b.
func (m *masker) keepHead(b, rest []byte) { m.keep(b[:len(b)-len(rest)]) }

// put replaces b by something of the same length.
func (m *masker) put(b, by []byte) {
	if len(by) != len(b) {
		by = m.noise(b)
	}
	m.later = append(m.later, replacement{m.offset(b), by})
}

// secret replaces b by noise.
func (m *masker) secret(b []byte) { m.put(b, m.noise(b)) }

// opaque replaces b by noise that does not begin like any kind of token.
func (m *masker) opaque(b []byte) {
	n := m.noise(b)
	if !zeros(n) {
		n[0] = 0xff
	}
	m.put(b, n)
}

// junk replaces what was not understood.
func (m *masker) junk(b []byte) {
	m.misunderstand(b)
	m.opaque(b)
}

// noise returns noise for b. Zeros stay: they are not secret, and it matters that a response, a
// key or a MIC is zero. Nothing else becomes zero.
func (m *masker) noise(b []byte) []byte {
	if zeros(b) {
		return slices.Clone(b)
	}
	n := make([]byte, len(b))
	m.Noise(n, b)
	if zeros(n) {
		n[0] = 0x5a
	}
	return n
}

// zeros reports whether all bytes of b are zero.
func zeros(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
