package pseudonym

import (
	"bytes"
	"index/suffixarray"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"negotrace/capture/redact/search"
)

// Replaced returns what must not be in what is written. Addresses that are pseudonyms of others, see
// Clashes, are not among it.
func (n *Names) Replaced() search.Replaced {
	given := n.given()
	return search.Replaced{
		Names:  n.replacedWords(),
		Values: n.values,
		Addresses: func(yield func(search.Address) bool) {
			for a := range n.addrs {
				if is := search.AddressOf(a); !given[is] && !yield(is) {
					return
				}
			}
			for a := range n.macs {
				if is := search.MACAddress(a); !given[is] && !yield(is) {
					return
				}
			}
		},
		Versions: n.versions,
	}
}

// replacedWords yields the names that were replaced, and the values that are looked for as such. One
// that is also a part of a word which was kept (authorize, of Unauthorized) is Public: it is in plain
// text where that word is.
func (n *Names) replacedWords() iter.Seq[search.Name] {
	return func(yield func(search.Name) bool) {
		public := suffixarray.New([]byte(strings.Join(slices.Sorted(maps.Keys(n.public)), "\n")))
		for i := range n.words.len() {
			word := string(n.words.word(i))
			isPublic := n.public[word] || len(word) > 3 && len(public.Lookup([]byte(word), 1)) > 0
			if !yield(search.Name{Text: word, Spelled: string(n.words.spelling(i)), Public: isPublic}) {
				return
			}
		}
		for v := range n.shortValues.all() {
			if !yield(search.Name{Text: lower(v), Spelled: v}) {
				return
			}
		}
	}
}

// given returns the addresses that were seen and are also pseudonyms, of others or of themselves.
func (n *Names) given() map[search.Address]bool {
	given := map[search.Address]bool{}
	for _, p := range n.addrs {
		if _, isOriginal := n.addrs[p]; isOriginal {
			given[search.AddressOf(p)] = true
		}
	}
	for _, p := range n.macs {
		if _, isOriginal := n.macs[p]; isOriginal {
			given[search.MACAddress(p)] = true
		}
	}
	return given
}

// Clashes counts the addresses that were seen and are also pseudonyms: that such an address is not
// left somewhere cannot be seen.
func (n *Names) Clashes() int { return len(n.given()) }

// addValue notes a value that must not be in what is written. Words and short numbers are there for
// other reasons, too.
func (n *Names) addValue(value []byte) {
	switch {
	case isEncodedObject(string(value)):
	case len(value) >= search.ValueLen:
		if !isText(value) {
			n.values = append(n.values, search.Value(value))
		}
	case len(value) >= minShortValue && isWord(value) && takesTurns(value) && (len(value) >= minShortHex || !isHex(string(value))):
		if !n.shortValues.add(value) {
			n.Unsearched++
		}
	}
}

// A shortValues is a list of short values: one behind the other, each behind its length.
type shortValues []byte

// add appends a value, and reports whether there was room for it.
func (s *shortValues) add(value []byte) bool {
	if len(*s)+1+len(value) > maxShortValues {
		return false
	}
	*s = append(append(*s, byte(len(value))), value...)
	return true
}

// all returns the values.
func (s shortValues) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := s; len(rest) > 0; {
			end := 1 + int(rest[0])
			if !yield(string(rest[1:end])) {
				return
			}
			rest = rest[end:]
		}
	}
}

// Least lengths of a value that is looked for. Noise in the place of hexadecimal digits is hexadecimal,
// too, and may be a shorter value by chance.
const minShortValue, minShortHex = 8, 12

// isText reports whether a value is of letters and signs as a text is, and not random.
func isText(value []byte) bool {
	for _, c := range value {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return !isBase64(string(value)) && !isHex(string(value)) && !takesTurns(value)
}

// isWord reports whether a value is a single word in ASCII.
func isWord(value []byte) bool {
	return !bytes.ContainsFunc(value, func(c rune) bool { return c >= utf8.RuneSelf || !isWordByte(byte(c)) })
}

// takesTurns reports whether digits, capitals and other letters take turns in a value, as they do in
// none that a human makes. A text with blanks is one that a human makes.
func takesTurns(value []byte) bool {
	const minChanges = 4
	changes, digits, last := 0, 0, byte(0)
	for _, c := range value {
		switch {
		case c == ' ':
			return false
		case !isAlphanumeric(c):
			continue
		case c <= '9':
			digits++
		}
		kind := c >> 5 // of digits, of capitals, or of other letters
		if last != 0 && kind != last {
			changes++
		}
		last = kind
	}
	return changes >= minChanges && digits > 0
}
