package export

import "strings"

// maxHARDepth is how deeply a HAR may be nested in other JSON.
const maxHARDepth = 8

// document reads a text that holds a HAR: the HAR itself, JSON around it, a list of
// entries, one entry, or several of these one after the other.
func (h *harReader) document() error {
	if err := h.skipPrefix(); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := h.peek()
		if !first && (err != nil || c != '{' && c != '[') {
			return nil // what follows a HAR is no part of it
		}
		if err != nil {
			return err
		}
		if err := h.search(0); err != nil {
			return err
		}
	}
}

// search looks for entries in the next value.
func (h *harReader) search(depth int) error {
	c, err := h.peek()
	switch {
	case err != nil:
		return err
	case depth > maxHARDepth || c != '{' && c != '[':
		return h.skip()
	case c == '[':
		return h.array(func() error { return h.search(depth + 1) })
	}
	var e *harEntry
	err = h.object(func(name string) error {
		switch name {
		case "log":
			return h.log()
		case "entries":
			return h.list()
		case "request", "response", "startedDateTime", "timings":
			if e == nil {
				e = h.newEntry()
			}
		}
		if e != nil {
			return e.member(name)
		}
		return h.search(depth + 1)
	})
	if e != nil && err == nil {
		h.add(e)
	}
	return err
}

// log reads the member that holds the archive.
func (h *harReader) log() error {
	return h.object(func(name string) error {
		switch name {
		case "creator", "browser":
			return h.creator()
		case "entries":
			return h.list()
		case "pages":
			return h.array(h.page)
		}
		return h.skip()
	})
}

// page reads an element of log.pages: Chrome uses the URL as the title of a page.
func (h *harReader) page() error {
	var id, title string
	err := h.object(func(name string) (err error) {
		switch name {
		case "id":
			id, err = h.string()
		case "title":
			title, err = h.string()
		default:
			err = h.skip()
		}
		return err
	})
	isURL := strings.HasPrefix(title, "http://") || strings.HasPrefix(title, "https://")
	if isURL && len(title) <= maxPageURL && len(id) <= maxPageURL && len(h.pages) < maxPages {
		title, _, _ = strings.Cut(title, "#")
		h.pages[id], _, _ = strings.Cut(title, "?")
	}
	return err
}

func (h *harReader) list() error {
	if c, err := h.peek(); err != nil || c == '[' {
		h.seen = err == nil
	}
	return h.array(h.entry)
}

// creator reads which program wrote the archive. An unknown program may name the browser that it
// controlled.
func (h *harReader) creator() error {
	return h.object(func(name string) error {
		value, err := h.string()
		if name == "name" && h.writer.kind == unknownWriter {
			if w := harWriterOf(value); w.kind != unknownWriter || h.writer.label == "" {
				h.writer = w
			}
		}
		return err
	})
}
