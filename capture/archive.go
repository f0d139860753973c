package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"negotrace/capture/block"
	"negotrace/capture/unpack"
	"negotrace/httpstream"
)

// Ticket systems and vendors often send an archive of several files. Its members become sources of
// their own, which are read as one timeline like any others.

// A member is a file in an archive.
type member struct {
	name string
	size int64
	open func() (io.ReadCloser, error)
}

// expand replaces archives by their members.
func (r *run) expand(sources []Source) ([]Source, error) {
	var out []Source
	var errs []error
	for _, s := range sources {
		s.record = nil // of an earlier reading
		if s.OpensOnce {
			if err := r.readArchive(&s); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		members, err := r.members(&s)
		if err != nil {
			errs = append(errs, fmt.Errorf("%q: %w", s.Name, err))
			continue
		}
		if members == nil {
			out = append(out, s)
			continue
		}
		known, err := r.knownMembers(&s, members)
		if err != nil {
			errs = append(errs, err)
		}
		out = append(out, known...)
	}
	return out, errors.Join(errs...)
}

// members lists the files of an archive, nil if the source is none.
func (r *run) members(s *Source) ([]member, error) {
	if s.OpensOnce {
		return nil, nil
	}
	f, err := s.Open()
	if err != nil {
		return nil, nil // reading it reports why
	}
	defer f.Close()
	head := make([]byte, archiveHeadLen)
	n, _ := io.ReadFull(f, head) // a file may be shorter
	head = head[:n]
	switch {
	case begins(unpack.ZipMagic)(head):
		return zipMembers(s, head)
	case isTar(head):
		return tarMembers(io.MultiReader(bytes.NewReader(head), f))
	}
	for _, packed := range formats() {
		if packed.unpack != nil && !packed.text && packed.match(head) {
			return r.packedMembers(packed, io.MultiReader(bytes.NewReader(head), f))
		}
	}
	return nil, nil
}

// archiveHeadLen is how much of a file shows whether it is an archive.
const archiveHeadLen = 512

// packedMembers lists the files of a compressed tar archive, nil if it is none.
func (r *run) packedMembers(packed format, from io.Reader) ([]member, error) {
	source := block.NewSync(r.stop, from, block.Sequential)
	defer source.Close()
	unpacked, err := packed.unpack(block.NewReader(source))
	if err != nil {
		return nil, nil // reading it reports why
	}
	head := make([]byte, archiveHeadLen)
	n, _ := io.ReadFull(unpacked, head)
	if !isTar(head[:n]) {
		return nil, nil
	}
	return tarMembers(io.MultiReader(bytes.NewReader(head[:n]), unpacked))
}

// knownMembers makes sources of the members whose format is read. One note names the others.
func (r *run) knownMembers(archive *Source, members []member) ([]Source, error) {
	var known []Source
	var others []string
	for _, m := range members {
		kind, err := m.format()
		if err != nil {
			others = append(others, fmt.Sprintf("%s (%v)", m.name, err))
			continue
		}
		if kind == "" {
			others = append(others, m.name)
			continue
		}
		known = append(known, Source{Name: archive.Name + "/" + m.name, Open: m.open, Size: m.size, FoundInDirectory: true})
	}
	slices.SortStableFunc(known, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	if len(known) == 0 {
		return nil, fmt.Errorf("%q has no file that negotrace reads: %s", archive.Name, listed(others))
	}
	if len(others) > 0 {
		r.damageAt(httpstream.Pos{Stream: -1, File: httpstream.FileOf(archive.Name, filepath.Base(archive.Name), httpstream.Entries)}, "files in this archive that are not read: %s", listed(others))
	}
	return known, nil
}

// listed names the first of some files.
func listed(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// format returns the name of the format of a member, empty if it is not read.
func (m *member) format() (string, error) {
	f, err := m.open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, headLen)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", err
	}
	for _, k := range formats() {
		if k.match(head[:n]) {
			return k.name, nil
		}
	}
	return "", nil
}
