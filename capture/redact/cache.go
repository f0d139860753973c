package redact

import (
	"bytes"
	"strings"
)

// Lines and pages come again and again. What they become is kept, as far as it stays the same.
type cache struct {
	lines map[string]line   // by what they were
	pages map[string]string // beginnings of pages
}

// A line is what a header line has become.
type line struct {
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
	if l.text = string(b); len(b) > maxCachedLine || !isCommon(l.name) || !staysSame(rules[l.name]) {
		return
	}
	if len(r.cache.lines) >= maxCachedLines {
		clear(r.cache.lines)
	}
	r.cache.lines[before] = l
}

// staysSame reports whether a value becomes the same when more names are known.
func staysSame(k rule) bool {
	switch k {
	case opaque, stays, software, fieldNames, host, url, via, cookies:
		return true
	}
	return false
}

// newLine rewrites a line that was not seen lately.
func (r *Redactor) newLine(b []byte) line {
	i := bytes.IndexByte(b, ':')
	if i < 0 || b[0] == ' ' || b[0] == '\t' {
		put(b, r.names.OpaqueText(string(b)))
		return line{}
	}
	value := bytes.TrimSpace(b[i+1:])
	l := line{name: strings.ToLower(strings.TrimSpace(string(b[:i]))), value: string(value)}
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
