package capture

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"

	"negotrace/capture/unpack"
)

// tarMembers lists the files of a tar archive. A tar file has no directory and is often
// compressed: its files are held in memory, and their total has a limit.
func tarMembers(r io.Reader) ([]member, error) {
	t := tar.NewReader(r)
	members := []member{}
	held := int64(0)
	for {
		h, err := t.Next()
		switch {
		case err == io.EOF:
			return members, nil
		case err != nil && len(members) == 0:
			return nil, fmt.Errorf("tar archive: %w", err)
		case err != nil:
			return append(members, unreadable("the rest of the archive", err)), nil
		}
		if h.Typeflag != tar.TypeReg || unpack.IsMetadata(h.Name) {
			continue
		}
		if len(members) == maxArchiveFiles {
			return nil, fmt.Errorf("tar archive of more than %d files: unpack it first", maxArchiveFiles)
		}
		if held += h.Size; held > maxTarHeld {
			return nil, fmt.Errorf("tar archive of more than %d MiB: unpack it first", maxTarHeld>>20)
		}
		b, err := io.ReadAll(io.LimitReader(t, h.Size))
		members = append(members, member{name: h.Name, size: int64(len(b)), open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		}})
		if err != nil {
			return append(members, unreadable("the rest of the archive", err)), nil
		}
	}
}

// unreadable returns a member that cannot be opened.
func unreadable(name string, err error) member {
	return member{name: name, open: func() (io.ReadCloser, error) { return nil, err }}
}
