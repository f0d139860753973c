package search

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
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

// maxFilterKeys bounds the filter of values to 32 MB. Where it passes more, they are looked up.
const maxFilterKeys = 3 << 22

// A valueSet finds values as they are, in hexadecimal, and in base64 at three alignments; those that
// are text in UTF-16, too. What is percent-encoded is decoded before.
type valueSet struct {
	sums   []uint64 // sorted
	filter filter
}

func newValueSet(values []Value) valueSet {
	var s valueSet
	for _, v := range values {
		for _, form := range formsOf(v) {
			s.sums = append(s.sums, valueSum(form))
		}
	}
	slices.Sort(s.sums)
	s.sums = slices.Compact(s.sums)
	s.filter = newFilter(min(4*len(s.sums), maxFilterKeys))
	for _, sum := range s.sums {
		s.filter.add(sum)
	}
	return s
}

// formsOf returns the forms of a value, each of ValueLen bytes. It has none if it says too little. One
// that is text may be in upper or lower case or in UTF-16, too: in either byte order, since the zero
// before the first or behind the last character is not looked at.
func formsOf(v Value) [][]byte {
	if !saysEnough(v[:], minDistinct) {
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
	if !IsASCII(string(v[:])) {
		return forms
	}
	for _, other := range []string{strings.ToLower(string(v[:])), strings.ToUpper(string(v[:]))} {
		if other != string(v[:]) && saysEnough([]byte(other), minDistinct) {
			forms = append(forms, []byte(other))
		}
	}
	if wide := utf16LE(string(v[:ValueLen/2])); saysEnough([]byte(wide), minDistinct/2+1) {
		forms = append(forms, []byte(wide))
	}
	return forms
}

// saysEnough reports whether a value has so many different bytes.
func saysEnough(value []byte, min int) bool {
	seen := [256]bool{}
	distinct := 0
	for _, b := range value {
		if !seen[b] {
			seen[b] = true
			distinct++
		}
	}
	return distinct >= min
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
