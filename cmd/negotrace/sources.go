package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"negotrace/capture"
)

const standardInput = "-"

// sources turns the arguments into inputs.
func (t *tool) sources(args []string) ([]capture.Source, error) {
	if len(args) == 0 {
		return nil, errors.New("no capture given\nsee negotrace --help")
	}
	var all []capture.Source
	live := false
	for _, name := range args {
		if name == standardInput {
			if live {
				return nil, errors.New("standard input can be read only once")
			}
			live = true
			s, err := t.standardInput()
			if err != nil {
				return nil, err
			}
			all = append(all, s)
			continue
		}
		info, err := os.Stat(name)
		if err == nil && info.IsDir() {
			found, err := directory(name)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
			continue
		}
		s := file(name)
		if err == nil {
			s.Size = info.Size()
			s.Live = !info.Mode().IsRegular()
		}
		all = append(all, s)
	}
	return all, nil
}

func file(name string) capture.Source {
	return capture.Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }}
}

func (t *tool) standardInput() (capture.Source, error) {
	if f, ok := t.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return capture.Source{}, errors.New("standard input is a terminal: pipe a capture into it")
	}
	return capture.Source{
		Name: standardInput,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(t.stdin), nil },
		Live: true,
	}, nil
}

// directory returns the files in a directory, those in its directories and hidden
// ones left out.
func directory(name string) ([]capture.Source, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	var all []capture.Source
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		s := file(filepath.Join(name, e.Name()))
		s.Size, s.Found = info.Size(), true
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, errors.New(name + ": no files in this directory")
	}
	return all, nil
}
