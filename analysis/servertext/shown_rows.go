package servertext

import (
	"bytes"

	"negotrace/internal/lazyregexp"
)

var (
	// divRow matches where a row of a table begins that is made of div elements, as Bootstrap and ARIA have them.
	divRow  = lazyregexp.New(`(?i)<div\b[^>]*?\b(?:role=["']?row\b|class=["'](?:[^"'>]* )?(?:table-)?row[ "'])[^>]*>`)
	divEdge = lazyregexp.New(`(?i)<(/?)div\b`)
	divCell = lazyregexp.New(`(?i)<(?:div|span)\b[^>]*>`)
	// rowCode is what stands first in a row that explains an error: its number.
	rowCode = lazyregexp.New(`^(?:[A-Za-z]{1,4}[ -]?)?\d[\dA-Fa-fx.]{0,9}[.:)]?$`)
)

// maxRows is how many rows of a page are looked at, and maxEdges how many edges of elements in each.
const maxRows, maxEdges = 64, 64

// leaveOutRows leaves out the rows of div elements that list errors by their numbers, where there are several.
func leaveOutRows(page []byte) {
	var rows [][]byte
	for _, at := range divRow().FindAllIndex(page, maxRows) {
		if row := divFrom(page[at[0]:]); row != nil && explainsCode(row[at[1]-at[0]:]) {
			rows = append(rows, row)
		}
	}
	if len(rows) > 1 {
		for _, row := range rows {
			leaveOut(row, false)
		}
	}
}

// divFrom returns the div element with which a part of a page begins, nil if its end is not found.
func divFrom(part []byte) []byte {
	depth := 0
	for _, edge := range divEdge().FindAllSubmatchIndex(part, maxEdges) {
		if depth++; edge[2] < edge[3] {
			depth -= 2
		}
		if depth == 0 {
			return part[:edge[1]]
		}
	}
	return nil
}

// explainsCode reports whether the first cell of a row has nothing but a number, and another one follows.
func explainsCode(row []byte) bool {
	cells := divCell().FindAllIndex(row, 2)
	return len(cells) == 2 && rowCode().MatchString(textOf(row[cells[0][1]:cells[1][0]])) && len(bytes.TrimSpace(markUp().ReplaceAll(row[cells[1][1]:], nil))) > 0
}
