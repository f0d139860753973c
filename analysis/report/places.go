package report

import (
	"cmp"
	"fmt"
	"strings"

	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// tallied writes counts by name, the highest first, with the first places that are known.
func tallied(m map[string]int, first map[string]httpstream.Pos) string {
	var parts []string
	for i, k := range byCount(m) {
		if i == perKind {
			parts = append(parts, fmt.Sprintf("%d more", len(m)-i))
			break
		}
		at := where(m[k], first[k])
		if m[k] > 1 {
			k = fmt.Sprintf("%s (%d", k, m[k])
			at = cmp.Or(strings.Replace(at, " (", ", ", 1), ")")
		}
		parts = append(parts, k+at)
	}
	return strings.Join(parts, ", ")
}

// countFrom writes a number of things, and where the first is.
func countFrom[N int | int64](n N, thing string, first httpstream.Pos) string {
	return plural.Count(n, thing) + where(n, first)
}

// where says where the first of n things is, if it has a place: " (frame 3)", " (from frame 3)".
func where[N int | int64](n N, first httpstream.Pos) string {
	switch {
	case first.Frame == 0:
		return ""
	case n == 1:
		return " (" + first.String() + ")"
	}
	return " (from " + first.String() + ")"
}

func sum(m map[string]int) (n int) {
	for _, k := range m {
		n += k
	}
	return n
}
