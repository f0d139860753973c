package inventory

import "negotrace/analysis"

// A Counter counts handshakes as they become final. Its memory is bounded: what does not fit
// is written to files of its own, and read again at the end.
type Counter struct {
	entries map[Key]*Entry
	most    int
	runs    runs
	err     error // the first one of writing

	current *analysis.Handshake // whose findings come in
	found   []string
	total   int
}

// maxEntries is how many different entries a Counter keeps in memory, of about 500 bytes
// each.
const maxEntries = 100_000

// NewCounter returns a Counter that writes what does not fit into memory into a directory,
// "" for that of the system.
func NewCounter(dir string, most int) *Counter {
	if most <= 0 {
		most = maxEntries
	}
	return &Counter{entries: map[Key]*Entry{}, most: most, runs: runs{dir: dir}}
}

// Sink takes the results of an analysis.
func (c *Counter) Sink() analysis.Sink {
	return analysis.Sink{Handshake: c.handshake, Finding: c.finding}
}

// handshake takes a handshake; what was found on it comes next.
func (c *Counter) handshake(h *analysis.Handshake) {
	c.conclude()
	c.current = h
}

func (c *Counter) finding(f *analysis.Finding) {
	if c.current != nil && f.Handshake == c.current.ID {
		c.found = append(c.found, f.Check)
	}
}

// conclude counts the handshake whose findings are all there.
func (c *Counter) conclude() {
	h := c.current
	c.current = nil
	defer func() { c.found = c.found[:0] }()
	if h == nil {
		return
	}
	one := CaseOf(h, c.found)
	if one == nil {
		return
	}
	e := &one.Entry
	c.total += e.Count
	if known := c.entries[e.Key]; known != nil {
		known.Add(e)
		return
	}
	if len(c.entries) >= c.most && c.err == nil {
		c.err = c.runs.write(c.entries)
		clear(c.entries)
	}
	c.entries[e.Key] = e
}

// Entries calls yield with every entry, in order of their keys, until it returns an error.
// It is called once, when the analysis has ended.
func (c *Counter) Entries(yield func(*Entry) error) error {
	c.conclude()
	defer c.runs.remove()
	if c.err != nil {
		return c.err
	}
	return c.runs.merge(c.entries, yield)
}

// Total returns how many authentications were counted.
func (c *Counter) Total() int { return c.total }
