package correlate

import "strings"

// A headerSet is a set of header names, indexed by length, in which most differ already.
type headerSet [][]string

// newHeaderSet returns the set of the given names.
func newHeaderSet(names ...string) headerSet {
	var s headerSet
	for _, name := range names {
		for len(s) <= len(name) {
			s = append(s, nil)
		}
		s[len(name)] = append(s[len(name)], name)
	}
	return s
}

// has reports whether name is in the set, in any letter case.
func (s headerSet) has(name string) bool {
	if len(name) >= len(s) {
		return false
	}
	for _, n := range s[len(name)] {
		if n == name || strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
