package text

import (
	"bytes"
	"hash/maphash"
)

// A report counts the sentences that differ. Lines of texts that became the same although they differ in words that
// are replaced get numbers, in the last of these words.

// distinguish does that for the lines of a text. Lines are short that could be single letters of a name.
func (t *Texts) distinguish(b []byte, before string) {
	const shortest = 16
	for at := 0; at < len(b); {
		end := len(b)
		if i := bytes.IndexAny(b[at:], "<\n"); i >= 0 {
			end = at + i
		}
		if line := b[at:end]; len(line) >= shortest && string(line) != before[at:end] {
			if from, to := lastFiller(line, before[at:end]); from < to {
				numberFiller(line[from:to], t.lines.number(maphash.Bytes(t.seed, line), maphash.String(t.seed, before[at:end])))
			}
		}
		at = end + 1
	}
}

// lastFiller returns where the last word is that is all filler, and was none before; 0, 0 if there is none.
func lastFiller(line []byte, before string) (from, to int) {
	const shortest = 5
	for end := len(line); end >= shortest; end-- {
		at := end
		for at > 0 && line[at-1] == line[end-1] {
			at--
		}
		c := line[end-1]
		isWord := (at == 0 || !isAlphanumeric(line[at-1])) && (end == len(line) || !isAlphanumeric(line[end]))
		if (c == 'x' || c == '0') && isWord && end-at >= shortest && before[at:end] != string(line[at:end]) {
			return at, end
		}
		end = at + 1
	}
	return 0, 0
}

// numberFiller writes a number into the last two characters of a filler, if there is room.
func numberFiller(b []byte, number int) {
	digits := "xbcdfghjklmnpqrstvwz"
	if b[0] == '0' {
		digits = "0123456789"
	}
	for i := len(b) - 1; i >= len(b)-2; i-- {
		b[i] = digits[number%len(digits)]
		number /= len(digits)
	}
}

// numberedLines are lines that were replaced, by sums of them: how many became each, and the how manieth each was.
type numberedLines struct {
	became map[uint64]int
	was    map[uint64]int
}

// number returns how many other lines became this one before.
func (l *numberedLines) number(becomes, was uint64) int {
	number, ok := l.was[was]
	if !ok && len(l.was) < maxNumberedLines {
		number = l.became[becomes]
		l.was[was] = number
		l.became[becomes]++
	}
	return number
}
