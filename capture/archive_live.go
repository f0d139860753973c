package capture

import (
	"bytes"
	"io"

	"negotrace/capture/block"
	"negotrace/capture/unpack"
)

// readArchive reads an archive that can be opened only once into memory, up to a limit. If the source is
// no archive, reading goes on from the bytes looked at: a pipe is read as it comes.
func (r *run) readArchive(s *Source) error {
	f, err := r.openSource(s)
	if err != nil {
		return err
	}
	p := &peeked{from: f}
	isArchive, err := awaited(r, s, func() (bool, error) { return p.isArchive(r), nil })
	if err != nil {
		return err
	}
	if isArchive {
		p.rewind()
		if b, err := io.ReadAll(io.LimitReader(p, maxZipHeld+1)); err == nil && len(b) <= maxZipHeld {
			f.Close()
			s.OpensOnce, s.Size = false, int64(len(b))
			s.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
			return nil
		}
	}
	p.rewind()
	p.done = true
	s.Open = func() (io.ReadCloser, error) { return readCloser{p, f}, nil }
	return nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// A peeked reader returns what was read of it once more after rewind.
type peeked struct {
	from io.Reader
	held []byte // all that was read
	at   int    // in held
	done bool   // nobody will rewind any more
}

func (p *peeked) rewind() { p.at = 0 }

func (p *peeked) Read(b []byte) (int, error) {
	if p.at < len(p.held) {
		n := copy(b, p.held[p.at:])
		p.at += n
		return n, nil
	}
	n, err := p.from.Read(b)
	if p.done {
		p.held = nil
	} else {
		p.held = append(p.held, b[:n]...)
	}
	p.at = len(p.held)
	return n, err
}

// isArchive reports whether an archive begins here. It reads only as much as it needs to exclude
// that.
func (p *peeked) isArchive(r *run) bool {
	head := make([]byte, archiveHeadLen)
	n, _ := io.ReadAtLeast(p, head, len(unpack.ZipMagic)) // what is shorter is none
	if head = head[:n]; begins(unpack.ZipMagic)(head) {
		return true
	}
	for _, packed := range formats() {
		if packed.unpack != nil && !packed.text && packed.match(head) {
			p.rewind()
			return p.packsTar(r, packed)
		}
	}
	if !isText(head[:min(n, len(unpack.ZipMagic))]) {
		return false
	}
	more, _ := io.ReadFull(p, head[n:archiveHeadLen])
	return isTar(head[:n+more])
}

// packsTar reports whether what is compressed here is a tar archive.
func (p *peeked) packsTar(r *run, packed format) bool {
	source := block.NewSync(r.stop, p, probing)
	defer source.Close()
	unpacked, err := packed.unpack(block.NewReader(source))
	if err != nil {
		return false // reading it reports why
	}
	head := make([]byte, archiveHeadLen)
	n, _ := io.ReadFull(unpacked, head)
	return isTar(head[:n])
}

// isText reports whether all bytes are ASCII and begin no JSON, like the name with which a tar
// archive begins.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0 && b[0] != '{' && b[0] != '['
}
