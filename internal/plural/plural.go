// Package plural puts numbers of things into English sentences.
package plural

import (
	"strconv"
	"strings"
)

// Count says how many of a thing there are: "1 byte", "2 bytes", "3 entries".
func Count[N int | int64](n N, noun string) string {
	return strconv.FormatInt(int64(n), 10) + " " + Verb(n, noun, ofSeveral(noun))
}

// Verb returns one for a single thing, and several for any other number of them: "is" or "are".
func Verb[N int | int64](n N, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// ofSeveral returns a noun in the plural.
func ofSeveral(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(noun, "ay") {
		return stem + "ies"
	}
	if strings.HasSuffix(noun, "s") {
		return noun + "es"
	}
	return noun + "s"
}
