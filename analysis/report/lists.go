package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// distinct returns the names that of returns for some things, in order, without "".
func distinct[T any](all []T, of func(T) string) []string {
	names := map[string]bool{}
	for _, x := range all {
		if name := of(x); name != "" {
			names[name] = true
		}
	}
	return sortedKeys(names)
}

// byCount returns the keys of m, those with the highest counts first.
func byCount(m map[string]int) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b))
	})
}

// series writes the first of many numbers.
func series(numbers []int) string {
	const most = 6
	var parts []string
	for _, n := range first(numbers, most) {
		parts = append(parts, strconv.Itoa(n))
	}
	if len(numbers) > most {
		return strings.Join(parts, ", ") + " ..."
	}
	return strings.Join(parts, ", ")
}

// first returns at most n of all.
func first[T any](all []T, n int) []T { return all[:min(n, len(all))] }
