package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// count says how many of a thing there are.
func count[N int | int64](n N, thing string) string {
	s := strconv.FormatInt(int64(n), 10) + " " + thing
	if n != 1 {
		s += "s"
	}
	return s
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// byCount returns the keys of m, those with the highest counts first.
func byCount(m map[string]int) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b))
	})
}
