// Package pseudonym replaces names, addresses and opaque values by others of the same length. The
// same name always has the same pseudonym, which is drawn by chance: it shows nothing of a name but
// its length and the case of its letters, and no guess of a name can be tried on it.
package pseudonym

import (
	"iter"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"negotrace/capture/redact/search"
)

// Options say which names and addresses are not replaced.
type Options struct {
	Keep          []string // names that stay, in any letter case: "corp.example", "HTTP/web"
	KeepAddresses bool     // IP and MAC addresses stay
	// Avoid has the words and addresses that must not be pseudonyms, because the capture has them.
	Avoid *Names
	// Key is what chance comes from, and must be random: who knows it can compute which addresses
	// have no other pseudonym. The same key gives the same pseudonyms in the same order.
	Key [32]byte
}

// Names are the pseudonyms given so far. They are for one goroutine at a time.
type Names struct {
	keepAddresses bool
	random        *rand.Rand
	salt          uint64          // of the noise
	keep          map[string]bool // words in lower case

	words *wordTable
	avoid *wordTable // words that must not be pseudonyms
	rows  map[string]*row
	// public are words that stay elsewhere, where they say nothing.
	public map[string]bool
	opaque map[[16]byte]uint32
	// identities are the newest numbers of protocols that were replaced, and how many there were before each.
	identities    map[string]uint64
	identityCount uint64
	// values and shortValues are looked for, see addValue.
	values      []search.Value
	shortValues shortValues

	numbers *numberTable // of addresses
	macs    map[[6]byte][6]byte
	lastMAC uint64                    // that was given
	addrs   map[netip.Addr]netip.Addr // that were replaced
	known   known
	// versions are versions of products that may be taken for addresses.
	versions map[search.Address]bool

	// Full counts names and opaque values for which there was no room: all such names of a
	// length have the same pseudonym.
	Full int
	// Unsearched counts places with addresses over the number that is looked for in what was written.
	Unsearched int
}

// New returns Names without pseudonyms.
func New(o Options) *Names {
	random := rand.New(rand.NewChaCha8(o.Key))
	n := &Names{
		keepAddresses: o.KeepAddresses, random: random, salt: random.Uint64(), keep: map[string]bool{},
		words: newWordTable(), avoid: newWordTable(), rows: map[string]*row{}, public: map[string]bool{},
		opaque: map[[16]byte]uint32{}, identities: map[string]uint64{}, numbers: newNumberTable(),
		macs: map[[6]byte][6]byte{}, addrs: map[netip.Addr]netip.Addr{},
	}
	n.lastMAC, n.versions = random.Uint64(), map[search.Address]bool{}
	for _, name := range o.Keep {
		for word := range words(name) {
			n.keep[lower(word)] = true
		}
	}
	if o.Avoid != nil {
		n.avoid = o.Avoid.words
		n.known = known{o.Avoid.numbers.prefixes, o.Avoid.addrs, o.Avoid.macs}
	}
	return n
}

// A Pair is a name and its pseudonym.
type Pair struct{ Original, Pseudonym string }

// Words yields the words that have a pseudonym, in lower case, in the order in which they
// first appeared.
func (n *Names) Words() iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		for i := range n.words.len() {
			if !yield(Pair{string(n.words.word(i)), string(n.words.pseudonym(i))}) {
				return
			}
		}
	}
}

// WordCount returns how many words have a pseudonym.
func (n *Names) WordCount() int { return n.words.len() }

// Addresses returns the IP and MAC addresses that were replaced, in the order of their texts.
func (n *Names) Addresses() []Pair {
	var all []Pair
	for original, pseudonym := range n.addrs {
		all = append(all, Pair{original.String(), pseudonym.String()})
	}
	slices.SortFunc(all, func(a, b Pair) int { return strings.Compare(a.Original, b.Original) })
	return all
}

// kept reports whether a word stays: it is a word of a protocol, or is to be kept.
func (n *Names) kept(word string) bool {
	w := lower(word)
	return n.keep[w] || isProtocolWord(w)
}

// MACs returns how many MAC addresses were replaced.
func (n *Names) MACs() int { return len(n.macs) }

// Opaques returns how many values were replaced by noise.
func (n *Names) Opaques() int { return len(n.opaque) }

// Publish notes words of a text that were kept where they do not identify the site: the name of
// a program, a word of an error message.
func (n *Names) Publish(text string) {
	for word := range words(text) {
		n.publishWord(word)
		if strings.ContainsAny(word, "-_") {
			for part := range strings.FieldsFuncSeq(word, func(c rune) bool { return c == '-' || c == '_' }) {
				n.publishWord(part)
			}
		}
	}
}

// PublishVersion notes what a text begins with, if it is a version that looks like an address, as
// Publish does. It returns false if it is an address that was seen, which must not stay.
func (n *Names) PublishVersion(text string) bool {
	end := 0
	for end < len(text) && (text[end] == '.' || '0' <= text[end] && text[end] <= '9') {
		end++
	}
	a, err := netip.ParseAddr(text[:end])
	switch {
	case err != nil:
	case n.isOriginal(a):
		return false
	case len(n.versions) < maxPublic:
		n.versions[search.AddressOf(a)] = true
	}
	return true
}

func (n *Names) publishWord(word string) {
	if key := lower(word); len(n.public) < maxPublic && !n.public[key] {
		n.public[strings.Clone(key)] = true
	}
}

// Published returns how many words have a pseudonym, and were kept in other places.
func (n *Names) Published() int {
	count := 0
	for i := range n.words.len() {
		if n.public[string(n.words.word(i))] {
			count++
		}
	}
	return count
}
