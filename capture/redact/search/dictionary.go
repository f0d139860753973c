package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

// A dictionary finds the words at the beginning of a text. The words are sorted. If w is the last
// word that does not come after the text, all words at the beginning of the text are also at the
// beginning of w.
type dictionary struct {
	entries []entry
	// shorter is the index of the longest other word at the beginning of a word, -1 for none.
	shorter []int32
	texts   []byte
	longest int
}

// An entry is a word.
type entry struct {
	key  uint64 // its first eight bytes
	at   uint32 // offset of its text
	size uint16
	is   property
}

// A property of a word.
type property uint8

const (
	public   property = 1 << iota // may be in plain text
	spelled                       // its spelling follows its text
	encoded                       // long enough to be found in base64
	byItself                      // too short to be found within words
	nonASCII                      // has other characters than ASCII
	wide                          // its text is in UTF-16
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

// sort prepares the dictionary for use.
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

// spelling returns the first spelling of a word, nil if it is not kept.
func (d *dictionary) spelling(e *entry) []byte {
	if e.is&spelled == 0 {
		return nil
	}
	end := int(e.at) + int(e.size)
	return d.texts[end : end+int(e.size)]
}

// begins returns a wanted word at the beginning of a text in lower case.
func (d *dictionary) begins(text []byte, isWanted func(*entry) bool) *entry {
	last := d.behind(text) - 1
	for i := int32(last); i >= 0; i = d.shorter[i] {
		if e := &d.entries[i]; bytes.HasPrefix(text, d.text(e)) && isWanted(e) {
			return e
		}
	}
	return nil
}

// behind returns the index of the first word that comes after a text.
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

// bigEndian returns up to eight bytes as a number, with the first one highest. If there are fewer
// than n, the others are zero.
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
