package main

import (
	"errors"
	"io"
	"os"
)

// The files beside a capture of the mix tls.
const (
	keyLogSuffix = ".keys"   // its secrets, as --keylog takes them
	sealedSuffix = ".sealed" // what -crypto takes
)

// create makes the file of a capture. What is written is packed if the job says so.
func (j job) create(path string) (io.WriteCloser, error) {
	f, err := os.Create(path)
	if err != nil || j.pack == nil {
		return f, err
	}
	w, err := j.pack.writer(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return packed{w, f}, nil
}

// beside makes a file that only some captures have; others write to nowhere.
func (j job) beside(path string) (io.WriteCloser, error) {
	if !j.mix.sealed {
		return nowhere{io.Discard}, nil
	}
	return os.Create(path)
}

// A packed is a file and what packs into it.
type packed struct {
	io.WriteCloser
	file *os.File
}

func (p packed) Close() error { return errors.Join(p.WriteCloser.Close(), p.file.Close()) }

type nowhere struct{ io.Writer }

func (nowhere) Close() error { return nil }
