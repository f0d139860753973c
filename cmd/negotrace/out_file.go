package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"negotrace/capture"
)

// An outFile is written as a temporary file in the same directory, and renamed at the end, so that
// it is complete or does not exist. A file that is not regular, such as a pipe, is written
// directly.
type outFile struct {
	*os.File
	path string // the final name; empty if it is written directly
}

// createOut begins writing a file. It must not be one of the inputs, not even under another name.
func createOut(path string, inputs []os.FileInfo) (*outFile, error) {
	before, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, err
	case before.IsDir():
		return nil, fmt.Errorf("%q is a directory", path)
	default:
		if slices.ContainsFunc(inputs, func(input os.FileInfo) bool { return os.SameFile(before, input) }) {
			return nil, fmt.Errorf("%q is read: -o must name another file", path)
		}
		if !before.Mode().IsRegular() {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			return &outFile{File: f}, err
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(partOf(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, notMade(path, err)
	}
	if before != nil {
		err = f.Chmod(before.Mode().Perm())
	}
	return &outFile{f, path}, err
}

// Write writes; an error has the final name.
func (f *outFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if err != nil && f.path != "" {
		err = notMade(f.path, err)
	}
	return n, err
}

// partOf returns the name beside a path that is used until all is written.
func partOf(path string) string {
	return filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d.part", filepath.Base(path), os.Getpid()))
}

// notMade returns the error for a temporary file or directory that cannot be created, with its
// final name.
func notMade(path string, err error) error {
	if p := new(os.PathError); errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%q cannot be written: %w", path, err)
}

// A fileOutput is the file that -o names. It is created at the first byte, so there is none if
// nothing can be read. It gets its final name when it is closed.
type fileOutput struct {
	tool *tool
	file *outFile
	err  error // the first one
}

func (o *fileOutput) Write(b []byte) (n int, err error) {
	if o.err == nil && o.file == nil {
		o.file, o.err = createOut(o.tool.display.out, o.tool.reads)
	}
	if o.err != nil {
		return 0, o.err
	}
	n, o.err = o.file.Write(b)
	return n, o.err
}

// Close gives the file its final name, unless writing failed.
func (o *fileOutput) Close() error {
	switch {
	case o.file == nil:
		return o.err
	case o.err != nil:
		o.file.discard()
		return o.err
	}
	err := o.file.commit()
	if err != nil {
		o.file.discard()
		o.tool.warn(err)
		o.tool.status = notAnalysed
	}
	return err
}

// inputs returns the files that are read: captures and keys.
func (t *tool) inputs(sources []capture.Source, in *inputFlags) []os.FileInfo {
	names := append(slices.Concat(in.keylogs, in.rsaKeys), in.keytab, t.env("SSLKEYLOGFILE"))
	for _, s := range sources {
		names = append(names, s.Name)
	}
	var all []os.FileInfo
	for _, name := range names {
		var info os.FileInfo
		var err error
		if f, ok := t.stdin.(*os.File); ok && name == standardInput {
			info, err = f.Stat()
		} else {
			info, err = os.Stat(name)
		}
		if err == nil { // what is not there cannot be written over
			all = append(all, info)
		}
	}
	return all
}

// commit closes the file and gives it its final name.
func (o *outFile) commit() error {
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
		os.Remove(o.Name()) // it has only its temporary name
	}
}

// writeOut calls write with a file, or with standard output, and keeps the file unless write fails.
func (t *tool) writeOut(path string, inputs []os.FileInfo, write func(io.Writer) error) error {
	if path == standardInput {
		return write(t.stdout)
	}
	f, err := createOut(path, inputs)
	if err != nil {
		return err
	}
	defer f.discard()
	if err := write(f); err != nil {
		return err
	}
	return f.commit()
}
