package knownerror

import (
	"cmp"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

// librarySentence is the family of errors that are known by what libraries print.
const librarySentence = "a sentence of a library or program, which names no number"

// maxFound is how many errors of one text are explained.
const maxFound = 32

// In returns the errors in a text, such as a line of a log or the trace of an exception, each
// once and in their order: by name, by a number that only an error has, or by the sentence of a
// library.
func In(text string) []analysis.KnownError {
	if found := errorsIn(text, false); len(found) > 0 {
		return found
	}
	return errorsIn(text, true)
}

// CauseIn returns what the first error in a text means, "" if there is none, or it leaves the cause open.
func CauseIn(text string) string {
	for _, e := range errorsIn(text, false) {
		return e.Means
	}
	return ""
}

// errorsIn is In for the sentences that are general, or for those that are not and for names and numbers.
func errorsIn(text string, general bool) []analysis.KnownError {
	type hit struct {
		at int
		analysis.KnownError
	}
	var hits []hit
	add := func(at int, found []analysis.KnownError) {
		for _, e := range found {
			hits = append(hits, hit{at, e})
		}
	}
	begin := 0
	for i := range len(text) + 1 {
		if i < len(text) && inCode(text[i]) {
			continue
		}
		word := strings.Trim(text[begin:i], "._")
		if begin > 0 && text[begin-1] == '-' && (begin == 1 || !inCode(text[begin-2])) {
			word = "-" + word // a number with its sign
		}
		if !general && namesError(word) && !(iisErrors[word].means != "" && isMeasure(text[begin:])) && !strings.HasPrefix(text[i:], ": LdapErr") {
			add(begin, LookUp(word))
		}
		begin = i + 1
	}
	for _, n := range labelledNumbers(text, general) {
		add(n.at, LookUp(n.number))
	}
	lower := strings.ToLower(text)
	for _, code := range tokens.ErrorCodes() {
		if _, at := firstOf(code.Words(), lower); at >= 0 && !general {
			add(at, LookUp(code.Name()))
		}
	}
	for _, s := range sentences {
		if part, at := firstOf(s.parts, lower); at >= 0 && s.general == general {
			add(at, s.known(part))
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.at, b.at) })
	var all []analysis.KnownError
	for _, h := range hits {
		if len(all) < maxFound && !slices.ContainsFunc(all, func(e analysis.KnownError) bool { return e.Name == h.Name }) {
			all = append(all, h.KnownError)
		}
	}
	return all
}

// inCode reports whether a byte may be in the name or the number of an error.
func inCode(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// isMeasure reports whether a number, with which a text begins, has a unit behind it: 401.1 ms are no status.
func isMeasure(text string) bool {
	_, unit, _ := strings.Cut(text[:min(len(text), 32)], " ")
	unit = strings.ToLower(unit)
	end := strings.IndexFunc(unit, func(r rune) bool { return r != '%' && (r < 'a' || 'z' < r) })
	if end >= 0 {
		unit = unit[:end]
	}
	return slices.Contains(units, unit)
}

// units are what programs measure in decimals.
var units = []string{"%", "s", "sec", "secs", "seconds", "ms", "msec", "milliseconds", "us", "b", "bytes", "k", "kb", "mb", "gb", "kib", "mib", "gib", "req", "requests", "rps"}

// namesError reports whether a word of a text stands for an error by itself: a name with an underscore, a status
// of IIS with its sub-status, or a number with the highest of 32 bits, which errors of Windows have.
func namesError(word string) bool {
	if strings.Contains(word, "_") || iisErrors[word].means != "" || entraErrors[strings.ToUpper(word)].means != "" {
		return true
	}
	_, ok := statusNumber(word)
	return ok
}

// firstOf returns the first of the parts in a text in lower case, and where it is; -1 if none is there.
func firstOf(parts []string, lower string) (first string, at int) {
	at = -1
	for _, part := range parts {
		if n := indexOf(lower, strings.ToLower(part)); n >= 0 && (at < 0 || n < at) {
			first, at = part, n
		}
	}
	return first, at
}

// indexOf returns where a text has a part, in which "..." stands for anything in one line; -1 if it has not.
func indexOf(text, part string) int {
	begin, end, gap := strings.Cut(part, "...")
	for from := 0; ; {
		at := strings.Index(text[from:], begin)
		if at < 0 || !gap {
			return at
		}
		line, _, _ := strings.Cut(text[from+at+len(begin):], "\n")
		if strings.Contains(line[:min(len(line), maxGap)], end) {
			return from + at
		}
		from += at + len(begin)
	}
}

// maxGap is how much may lie between the constant parts of a sentence: a name or a path.
const maxGap = 512

// known returns the error that a part of the sentence stands for.
func (s *sentence) known(part string) []analysis.KnownError {
	if s.same != "" {
		return LookUp(s.same)
	}
	return []analysis.KnownError{{Name: part, Family: librarySentence, Means: s.means, Checks: s.checks}}
}
