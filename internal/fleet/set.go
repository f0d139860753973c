package fleet

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// A File is a file of a set.
type File struct {
	versioned
	Name string `json:"name"`
	// Raw is the name if it is not UTF-8, which JSON cannot hold.
	Raw  []byte `json:"raw,omitempty"`
	Host string `json:"host"`
	// Failure says why there is no such file: its pattern could not be listed.
	Failure string `json:"failure,omitempty"`
}

// Encode writes the file as a record.
func (f *File) Encode() []byte { return encode(f) }

// DecodeFile reads what Encode writes.
func DecodeFile(b []byte) (*File, error) { return decode[File](b) }

// A Set is the files of one capture point, which are read as one timeline.
type Set struct {
	Name  string
	Host  string
	Files []File // in order of their names, each once
}

// A Pattern names files of any file system, and may say to which set they belong.
type Pattern struct {
	Glob string
	Set  string // empty: by the rule of SetOf
	Host string // empty: by the same rule
}

// ringName matches the names of files of a ring. After their common name they have a number after
// a separator, or two of dumpcap (ring_00001_20260302120000), or the number that tcpdump -C puts
// after the extension (trace.pcap12). A dot is no separator, because addresses have dots.
var ringName = regexp.MustCompile(`^(.+?)(?:[-_][0-9]+)*(\.[A-Za-z][A-Za-z0-9]*?)?[0-9]*(\.gz|\.zst|\.bz2|\.xz)?$`)

// SetOf returns the set and the host of a file by its name. The host is the last directory. Files
// in it whose names differ only in their counters are one set. The names of sets use slashes.
func SetOf(name string) (set, host string) {
	path := strings.ReplaceAll(name, `\`, "/")
	dir, base := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		dir, base = path[:i], path[i+1:]
	}
	if m := ringName.FindStringSubmatch(base); m != nil {
		base = m[1] + m[2]
	}
	if dir == "" {
		return base, ""
	}
	return dir + "/" + base, dir[strings.LastIndexByte(dir, '/')+1:]
}

// Assign returns the set of a file that a pattern names, and its record.
func (p Pattern) Assign(name string) (set string, f File) {
	set, host := SetOf(name)
	f = File{versioned: versioned{version}, Name: strings.ToValidUTF8(name, "\ufffd"), Host: cmp.Or(p.Host, host)}
	if f.Name != name {
		f.Raw = []byte(name)
	}
	return cmp.Or(p.Set, set), f
}

// path returns the name by which the file is opened.
func (f *File) path() string {
	if f.Raw != nil {
		return string(f.Raw)
	}
	return f.Name
}

// Failed returns a set and a file for a pattern that names none.
func (p Pattern) Failed(err error) (set string, f File) {
	set, f = p.Assign(p.Glob)
	f.Failure = err.Error()
	return set, f
}

// ErrNoFile says that a pattern names no file.
var ErrNoFile = errors.New("no file of this name")

// NewSet makes a set of its files, which may come in any order, and several times if several
// patterns name them. The host of its first file is the host of the set.
func NewSet(name string, files []File) Set {
	slices.SortFunc(files, func(a, b File) int {
		return cmp.Or(cmp.Compare(a.path(), b.path()), cmp.Compare(a.Failure, b.Failure), cmp.Compare(a.Host, b.Host))
	})
	files = slices.CompactFunc(files, func(a, b File) bool { return a.path() == b.path() })
	s := Set{Name: name, Files: files}
	if len(files) > 0 {
		s.Host = files[0].Host
	}
	return s
}

// ReadManifest reads which files belong to which set: lines of CSV with the set, the host and a
// pattern. Lines that begin with # are comments.
func ReadManifest(r io.Reader) ([]Pattern, error) {
	lines := csv.NewReader(r)
	lines.Comment, lines.FieldsPerRecord, lines.TrimLeadingSpace = '#', 3, true
	var all []Pattern
	for {
		fields, err := lines.Read()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("a line of a manifest is SET,HOST,PATTERN: %w", err)
		}
		p := Pattern{Set: strings.TrimSpace(fields[0]), Host: strings.TrimSpace(fields[1]), Glob: strings.TrimSpace(fields[2])}
		if p.Glob == "" {
			line, _ := lines.FieldPos(2)
			return nil, fmt.Errorf("line %d of the manifest has no pattern", line)
		}
		all = append(all, p)
	}
}
