package text

import "strings"

// Field returns what the name and the value of a header line become, in the same length. The value may be on
// several lines.
func (t *Texts) Field(name, value string) (newName, newValue string) {
	if strings.Contains(value, "\n") {
		newName, newValue = t.Field(name, strings.NewReplacer("\r", " ", "\n", " ").Replace(value))
		return newName, foldedLike(newValue, value)
	}
	if key := strings.ToLower(strings.TrimSpace(name)); isKnownHeader(key) {
		return name, t.headerValue(key, value)
	}
	return t.headerName(name), t.knownOrNoise(value)
}

// foldedLike returns a text with the ends of lines of another one of its length.
func foldedLike(text, other string) string {
	b := []byte(text)
	for i := range min(len(b), len(other)) {
		if c := other[i]; c == '\r' || c == '\n' {
			b[i] = c
		}
	}
	return string(b)
}
