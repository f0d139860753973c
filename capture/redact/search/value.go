package search

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// ValueLen is how many bytes of a value are looked for: so many are nowhere by chance.
const ValueLen = 16

// A Value is the beginning of a value without structure: a cookie, a response, a ciphertext.
type Value [ValueLen]byte

// minDistinct is how many different bytes a value has at least: padding and counters have fewer.
const minDistinct = 8

// A valueSet finds values as they are, in hexadecimal, and in base64 at three alignments.
type valueSet struct {
	sums   []uint64 // sorted
	filter filter
}

func newValueSet(values iter.Seq[Value]) valueSet {
	var s valueSet
	for v := range values {
		for _, form := range formsOf(v) {
			s.sums = append(s.sums, valueSum(form))
		}
	}
	slices.Sort(s.sums)
	s.sums = slices.Compact(s.sums)
	s.filter = newFilter(4 * len(s.sums))
	for _, sum := range s.sums {
		s.filter.add(sum)
	}
	return s
}

// formsOf returns the forms of a value, each of ValueLen bytes. It has none if it says too little.
func formsOf(v Value) [][]byte {
	seen := [256]bool{}
	distinct := 0
	for _, b := range v {
		if !seen[b] {
			seen[b] = true
			distinct++
		}
	}
	if distinct < minDistinct {
		return nil
	}
	inHex := hex.EncodeToString(v[:ValueLen/2])
	forms := [][]byte{v[:], []byte(inHex), []byte(strings.ToUpper(inHex))}
	const coded = ValueLen / 4 * 3
	for _, from := range []int{0, 1, 2} { // behind so many bytes a character of base64 begins
		b := v[from : from+coded]
		forms = append(forms, []byte(base64.RawStdEncoding.EncodeToString(b)))
		if url := base64.RawURLEncoding.EncodeToString(b); url != string(forms[len(forms)-1]) {
			forms = append(forms, []byte(url))
		}
	}
	return forms
}

// valueSum returns a hash of ValueLen bytes.
func valueSum(b []byte) uint64 {
	low, high := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	sum := low*filterFactor ^ bits.RotateLeft64(high*0xd6e8feb86659fd93, 32)
	return (sum ^ sum>>31) * 0xbf58476d1ce4e5b9
}

// values looks for values that begin in b[from:until].
func (c *scan) values(b []byte, from, until int) *Found {
	if len(c.valueSet.sums) == 0 {
		return nil
	}
	until = min(until, len(b)-ValueLen+1)
	for i := from; i < until; i++ {
		sum := valueSum(b[i : i+ValueLen])
		if !c.valueSet.filter.has(sum) {
			continue
		}
		if _, found := slices.BinarySearch(c.valueSet.sums, sum); found {
			return &Found{At: int64(i)}
		}
	}
	return nil
}
