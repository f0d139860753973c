package capture

import (
	"context"
	"errors"
	"io"
	"os"

	"negotrace/capture/block"
)

// Spool makes files of the sources that can be opened only once, so that all can be read several
// times. The files are in a directory, and remove deletes them. If ctx is done, a file holds what
// came until then. A source that begins like no format that is read is an error, before anything of it
// is written: it may have no end.
func Spool(ctx context.Context, sources []Source, dir string) (all []Source, remove func(), err error) {
	r := newRun(ctx, Sink{}, Options{})
	defer r.end()
	var paths []string
	remove = func() {
		for _, path := range paths {
			os.Remove(path) // a failure changes no result
		}
	}
	for _, s := range sources {
		if s.OpensOnce {
			path, err := r.spool(&s, dir)
			if path != "" {
				paths = append(paths, path)
			}
			if err != nil {
				return nil, remove, err
			}
			info, err := os.Stat(path)
			if err != nil {
				return nil, remove, err
			}
			s.OpensOnce, s.Size = false, info.Size()
			s.Open = func() (io.ReadCloser, error) { return os.Open(path) }
		}
		all = append(all, s)
	}
	return all, remove, nil
}

// spool writes a source into a file. The file exists also after an error, unless its path is
// empty.
func (r *run) spool(s *Source, dir string) (path string, err error) {
	from, err := r.openSource(s)
	if err != nil {
		return "", err
	}
	defer from.Close()
	in := &input{source: s}
	defer in.close()
	in.readFrom(block.NewAsync(r.stop, from, block.Sequential))
	if head, _ := in.blocks.Peek(archiveHeadLen); !isTar(head) { // its files are looked at when it is whole
		if err := in.detect(); err != nil {
			return "", err
		}
	}
	file, err := os.CreateTemp(dir, ".negotrace-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(file, in.blocks)
	if errors.Is(err, block.ErrInterrupted) {
		err = nil
	}
	return file.Name(), errors.Join(err, file.Close())
}
