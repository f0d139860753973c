package pseudonym

import "hash/maphash"

// A wordTable holds words in lower case, in the order in which they first appeared, with their
// pseudonyms. It has no pointers for each word: a million take little to collect.
type wordTable struct {
	chunks [][]byte // texts of words, each behind it its pseudonym
	words  []wordEntry
	// byWord and byPseudonym are where each is in words, by its hash.
	byWord, byPseudonym hashTable
	// spellings are where it is how words were first written.
	spellings map[uint32]wordEntry
	textBytes int
}

// A wordEntry is where a word is: its pseudonym is as long.
type wordEntry struct {
	chunk, at uint16
	size      uint8
}

// chunkLen is how long a chunk is, of which a place is 16 bits.
const chunkLen = 1 << 16

func newWordTable() *wordTable {
	seed := maphash.MakeSeed()
	return &wordTable{byWord: hashTable{seed: seed}, byPseudonym: hashTable{seed: seed}, spellings: map[uint32]wordEntry{}}
}

// len returns how many words there are.
func (t *wordTable) len() int { return len(t.words) }

// isFull reports whether there is no room for a word.
func (t *wordTable) isFull(word string) bool {
	return len(t.words) >= maxWords || t.textBytes+2*len(word) > maxWordBytes
}

func (t *wordTable) word(i int) []byte {
	return t.text(t.words[i], 0)
}

func (t *wordTable) pseudonym(i int) []byte {
	return t.text(t.words[i], int(t.words[i].size))
}

// spelling returns how a word was first written, if that was noted.
func (t *wordTable) spelling(i int) []byte {
	return t.text(t.spellings[uint32(i)], 0)
}

func (t *wordTable) text(e wordEntry, from int) []byte {
	if e.size == 0 {
		return nil
	}
	at := int(e.at) + from
	return t.chunks[e.chunk][at : at+int(e.size)]
}

// find returns which word it is, -1 if it is none.
func (t *wordTable) find(word string) int {
	return t.byWord.find(word, t.word)
}

// isPseudonym reports whether a text is a pseudonym.
func (t *wordTable) isPseudonym(text string) bool {
	return t.byPseudonym.find(text, t.pseudonym) >= 0
}

// add adds a word that is not there, with its pseudonym, which is as long.
func (t *wordTable) add(word, pseudonym string) {
	t.words = append(t.words, t.keep(word, pseudonym))
	i := len(t.words) - 1
	t.byWord.add(i, t.word)
	if !t.isPseudonym(pseudonym) {
		t.byPseudonym.add(i, t.pseudonym)
	}
}

// spell notes how a word is written, if it is not noted yet.
func (t *wordTable) spell(word, spelling string) {
	i := t.find(word)
	if _, isKnown := t.spellings[uint32(i)]; i >= 0 && !isKnown {
		t.spellings[uint32(i)] = t.keep(spelling, "")
	}
}

// keep appends a text, and one that is as long, to the texts.
func (t *wordTable) keep(text, behind string) wordEntry {
	size := len(text) + len(behind)
	last := len(t.chunks) - 1
	if last < 0 || len(t.chunks[last])+size > chunkLen {
		t.chunks = append(t.chunks, make([]byte, 0, chunkLen))
		last++
	}
	e := wordEntry{uint16(last), uint16(len(t.chunks[last])), uint8(len(text))}
	t.chunks[last] = append(append(t.chunks[last], text...), behind...)
	t.textBytes += size
	return e
}

// A hashTable finds numbers by the text that each stands for. Where one does not fit, it is in
// the next place that is free.
type hashTable struct {
	seed   maphash.Seed
	places []uint32 // numbers, one more each; 0 is free
	used   int
}

// find returns the number of a text, -1 for none.
func (h *hashTable) find(text string, textOf func(int) []byte) int {
	if h.used == 0 {
		return -1
	}
	mask := len(h.places) - 1
	for p := int(maphash.String(h.seed, text)) & mask; h.places[p] != 0; p = (p + 1) & mask {
		if i := int(h.places[p] - 1); string(textOf(i)) == text {
			return i
		}
	}
	return -1
}

// add adds the number of a text that is not there.
func (h *hashTable) add(number int, textOf func(int) []byte) {
	if 4*(h.used+1) > 3*len(h.places) {
		old := h.places
		h.places = make([]uint32, max(64, 2*len(old)))
		for _, n := range old {
			if n != 0 {
				h.put(n, textOf)
			}
		}
	}
	h.put(uint32(number)+1, textOf)
	h.used++
}

func (h *hashTable) put(n uint32, textOf func(int) []byte) {
	mask := len(h.places) - 1
	p := int(maphash.Bytes(h.seed, textOf(int(n-1)))) & mask
	for h.places[p] != 0 {
		p = (p + 1) & mask
	}
	h.places[p] = n
}
