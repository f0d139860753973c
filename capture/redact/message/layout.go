package message

import "negotrace/capture/redact/standin"

// Signs of a layout.
const (
	stays    = '='
	identity = '#' // a number that says what belongs together
	cleared  = '.'
)

// fields rewrites what a layout has a sign for, each for a byte, and clears the rest.
func fields(v *standin.Values, b []byte, layout string) {
	for at := 0; at < len(b) && at < len(layout); {
		end := at + 1
		for end < len(layout) && layout[end] == layout[at] {
			end++
		}
		field := b[at:min(end, len(b))]
		switch layout[at] {
		case stays:
		case identity:
			v.Identity(field)
		default:
			clear(field)
		}
		at = end
	}
	clear(b[min(len(layout), len(b)):])
}
