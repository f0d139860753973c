package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"negotrace/capture"
)

// A redactedOut is the output of redact: a file, or for several captures a directory with a
// numbered file for each. It is complete or does not exist.
type redactedOut struct {
	path  string
	file  *outFile // nil for a directory
	dir   string   // temporary, in the same directory as the final one
	files map[int]*redactedFile
}

// A redactedFile is one written file.
type redactedFile struct {
	*os.File
	name string // in the final directory
}

// newRedactedOut begins writing count captures.
func newRedactedOut(path string, count int, inputs []os.FileInfo) (*redactedOut, error) {
	o := &redactedOut{path: path, files: map[int]*redactedFile{}}
	if count == 1 {
		f, err := createOut(path, inputs)
		if err != nil {
			return nil, err
		}
		if o.file = f; f.path == "" {
			f.Close()
			return nil, fmt.Errorf("%q is no regular file: redact reads again what it wrote", path)
		}
		return o, nil
	}
	entries, err := os.ReadDir(path)
	switch {
	case err == nil && len(entries) > 0:
		return nil, fmt.Errorf("%q is not empty: for several captures -o names a new directory, or an empty one", path)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
			return nil, fmt.Errorf("%q is a file: for several captures -o names a directory", path)
		}
		return nil, err
	}
	o.dir = partOf(path)
	if err := os.Mkdir(o.dir, 0o777); err != nil {
		return nil, notMade(path, err)
	}
	return o, nil
}

// create begins writing capture n, again if it was begun before.
func (o *redactedOut) create(n int, ending string) (io.Writer, error) {
	f := o.files[n]
	if f != nil && o.file == nil && filepath.Ext(f.name) != ending { // it became another format
		f.Close()
		if err := os.Remove(f.Name()); err != nil {
			return nil, err
		}
		f = nil
	}
	if f != nil {
		if err := f.Truncate(0); err != nil {
			return nil, err
		}
		_, err := f.Seek(0, io.SeekStart)
		return f, err
	}
	if o.file != nil {
		o.files[n] = &redactedFile{o.file.File, o.path}
		return o.file, nil
	}
	name := fmt.Sprintf("%d%s", n+1, ending)
	created, err := os.OpenFile(filepath.Join(o.dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	o.files[n] = &redactedFile{created, filepath.Join(o.path, name)}
	return created, nil
}

// source returns a written file as a source, with its final name.
func (o *redactedOut) source(n int) (capture.Source, error) {
	f := o.files[n]
	info, err := f.Stat()
	if err != nil {
		return capture.Source{}, err
	}
	written := f.Name()
	return capture.Source{Name: f.name, Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(written) }}, nil
}

// manifest returns the final name of the manifest with an ending, and where it is written now.
func (o *redactedOut) manifest(ending string) (place, written string) {
	name := manifestName + ending
	if o.file != nil {
		return o.path + "." + name, o.path + "." + name
	}
	return filepath.Join(o.path, name), filepath.Join(o.dir, name)
}

// commit gives everything its final name.
func (o *redactedOut) commit() error {
	if o.file != nil {
		return o.file.commit()
	}
	for _, f := range o.files {
		if err := f.Close(); err != nil {
			return err
		}
	}
	os.Remove(o.path) // an empty directory, which on some systems none can take the place of
	return os.Rename(o.dir, o.path)
}

// discard removes what was written, unless it was kept.
func (o *redactedOut) discard() {
	if o.file != nil {
		o.file.discard()
		return
	}
	for _, f := range o.files {
		f.Close()
	}
	os.RemoveAll(o.dir) // after commit it has another name
}
