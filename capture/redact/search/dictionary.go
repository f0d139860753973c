package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

// A dictionary finds the words that a text begins with. The words are sorted: all that a text
// begins with are beginnings of the last word that is not behind the text.
type dictionary struct {
	entries []entry
	// shorter is the longest other word that a word begins with, -1 for none.
	shorter []int32
	texts   []byte
	longest int
}

// An entry is a word.
type entry struct {
	key  uint64 // its first eight bytes
	at   uint32 // where its text is
	size uint16
	is   property
}

// A property of a word.
type property uint8

const (
	public   property = 1 << iota // no matter as plain text
	spelled                       // its spelling is behind its text
	encoded                       // long enough to be found in base64
	byItself                      // too short to be found within words
	nonASCII                      // of other characters than ASCII
	wide                          // its text is in UTF-16
	literal                       // its text is looked for as it is, for it is not of word characters alone
)

// add adds a word in lower case.
func (d *dictionary) add(text, spelling string, is property) {
	e := entry{key: bigEndian([]byte(text), 8), at: uint32(len(d.texts)), size: uint16(len(text)), is: is}
	d.texts = append(d.texts, text...)
	if len(spelling) == len(text) {
		d.texts = append(d.texts, spelling...)
		e.is |= spelled
	}
	d.longest = max(d.longest, len(text))
	d.entries = append(d.entries, e)
}

// sort makes the dictionary ready to be used.
func (d *dictionary) sort() {
	slices.SortFunc(d.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), bytes.Compare(d.text(&a), d.text(&b)), cmp.Compare(a.at, b.at))
	})
	d.shorter = make([]int32, len(d.entries))
	last := int32(-1)
	for i := range d.entries {
		for text := d.text(&d.entries[i]); last >= 0 && !bytes.HasPrefix(text, d.text(&d.entries[last])); {
			last = d.shorter[last]
		}
		d.shorter[i], last = last, int32(i)
	}
}

func (d *dictionary) text(e *entry) []byte { return d.texts[e.at : int(e.at)+int(e.size)] }

// spelling returns how a word was first written, if that is noted.
func (d *dictionary) spelling(e *entry) []byte {
	if e.is&spelled == 0 {
		return nil
	}
	end := int(e.at) + int(e.size)
	return d.texts[end : end+int(e.size)]
}

// begins returns a word that a text in lower case begins with, and that is as it shall be.
func (d *dictionary) begins(text []byte, isWanted func(*entry) bool) *entry {
	last := d.behind(text) - 1
	for i := int32(last); i >= 0; i = d.shorter[i] {
		if e := &d.entries[i]; bytes.HasPrefix(text, d.text(e)) && isWanted(e) {
			return e
		}
	}
	return nil
}

// behind returns how many words are not behind a text.
func (d *dictionary) behind(text []byte) int {
	key := bigEndian(text, 8)
	return sort.Search(len(d.entries), func(i int) bool {
		e := &d.entries[i]
		return e.key > key || e.key == key && bytes.Compare(d.text(e), text) > 0
	})
}

// isBeginning reports whether a word is longer than a text and begins with it.
func (d *dictionary) isBeginning(text []byte) bool {
	i := d.behind(text)
	return i < len(d.entries) && bytes.HasPrefix(d.text(&d.entries[i]), text)
}

// bigEndian returns up to eight bytes as a number, the first one highest, and zeros for those
// that are missing of n.
func bigEndian(b []byte, n int) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b) >> (64 - 8*n)
	}
	key := uint64(0)
	for i := range n {
		key <<= 8
		if i < len(b) {
			key |= uint64(b[i])
		}
	}
	return key
}
