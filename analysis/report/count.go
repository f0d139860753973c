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
	for _, n := range numbers[:min(most, len(numbers))] {
		parts = append(parts, strconv.Itoa(n))
	}
	if len(numbers) > most {
		return strings.Join(parts, ", ") + " ..."
	}
	return strings.Join(parts, ", ")
}
