package exports

import (
	"fmt"
	"io"

	"negotrace/capture/export"
)

// HAR rewrites an HTTP Archive. If it is nested in other JSON, only the archive is kept. One that
// is cut short is cut short at the same entry. It is an error if there is no entry.
func (r *Redactor) HAR(in io.Reader, out io.Writer) error {
	j, err := export.NewJSON(in)
	if err != nil {
		return fmt.Errorf("HAR: %s", j.Where(err))
	}
	h := &har{rewriter: &rewriter{Redactor: r, in: j, out: newWriter(out)}}
	err = h.document()
	if h.listOpen {
		h.out.WriteString("]}}\n")
	}
	if flushed := h.out.Flush(); flushed != nil {
		return flushed
	}
	if r.Counts.Entries == 0 && err != nil {
		return fmt.Errorf("HAR: %s; no entry could be read", h.in.Where(err))
	}
	return nil
}

// A har is an archive that is being rewritten.
type har struct {
	*rewriter
	listOpen bool // a log was begun for a list of entries without one
}

// maxDepth is how deep in other JSON a HAR is looked for, as package export does.
const maxDepth = 8

// document takes one HAR after the other.
func (h *har) document() error {
	for first := true; ; first = false {
		c, err := h.in.Peek()
		if !first && (err != nil || c != '{' && c != '[') {
			return nil
		}
		if err != nil {
			return err
		}
		if err := h.search(0); err != nil {
			return err
		}
	}
}

// search looks for entries in the value that comes next.
func (h *har) search(depth int) error {
	c, err := h.in.Peek()
	switch {
	case err != nil:
		return err
	case depth > maxDepth || c != '{' && c != '[':
		return h.in.Skip()
	case c == '[':
		return h.in.Array(func() error { return h.search(depth + 1) })
	}
	entry := false
	err = h.in.Object(func(name string) error {
		switch name {
		case "log":
			return h.log()
		case "entries":
			h.openList()
			return h.in.Array(func() error {
				h.out.comma()
				return harEntry(h.rewriter)
			})
		case "request", "response", "startedDateTime", "timings":
			if !entry {
				entry = true
				h.openList()
				h.out.comma()
				h.out.open('{')
				h.Counts.Entries++
				h.status, h.media = "", ""
			}
		}
		if !entry {
			return h.search(depth + 1)
		}
		for _, m := range entryMembers {
			if m.name == name {
				h.out.name(name)
				return m.rule(h.rewriter)
			}
		}
		h.leaveOut("members of an entry")
		return h.in.Skip()
	})
	if entry && err == nil {
		h.out.close('}')
	}
	return err
}

// log takes a whole archive.
func (h *har) log() error {
	h.closeList()
	h.out.WriteString(`{"log":`)
	err := harLog(h.rewriter)
	if err == nil {
		h.out.WriteString("}\n")
		h.out.empty = true
	}
	return err
}

// openList begins a log for entries without one.
func (h *har) openList() {
	if !h.listOpen {
		h.out.WriteString(`{"log":{"entries":[`)
		h.listOpen, h.out.empty = true, true
	}
}

func (h *har) closeList() {
	if h.listOpen {
		h.out.WriteString("]}}\n")
		h.listOpen = false
	}
}
