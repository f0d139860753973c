package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"

	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/fleet"
	"negotrace/tokens"
)

// isRemote reports whether a name has a scheme, as names of files on other machines do.
func isRemote(name string) bool { return strings.Contains(name, "://") }

// join puts a file into a directory.
func join(dir, name string) string {
	if isRemote(dir) {
		return strings.TrimSuffix(dir, "/") + "/" + name
	}
	return filepath.Join(dir, name)
}

// list returns the files that a pattern names.
func list(ctx context.Context, glob string) ([]string, error) {
	system, err := filesystem.New(ctx, glob)
	if err != nil {
		return nil, err
	}
	defer system.Close()
	return system.List(ctx, glob)
}

// source returns a file of any file system as a source of captures.
func source(ctx context.Context, name string) capture.Source {
	if !isRemote(name) {
		if sources, err := capture.Open([]string{name}, nil); err == nil && len(sources) == 1 && sources[0].Name == name {
			return sources[0]
		}
	}
	s := capture.Source{Name: name, Open: func() (io.ReadCloser, error) { return open(ctx, name) }}
	if system, err := filesystem.New(ctx, name); err == nil {
		if size, err := system.Size(ctx, name); err == nil {
			s.Size = size
		}
		system.Close()
	}
	return s
}

// An opened file closes its file system too.
type opened struct {
	io.ReadCloser
	system filesystem.Interface
}

// Close closes both.
func (o opened) Close() error { return errors.Join(o.ReadCloser.Close(), o.system.Close()) }

func open(ctx context.Context, name string) (io.ReadCloser, error) {
	system, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	f, err := system.OpenRead(ctx, name)
	if err != nil {
		system.Close()
		return nil, err
	}
	return opened{f, system}, nil
}

// readAll reads a small file of any file system, and at most most bytes of it.
func readAll(ctx context.Context, name string, most int64) ([]byte, error) {
	f, err := open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%q: longer than %d bytes", name, most)
	}
	return b, err
}

const (
	maxManifest = 64 << 20 // a line for each of half a million patterns
	maxKeytab   = 1 << 20  // the keys of ten thousand services
	maxKeylog   = 64 << 20 // the secrets of a hundred thousand connections
	maxOverview = 64 << 20 // its lists have at most some hundred items
)

// sources reads which files are to be analysed.
func (c *command) sources(ctx context.Context, patterns []string) error {
	var all []fleet.Pattern
	if c.manifest != "" {
		text, err := readAll(ctx, c.manifest, maxManifest)
		if err != nil {
			return err
		}
		if all, err = fleet.ReadManifest(bytes.NewReader(text)); err != nil {
			return fmt.Errorf("%s: %w", c.manifest, err)
		}
	}
	for _, p := range patterns {
		all = append(all, fleet.Pattern{Glob: p})
	}
	if len(all) == 0 {
		return fmt.Errorf("%s: no line names a pattern", c.manifest)
	}
	for _, p := range all {
		b, err := json.Marshal(p)
		if err != nil {
			return err
		}
		c.patterns = append(c.patterns, b)
	}
	return nil
}

// checkOut returns an error if the results cannot be written: the directory cannot be made, or it has
// the results of a run with another number of shards, of which some files would not be replaced.
func (c *command) checkOut(ctx context.Context) error {
	if !isRemote(c.Out) {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return err
		}
	}
	names, err := list(ctx, join(c.Out, "*-of-*"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.Contains(name, fmt.Sprintf("-of-%05d.", c.Shards)) {
			return fmt.Errorf("%s has the results of a run with another number of shards: name another directory", name)
		}
	}
	return nil
}

// readKeylogs reads the key logs that a pattern names.
func readKeylogs(ctx context.Context, pattern string) ([][]byte, error) {
	if pattern == "" {
		return nil, nil
	}
	names, err := list(ctx, pattern)
	if err == nil && len(names) == 0 {
		err = fleet.ErrNoFile
	}
	if err != nil {
		return nil, fmt.Errorf("key log %s: %w", pattern, err)
	}
	var all [][]byte
	for _, name := range names {
		text, err := readAll(ctx, name, maxKeylog)
		if err == nil {
			err = (&httpstream.Secrets{}).Read(bytes.NewReader(text))
		}
		if err != nil {
			return nil, fmt.Errorf("key log %s: %w", name, err)
		}
		all = append(all, text)
	}
	return all, nil
}

// readKeytab reads the keytab with that name, nil for an empty name.
func readKeytab(ctx context.Context, name string) (*tokens.Keytab, error) {
	if name == "" {
		return nil, nil
	}
	b, err := readAll(ctx, name, maxKeytab)
	if err != nil {
		return nil, fmt.Errorf("keytab %s: %w", name, err)
	}
	k, err := tokens.ParseKeytab(b)
	if err != nil {
		return nil, fmt.Errorf("keytab %s: %w", name, err)
	}
	return k, nil
}

// A writeFn writes the shards of tables.
type writeFn struct {
	Out    string
	Shards int
}

// ProcessElement writes a shard as NDJSON and as CSV.
func (f *writeFn) ProcessElement(ctx context.Context, key string, all func(*[]byte) bool) error {
	ndjson, err := fleet.FileName(key, f.Shards, "ndjson")
	if err != nil {
		return err
	}
	table, err := fleet.FileName(key, f.Shards, "csv")
	if err != nil {
		return err
	}
	return write(ctx, join(f.Out, ndjson), func(lines io.Writer) error {
		return write(ctx, join(f.Out, table), func(cells io.Writer) error {
			return fleet.WriteShard(key, records(all), lines, cells)
		})
	})
}

// An overviewFn writes the overview.
type overviewFn struct{ Out string }

// ProcessElement writes the overview as a page and as JSON.
func (f *overviewFn) ProcessElement(ctx context.Context, _ string, parts func(*[]byte) bool) error {
	o, err := combined(parts)
	if err != nil {
		return err
	}
	if err := write(ctx, join(f.Out, "overview.html"), o.WriteHTML); err != nil {
		return err
	}
	return write(ctx, join(f.Out, overviewName), func(w io.Writer) error {
		b, err := o.MarshalIndent()
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	})
}

const overviewName = "overview.json"

// overview reads the overview that was written.
func (c *command) overview(ctx context.Context) (*fleet.Overview, error) {
	b, err := readAll(ctx, join(c.Out, overviewName), maxOverview)
	if err != nil {
		return nil, err
	}
	o := &fleet.Overview{}
	return o, o.Add(b)
}

// write writes a file. A local file gets its name when it is complete, so that an interrupted run
// leaves no part of it.
func write(ctx context.Context, name string, contents func(io.Writer) error) error {
	system, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer system.Close()
	renamer, ok := system.(filesystem.Renamer)
	ok = ok && !isRemote(name)
	to := name
	if ok {
		to += ".part"
	}
	f, err := system.OpenWrite(ctx, to)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	if err := errors.Join(contents(out), out.Flush(), f.Close()); err != nil || !ok {
		return err
	}
	return renamer.Rename(ctx, to, name)
}
