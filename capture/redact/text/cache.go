package text

import (
	"bytes"
	"strings"

	"negotrace/capture/redact/standin"
)

// A cache keeps the replacements of header lines and pages, which repeat often.
type cache struct {
	lines map[string]cachedLine // by what they were
	pages map[string]string     // beginnings of pages
}

// A cachedLine is the replacement of a header line.
type cachedLine struct {
	text        string
	name, value string // as it was, the name in lower case
}

// Line rewrites a header line. It returns what it was: the name, in lower case, and the value.
func (t *Texts) Line(b []byte) (name, value string) {
	if len(b) == 0 {
		return "", ""
	}
	t.Counts.HeaderLines++
	if l, ok := t.cache.lines[string(b)]; ok {
		copy(b, l.text)
		return l.name, l.value
	}
	before := string(b)
	l := t.newLine(b)
	if l.text = string(b); len(b) > maxCachedLine || !isKnownHeader(l.name) || !isCacheable(rules[l.name]) {
		return l.name, l.value
	}
	if len(t.cache.lines) >= maxCachedLines {
		clear(t.cache.lines)
	}
	t.cache.lines[before] = l
	return l.name, l.value
}

// isCacheable reports whether the replacement of a value does not depend on the names known so far.
func isCacheable(k rule) bool {
	switch k {
	case opaque, standardValue, byteCount, software, fieldNames, host, url, via, cookies:
		return true
	}
	return false
}

// newLine rewrites a line that is not in the cache.
func (t *Texts) newLine(b []byte) cachedLine {
	i := bytes.IndexByte(b, ':')
	if i < 0 || b[0] == ' ' || b[0] == '\t' {
		standin.Put(b, t.Names.OpaqueText(string(b)))
		return cachedLine{}
	}
	value := bytes.TrimSpace(b[i+1:])
	l := cachedLine{name: strings.ToLower(strings.TrimSpace(string(b[:i]))), value: string(value)}
	newName, newValue := t.Field(string(b[:i]), l.value)
	standin.Put(b[:i], newName)
	standin.Put(value, newValue)
	return l
}

// Publish says once that a text stays.
func (t *Texts) Publish(text string) {
	if t.published[text] {
		return
	}
	if len(t.published) >= maxCachedLines {
		clear(t.published)
	}
	t.published[strings.Clone(text)] = true
	t.Names.Publish(text)
}

// Page rewrites the beginning of a page, see Words.
func (t *Texts) Page(b []byte) {
	if text, ok := t.cache.pages[string(b)]; ok {
		copy(b, text)
		return
	}
	before := string(b)
	t.Words(b)
	if len(t.cache.pages) >= maxCachedPages {
		clear(t.cache.pages)
	}
	t.cache.pages[before] = string(b)
}
