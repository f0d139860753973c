package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"negotrace/httpstream"
)

// A ring is the files of a directory that follow each other while they are captured, or one file
// and those that replace it.
type ring struct {
	*follower
	path      string
	directory bool
	known     map[string]*ringFile // by path, as it was when it was last looked at
	waiting   []*ringFile          // to be read, in the order of their first packets
	looked    bool                 // once at least

	current *ringFile       // being read
	last    httpstream.Time // of the packet last read
	listed  []Source        // that were read, for the report; of very many the first
}

// A ringFile is a file as it was when it was last looked at.
type ringFile struct {
	source Source
	info   os.FileInfo
	head   []byte          // its first bytes up to a packet: another file of that name has others
	begin  httpstream.Time // of its first packet
	whole  bool            // can be read only when it is complete
	late   bool            // came after following had begun
	read   int64           // bytes
	err    error           // why it cannot be read as it is now
	never  bool            // it cannot be read when more comes, either
	done   bool            // was read or skipped
}

// read reads the files until no more is wanted.
func (g *ring) read() error {
	for {
		if err := g.look(); err != nil {
			return err
		}
		if f := g.known[g.path]; f != nil && f.never && len(g.listed) == 0 {
			return f.err // no packets can follow in it
		}
		f := g.next()
		if f == nil {
			if err := g.wait(); err != nil {
				return nil // io.EOF: that is all
			}
			continue
		}
		if err := g.readFile(f); err != nil {
			g.note(f, "%v", err)
		}
		f.done = true
		if g.stop.Err() != nil {
			return nil // the error is noted already
		}
	}
}

// next takes the file to be read next, nil if there is none yet.
func (g *ring) next() *ringFile {
	if len(g.waiting) == 0 || g.waiting[0].whole && len(g.waiting) == 1 && g.looks < lastLooks {
		return nil // the last one of these is still being written
	}
	f := g.waiting[0]
	g.waiting = g.waiting[1:]
	return f
}

// note says what is wrong with a file.
func (g *ring) note(f *ringFile, format string, args ...any) {
	g.damageAt(httpstream.Pos{Stream: -1, File: g.nameOf(f)}, format, args...)
}

// nameOf returns the Pos.File of a file: empty if there is only one, however often it is replaced.
func (g *ring) nameOf(f *ringFile) httpstream.File {
	if !g.directory {
		return httpstream.File{}
	}
	return httpstream.FileOf(f.source.Name, filepath.Base(f.source.Name), httpstream.Frames)
}

// missing returns why nothing was read yet.
func (g *ring) missing() error {
	if all := g.unread(); len(all) > 0 {
		return errors.Join(all...)
	}
	if _, err := os.Stat(g.path); err != nil {
		return err
	}
	return fmt.Errorf("%q: %w", g.path, errNothingYet)
}

// list returns the paths of the files, in the order of their names.
func (g *ring) list() ([]string, error) {
	info, err := os.Stat(g.path)
	switch {
	case g.directory: // until it is gone
	case err != nil:
		return nil, nil // it is not there yet, or is being replaced
	case !info.IsDir() && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%q is neither a file nor a directory: pipe it into --follow -", g.path)
	case !info.IsDir():
		return []string{g.path}, nil
	}
	g.directory = true
	entries, err := os.ReadDir(g.path)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if e.Name()[0] != '.' && !e.IsDir() {
			paths = append(paths, filepath.Join(g.path, e.Name()))
		}
	}
	return paths, nil
}

// look looks for files that are new or have changed.
func (g *ring) look() error {
	paths, err := g.list()
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, path := range paths {
		there[path] = true
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || g.isPackedCopy(path) {
			continue // it is gone again, or was read already
		}
		g.lookAt(path, info)
	}
	g.forget(there)
	g.looked = true
	slices.SortStableFunc(g.waiting, func(a, b *ringFile) int { return a.begin.Compare(b.begin) })
	return nil
}

// isPackedCopy reports whether a file is a packed copy of one that was read.
func (g *ring) isPackedCopy(path string) bool {
	switch ext := filepath.Ext(path); ext {
	case ".gz", ".zst", ".bz2", ".xz":
		return g.known[strings.TrimSuffix(path, ext)] != nil
	}
	return false
}

// lookAt looks at a file.
func (g *ring) lookAt(path string, info os.FileInfo) {
	f := g.known[path]
	switch {
	case f == nil:
	case !os.SameFile(f.info, info), f.done && f.begunAnew(info):
		if i := slices.Index(g.waiting, f); i >= 0 {
			g.note(f, "overwritten before it was read")
			g.waiting = slices.Delete(g.waiting, i, i+1)
		}
		f = nil
	case f.done, f == g.current, f.err == nil, !isLocked(f.err) && info.Size() == f.info.Size() && info.ModTime().Equal(f.info.ModTime()):
		return
	}
	if f == nil {
		f = &ringFile{late: g.looked}
		g.known[path] = f
	}
	f.source, f.info = namedFile(path, info, true), info
	if f.err = g.probe(f); f.err == nil {
		g.waiting = append(g.waiting, f)
	}
}

// isLocked reports whether a file could not be opened at all: on Windows, some programs lock files
// while they write them.
func isLocked(err error) bool {
	var why *fs.PathError
	return errors.As(err, &why)
}

// errNothingYet says that there is no packet in a file, or in none of a directory.
var errNothingYet = errors.New("no packet in it")

// probe looks at the beginning of a file.
func (g *ring) probe(f *ringFile) error {
	in, err := g.open(&f.source, probing)
	if err != nil {
		f.never = !isLocked(err) && f.source.Size >= knownBy
		return err
	}
	defer in.close()
	if in.format.packets == nil {
		f.never = true
		return noPackets(&f.source, in.format, in.formatName())
	}
	p, err := g.openPackets(in, g.nameOf(f), true)
	if err != nil {
		return err
	}
	first, err := p.first()
	switch {
	case err != nil:
		return err
	case !p.hasAgain:
		return fmt.Errorf("%q: %w", f.source.Name, errNothingYet)
	}
	f.begin, f.whole = first.Time, !in.format.grows || in.packed != nil
	f.head = headOfFile(f.source.Name, maxHead)
	if !f.whole {
		f.head = f.head[:min(in.blocks.Pos(), int64(len(f.head)))]
	}
	if f.whole && !g.directory {
		f.never = true
		return fmt.Errorf("%q is %s, which can be read only when it is complete", f.source.Name, withArticle(in.formatName()))
	}
	return nil
}

// headOfFile returns the first bytes of a file, none if it cannot be read.
func headOfFile(path string, n int64) []byte {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	head, _ := io.ReadAll(io.LimitReader(file, n)) // it may be shorter
	return head
}

// begunAnew reports whether a file that was read was overwritten by another one.
func (f *ringFile) begunAnew(info os.FileInfo) bool {
	if info.Size() == f.info.Size() && info.ModTime().Equal(f.info.ModTime()) {
		return false
	}
	f.info = info
	return f.err == nil && !bytes.Equal(headOfFile(f.source.Name, int64(len(f.head))), f.head)
}

// forget drops files that no longer exist.
func (g *ring) forget(there map[string]bool) {
	g.waiting = slices.DeleteFunc(g.waiting, func(f *ringFile) bool {
		if there[f.source.Name] {
			return false
		}
		g.note(f, "deleted before it was read")
		f.done = true
		return true
	})
	if len(g.known) > maxRemembered {
		for path := range g.known {
			if !there[path] {
				delete(g.known, path)
			}
		}
	}
}

// unread returns the reasons why files were not read, in the order of their names.
func (g *ring) unread() []error {
	var all []error
	for _, path := range slices.Sorted(maps.Keys(g.known)) {
		if err := g.known[path].err; err != nil {
			all = append(all, err)
		}
	}
	return all
}
