package unpack

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"

	"negotrace/capture/block"
)

// What lies in a zip archive (PKWARE APPNOTE 4.3, 4.4).
const (
	ZipMagic      = "PK\x03\x04" // at the beginning of each file
	zipHeaderLen  = 30
	maxName       = 4096
	ZipEncrypted  = 1 << 0 // among the flags of a file
	zipDescriptor = 1 << 3 // the length is behind the data
	zipStored     = 0
	zipDeflated   = 8
)

// IsZip reports whether a file begins with the header of a file in a zip archive, with its name as far
// as names of files are long.
func IsZip(head []byte) bool {
	return len(head) >= zipHeaderLen && string(head[:len(ZipMagic)]) == ZipMagic &&
		len(head) >= zipHeaderLen+min(int(binary.LittleEndian.Uint16(head[26:])), maxName)
}

// Zip reads the first file of an archive from beginning to end. It does not need
// the directory behind the files, so that an archive may be cut short.
func Zip(b *block.Reader) (io.Reader, error) {
	archive := bufio.NewReader(b) // flate takes from it no more than is its own
	for {
		h, err := zipMember(archive)
		if err != nil {
			return nil, err
		}
		switch {
		case h == nil:
			return nil, errors.New("zip archive without files")
		case h.folder():
			continue
		case h.flags&ZipEncrypted != 0:
			return nil, errors.New("zip archive is protected by a password: unpack it first")
		case h.method == zipDeflated:
			return &zipFile{&unpacker{z: flate.NewReader(archive), packed: b}, archive, h}, nil
		case h.method == zipStored && h.flags&zipDescriptor == 0 && h.packed < 1<<32-1:
			return &zipFile{io.LimitReader(archive, int64(h.packed)), archive, h}, nil
		}
		return nil, errors.New("zip archive is packed in a way that is not read: unpack it first")
	}
}

// A zipHeader is the local header of a file in an archive.
type zipHeader struct {
	flags, method uint16
	packed        uint32
	name          string
}

func (h *zipHeader) folder() bool { return strings.HasSuffix(h.name, "/") && h.packed == 0 }

// zipMember reads the next local header; nil if there is no other file.
func zipMember(r io.Reader) (*zipHeader, error) {
	var b [zipHeaderLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	if string(b[:4]) != ZipMagic {
		return nil, nil
	}
	le := binary.LittleEndian
	h := &zipHeader{flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]), packed: le.Uint32(b[18:])}
	rest := make([]byte, int(le.Uint16(b[26:]))+int(le.Uint16(b[28:])))
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, err
	}
	h.name = string(rest[:le.Uint16(b[26:])])
	return h, nil
}

// A zipFile is the first file of an archive. Its end is an error if others follow it.
type zipFile struct {
	io.Reader
	archive io.Reader
	member  *zipHeader
}

var errZipMore = errors.New("the zip archive holds more files, of which only the first was read: unpack it and name them all")

func (z *zipFile) Read(p []byte) (int, error) {
	n, err := z.Reader.Read(p)
	if err == io.EOF && z.hasNext() {
		err = errZipMore
	}
	return n, err
}

// hasNext reports whether another file follows.
func (z *zipFile) hasNext() bool {
	if z.member.flags&zipDescriptor != 0 { // with or without signature, of 32 bits
		var d [4]byte
		if _, err := io.ReadFull(z.archive, d[:]); err != nil {
			return false
		}
		size := int64(8)
		if string(d[:]) == "PK\x07\x08" {
			size = 12
		}
		if _, err := io.CopyN(io.Discard, z.archive, size); err != nil {
			return false
		}
	}
	for {
		h, err := zipMember(z.archive)
		if err != nil || h == nil || h.flags&zipDescriptor != 0 && IsMetadata(h.name) {
			return false
		}
		if !IsMetadata(h.name) {
			return true
		}
		if _, err := io.CopyN(io.Discard, z.archive, int64(h.packed)); err != nil {
			return false
		}
	}
}

// IsMetadata reports whether nobody put a file of that name into an archive: macOS adds
// such.
func IsMetadata(name string) bool {
	return strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(path.Base(name), "._")
}
