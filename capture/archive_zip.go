package capture

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"

	"negotrace/capture/export"
	"negotrace/capture/unpack"
)

// zipMembers lists the files of a zip archive. It returns nil if the archive is read in another
// way: it has only one file, its directory is missing and it can be read as a stream, or it is
// what Fiddler saves. head is its beginning.
func zipMembers(s *Source, head []byte) ([]member, error) {
	z, closer, err := openZip(s)
	if err != nil {
		return nil, nil // without its directory, its first file can still be read
	}
	defer closer.Close()
	if len(z.File) > maxArchiveFiles && !export.IsSAZ(head) {
		return nil, fmt.Errorf("zip archive of more than %d files: unpack it first", maxArchiveFiles)
	}
	members := []member{}
	for i, f := range z.File {
		if export.IsSAZMember(f.Name) {
			s.format = "SAZ archive"
			return nil, nil
		}
		if unpack.IsMetadata(f.Name) {
			continue
		}
		if f.Flags&unpack.ZipEncrypted != 0 {
			return nil, errors.New("zip archive is protected by a password: unpack it first")
		}
		members = append(members, member{name: f.Name, size: int64(f.UncompressedSize64), open: func() (io.ReadCloser, error) {
			return openZipMember(s, i)
		}})
	}
	if len(z.File) == 1 || len(members) == 0 {
		return nil, nil
	}
	return members, nil
}

// openZip opens a source as a zip archive. A source that is no file is read into memory.
func openZip(s *Source) (*zip.Reader, io.Closer, error) {
	f, err := s.Open()
	if err != nil {
		return nil, nil, err
	}
	at, ok := f.(io.ReaderAt)
	size := s.Size
	if !ok || size == 0 {
		b, err := io.ReadAll(io.LimitReader(f, maxZipHeld+1))
		if err != nil || len(b) > maxZipHeld {
			f.Close()
			return nil, nil, errors.Join(err, errors.New("too large to be held"))
		}
		at, size = bytes.NewReader(b), int64(len(b))
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return z, f, nil
}

// openZipMember opens one file of an archive.
func openZipMember(s *Source, i int) (io.ReadCloser, error) {
	z, closer, err := openZip(s)
	if err != nil {
		return nil, err
	}
	if i >= len(z.File) {
		closer.Close()
		return nil, errors.New("the archive has changed while it was read")
	}
	f, err := z.File[i].Open()
	if err != nil {
		closer.Close()
		return nil, err
	}
	return &zipMemberReader{f, closer, int64(z.File[i].CompressedSize64), 0}, nil
}

// A zipMemberReader reads a file of an archive, and stops where it grows out of
// proportion.
type zipMemberReader struct {
	io.ReadCloser
	archive  io.Closer
	packed   int64
	unpacked int64
}

func (m *zipMemberReader) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.unpacked += int64(n)
	if unpack.IsBomb(m.unpacked, m.packed) {
		return n, unpack.ErrBomb
	}
	return n, err
}

func (m *zipMemberReader) Close() error {
	return errors.Join(m.ReadCloser.Close(), m.archive.Close())
}
