package redact

import (
	"bytes"
	"strings"
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

// headerLine rewrites a line and notes what it says of what follows.
func (r *Redactor) headerLine(b []byte, f *framing) {
	if len(b) == 0 {
		return
	}
	r.Counts.HeaderLines++
	if l, ok := r.cache.lines[string(b)]; ok {
		f.note(l.name, l.value)
		copy(b, l.text)
		return
	}
	before := string(b)
	l := r.newLine(b)
	f.note(l.name, l.value)
	if l.text = string(b); len(b) > maxCachedLine || !isKnownHeader(l.name) || !isCacheable(rules[l.name]) {
		return
	}
	if len(r.cache.lines) >= maxCachedLines {
		clear(r.cache.lines)
	}
	r.cache.lines[before] = l
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
func (r *Redactor) newLine(b []byte) cachedLine {
	i := bytes.IndexByte(b, ':')
	if i < 0 || b[0] == ' ' || b[0] == '\t' {
		put(b, r.names.OpaqueText(string(b)))
		return cachedLine{}
	}
	value := bytes.TrimSpace(b[i+1:])
	l := cachedLine{name: strings.ToLower(strings.TrimSpace(string(b[:i]))), value: string(value)}
	newName, newValue := r.Field(string(b[:i]), l.value)
	put(b[:i], newName)
	put(value, newValue)
	return l
}

// publish says once that a text stays.
func (r *Redactor) publish(text string) {
	if r.published[text] {
		return
	}
	if len(r.published) >= maxCachedLines {
		clear(r.published)
	}
	r.published[strings.Clone(text)] = true
	r.names.Publish(text)
}

// page rewrites the beginning of a page, see words.
func (r *Redactor) page(b []byte) {
	if text, ok := r.cache.pages[string(b)]; ok {
		copy(b, text)
		return
	}
	before := string(b)
	r.words(b)
	if len(r.cache.pages) >= maxCachedPages {
		clear(r.cache.pages)
	}
	r.cache.pages[before] = string(b)
}
