package capture

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"negotrace/httpstream"
)

// A Source is one input. Unless OpensOnce is set it may be read again, and several times at once.
type Source struct {
	Name string // for messages and Pos.File; "-" for standard input
	// Open begins reading. It is called again unless OpensOnce is set: several sources are put in
	// order by their beginnings before they are read.
	Open      func() (io.ReadCloser, error)
	Size      int64 // bytes, for Progress; 0 if unknown
	OpensOnce bool  // can be opened only once: standard input, a pipe
	// FoundInDirectory says that nobody named this source. If it is no capture, that is noted and
	// is no error.
	FoundInDirectory bool

	record *record // of what is read of it
	format string  // name of its format, where that shows only behind its beginning
	label  string  // what sentences call it among several, see httpstream.FileOf; empty for the only one
}

// Open makes sources of file names from a command line: "-" is stdin, and a directory stands for
// all files in it and below it, sorted by name, except those whose name begins with a dot. Links
// to directories are not followed. What cannot be opened there is a source that says so.
func Open(paths []string, stdin io.Reader) ([]Source, error) {
	var sources []Source
	for _, path := range paths {
		if path == "-" {
			sources = append(sources, standardInput(stdin))
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			sources = append(sources, namedFile(path, info, false))
			continue
		}
		found, err := openDir(path, maxDirectories)
		if err != nil {
			return nil, err
		}
		if len(found) > maxArchiveFiles {
			return nil, fmt.Errorf("more than %d files in directory %q", maxArchiveFiles, path)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("no files in directory %q", path)
		}
		sources = append(sources, found...)
	}
	return sources, nil
}

// openDir returns the files in a directory and below it, to that depth: the logs of IIS have a
// directory for each site. It stops if there are too many.
func openDir(dir string, depth int) ([]Source, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var sources []Source
	for _, e := range entries {
		if e.Name()[0] == '.' {
			continue
		}
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path) // follows links
		switch {
		case err != nil:
			sources = append(sources, notOpened(path, err))
		case e.IsDir() && depth == 0:
			sources = append(sources, notOpened(path, fmt.Errorf("%q lies more than %d directories deep", path, maxDirectories)))
		case e.IsDir():
			below, err := openDir(path, depth-1)
			if err != nil {
				below = []Source{notOpened(path, err)}
			}
			sources = append(sources, below...)
		case info.IsDir(): // a link
		case !info.Mode().IsRegular():
			sources = append(sources, notOpened(path, fmt.Errorf("%q is no regular file", path)))
		default:
			sources = append(sources, namedFile(path, info, true))
		}
		if len(sources) > maxArchiveFiles {
			break
		}
	}
	return sources, nil
}

// notOpened returns a source in a directory that cannot be opened.
func notOpened(path string, err error) Source {
	return Source{Name: path, FoundInDirectory: true, Open: func() (io.ReadCloser, error) { return nil, err }}
}

func standardInput(stdin io.Reader) Source {
	s := Source{Name: "-", OpensOnce: true, Open: func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil }}
	if f, ok := stdin.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			s.Size = info.Size()
		}
	}
	return s
}

func namedFile(path string, info os.FileInfo, found bool) Source {
	s := Source{Name: path, FoundInDirectory: found, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	if info.Mode().IsRegular() {
		s.Size = info.Size()
	} else {
		s.OpensOnce = true
	}
	return s
}

func totalSize(sources []Source) int64 {
	var total int64
	for _, s := range sources {
		if s.Size == 0 {
			return 0
		}
		total += s.Size
	}
	return total
}

// label gives each source the shortest end of its path that is unique.
func label(sources []Source) {
	unlabelled := make([]*Source, len(sources))
	for i := range sources {
		unlabelled[i] = &sources[i]
	}
	for n := 1; n <= maxPathParts && len(unlabelled) > 0; n++ {
		used := map[string]int{}
		for i := range sources {
			used[ending(sources[i].Name, n)]++
		}
		unlabelled = slices.DeleteFunc(unlabelled, func(s *Source) bool {
			s.label = ending(s.Name, n)
			return used[s.label] == 1
		})
	}
}

// ending returns the last n parts of a path.
func ending(path string, n int) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	return strings.Join(parts[max(0, len(parts)-n):], "/")
}

// file returns the Pos.File of a source.
func (s *Source) file(unit httpstream.Unit) httpstream.File {
	if s.label == "" {
		return httpstream.FileOf("", "", unit)
	}
	return httpstream.FileOf(s.Name, s.label, unit)
}
