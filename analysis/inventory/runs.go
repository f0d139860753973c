package inventory

import (
	"bufio"
	"container/heap"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
)

// runs are files of sorted entries, for an external merge sort. They stay open, and are
// unlinked at once if the system allows that, so that no file is left however the program ends.
type runs struct {
	dir   string
	files []runFile
}

// A runFile is one of them.
type runFile struct {
	*os.File
	named bool // not unlinked yet
}

// maxRuns is how many files there are before they are merged into one: all are open at the same time.
const maxRuns = 64

// write writes entries into a file of their own, or with those of all files into one.
func (r *runs) write(entries map[Key]*Entry) error {
	f, err := os.CreateTemp(r.dir, "negotrace-inventory-*")
	if err != nil {
		return err
	}
	named := os.Remove(f.Name()) != nil
	before := r.files
	if len(before) < maxRuns {
		before = nil
	}
	out := bufio.NewWriter(f)
	encoder := json.NewEncoder(out)
	merged := runs{files: before}
	err = errors.Join(merged.merge(entries, func(e *Entry) error { return encoder.Encode(e) }), out.Flush())
	if before != nil {
		r.remove()
	}
	r.files = append(r.files, runFile{f, named})
	return err
}

func sorted(entries map[Key]*Entry) []*Entry {
	all := make([]*Entry, 0, len(entries))
	for _, e := range entries {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *Entry) int { return a.Compare(&b.Key) })
	return all
}

// remove removes the files.
func (r *runs) remove() {
	for _, f := range r.files {
		f.Close()
		if f.named {
			os.Remove(f.Name()) // nobody can do anything about it
		}
	}
	r.files = nil
}

// merge reads the files and what is in memory side by side, and adds up what has one key.
func (r *runs) merge(entries map[Key]*Entry, yield func(*Entry) error) error {
	var sources sourceHeap
	for _, f := range r.files {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		h := &mergeSource{decoder: json.NewDecoder(bufio.NewReader(f))}
		sources = append(sources, h)
		if _, err := h.advance(); err != nil {
			return err
		}
	}
	memory := &mergeSource{rest: sorted(entries)}
	if more, _ := memory.advance(); more {
		sources = append(sources, memory)
	}
	heap.Init(&sources)
	var current *Entry
	for len(sources) > 0 {
		next := sources[0].entry
		if current != nil && current.Key != next.Key {
			if err := yield(current); err != nil {
				return err
			}
			current = nil
		}
		if current == nil {
			current = next
		} else {
			current.Add(next)
		}
		if err := sources.advance(); err != nil {
			return err
		}
	}
	if current != nil {
		return yield(current)
	}
	return nil
}

// A mergeSource yields the entries of a file, or of those in memory; entry is the next one.
type mergeSource struct {
	entry   *Entry
	decoder *json.Decoder
	rest    []*Entry
}

// advance reads the next entry and reports whether there is one.
func (h *mergeSource) advance() (bool, error) {
	if h.decoder == nil {
		if len(h.rest) == 0 {
			return false, nil
		}
		h.entry, h.rest = h.rest[0], h.rest[1:]
		return true, nil
	}
	h.entry = &Entry{}
	err := h.decoder.Decode(h.entry)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

// sourceHeap is a heap of sources, that with the smallest key first.
type sourceHeap []*mergeSource

func (h sourceHeap) Len() int           { return len(h) }
func (h sourceHeap) Less(i, j int) bool { return h[i].entry.Compare(&h[j].entry.Key) < 0 }
func (h sourceHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sourceHeap) Push(x any)        { *h = append(*h, x.(*mergeSource)) }

func (h *sourceHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// advance goes on to the next entry of the first source, and removes the source at its end.
func (h *sourceHeap) advance() error {
	more, err := (*h)[0].advance()
	if err != nil {
		return err
	}
	if !more {
		heap.Pop(h)
		return nil
	}
	heap.Fix(h, 0)
	return nil
}
