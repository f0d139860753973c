package capturetest

import (
	"regexp"
	"strings"
)

var (
	quotation = regexp.MustCompile(`"[^"]*"`)
	codeName  = regexp.MustCompile(`\b((?:KDC|KRB|STATUS|SEC|ERROR|GSS)_[A-Z0-9_]+|0x[0-9A-Fa-f]{8}|[45]\d\d\.\d+)\b`)
	netError  = regexp.MustCompile(`(?:net::|log says )(ERR_[A-Z_]+)`)
	answer    = regexp.MustCompile(`(?:\banswered|\bgot an?|\bwith an?|\bis an?|\banswer was|\() ?([45]\d\d)\b`)
)

// Codes returns the errors that a sentence of a finding names: names of Kerberos, Windows,
// GSS-API and Chromium, statuses of Windows in hexadecimal, sub-statuses of IIS, and statuses of
// HTTP in an answer. A status inside quotation marks does not count: it is part of a quoted text.
func Codes(sentence string) (names []string) {
	if !strings.ContainsAny(sentence, "_45") && !strings.Contains(sentence, "0x") {
		return nil // most sentences, without the expensive search
	}
	for _, pattern := range []*regexp.Regexp{codeName, netError} {
		for _, m := range pattern.FindAllStringSubmatch(sentence, -1) {
			names = append(names, m[1])
		}
	}
	rest := quotation.ReplaceAllString(codeName.ReplaceAllString(sentence, ""), "")
	for _, m := range answer.FindAllStringSubmatch(rest, -1) {
		names = append(names, m[1])
	}
	return names
}
