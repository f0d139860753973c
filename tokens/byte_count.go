package tokens

import "strconv"

// A byteCount is a number of bytes in a sentence: "1 byte", "2 bytes".
type byteCount int

func (n byteCount) String() string {
	if n == 1 {
		return "1 byte"
	}
	return strconv.Itoa(int(n)) + " bytes"
}

// verb puts a verb behind the number: "1 byte follows".
func (n byteCount) verb(one, several string) string {
	if n == 1 {
		return n.String() + " " + one
	}
	return n.String() + " " + several
}

// isOrAre says how many there are of what was named before: "1 is", "2 are".
func isOrAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return strconv.Itoa(n) + " are"
}
