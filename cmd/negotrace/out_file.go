package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"negotrace/capture"
)

// An outFile is a file that is there whole, or not at all: it is written beside its place and
// put there at the end. What is no regular file, such as a pipe, is written directly.
type outFile struct {
	*os.File
	path string // of its place; empty if it is written directly
}

// createOut begins writing a file, which must not be one of the sources, under whatever name.
func (t *tool) createOut(path string, sources []capture.Source) (*outFile, error) {
	before, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, err
	case before.IsDir():
		return nil, fmt.Errorf("%q is a directory", path)
	default:
		for _, s := range sources {
			if t.isSource(before, s.Name) {
				return nil, fmt.Errorf("%q is read: -o must name another file", path)
			}
		}
		if !before.Mode().IsRegular() {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			return &outFile{File: f}, err
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
	}
	beside := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d.part", filepath.Base(path), os.Getpid()))
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	if before != nil {
		err = f.Chmod(before.Mode().Perm())
	}
	return &outFile{f, path}, err
}

// isSource reports whether a file is the source of that name.
func (t *tool) isSource(file os.FileInfo, name string) bool {
	var info os.FileInfo
	var err error
	if f, ok := t.stdin.(*os.File); name == standardInput && ok {
		info, err = f.Stat()
	} else {
		info, err = os.Stat(name)
	}
	return err == nil && os.SameFile(file, info)
}

// keep puts the file into its place.
func (o *outFile) keep() error {
	err := o.Close()
	if err == nil && o.path != "" {
		err = os.Rename(o.Name(), o.path)
	}
	return err
}

// discard removes what was written, unless it was kept.
func (o *outFile) discard() {
	o.Close()
	if o.path != "" {
		os.Remove(o.Name()) // nobody else knows of it
	}
}

// writeOut has write write into a file, or to standard output, and keeps that unless it
// fails.
func (t *tool) writeOut(path string, sources []capture.Source, write func(io.Writer) error) error {
	if path == standardInput {
		return write(t.stdout)
	}
	f, err := t.createOut(path, sources)
	if err != nil {
		return err
	}
	defer f.discard()
	if err := write(f); err != nil {
		return err
	}
	return f.keep()
}
