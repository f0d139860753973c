package servertext

import (
	"bytes"
	"strings"
	"testing"
)

// TestFirstMark holds the search against one that looks for each mark on its own.
func TestFirstMark(t *testing.T) {
	for n, mark := range errorMarks {
		other := errorMarks[(n+1)%len(errorMarks)]
		for before := range 2 * markSearch.shortest {
			for _, page := range []string{
				mark, mark[:len(mark)-1], mark[1:] + mark, mark[:3] + mark + other, mark[:len(mark)-1] + other + mark,
			} {
				page := []byte(strings.Repeat("E", before) + page + "\r\n")
				want := -1
				for _, m := range errorMarks {
					if i := bytes.Index(page, []byte(m)); i >= 0 && (want < 0 || i < want) {
						want = i
					}
				}
				if got := firstMark(page); got != want {
					t.Errorf("%q: %d, want %d", page, got, want)
				}
			}
		}
	}
}
