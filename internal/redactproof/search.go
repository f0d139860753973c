package redactproof

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"negotrace/capture"
	"negotrace/capture/export"
	"negotrace/capture/redact/search"
	"negotrace/httpstream"
)

// A leftover is something that was replaced and is in a written file, and where that is.
type leftover struct {
	*search.Found
	place string
}

// leftOver returns what was found as a leftover, nil for nothing.
func leftOver(found *search.Found, place string) *leftover {
	if found == nil {
		return nil
	}
	return &leftover{found, place}
}

// ErrNameInNoise is the kind of a refusal since a replaced name or address is in a redacted capture. In noise
// it can be there by chance: then other noise helps.
var ErrNameInNoise = errors.New("a name is in the redacted capture")

// errValueLeft is the kind of a refusal since a value is left that was replaced elsewhere.
var errValueLeft = errors.New("a value is in the redacted capture")

// kind returns what kind of refusal it leads to.
func (f *leftover) kind() error {
	if f.Name == "" {
		return errValueLeft
	}
	return ErrNameInNoise
}

// A headerSearch looks for replaced addresses in the headers of packets.
type headerSearch struct {
	headers *search.Headers
	left    *leftover // the first one
}

// address takes an address of the packet that is at a place.
func (h *headerSearch) address(b []byte, at httpstream.Pos) {
	if h.left == nil {
		h.left = leftOver(h.headers.Address(b), " in "+at.String())
	}
}

// leftIn returns the first replaced name, address or value in a written file, or in a member of an archive;
// nil if there is none.
func leftIn(s capture.Source, replaced *search.Search) (*leftover, error) {
	f, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head) // a file may be shorter
	from := io.MultiReader(bytes.NewReader(head[:n]), f)
	if export.IsSAZ(head[:n]) {
		return leftInArchive(from, replaced)
	}
	found, err := replaced.In(from)
	if found == nil {
		return nil, err
	}
	again, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer again.Close()
	return leftOver(found, placeOf(again, found.At)), nil
}

// leftInArchive does that for an archive.
func leftInArchive(from io.Reader, replaced *search.Search) (*leftover, error) {
	whole, err := io.ReadAll(from) // no longer than what an archive may have
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		return nil, err
	}
	for _, m := range z.File {
		rc, err := m.Open()
		if err != nil {
			return nil, err
		}
		found, err := replaced.In(io.MultiReader(strings.NewReader(m.Name+"\n"), rc))
		if err = errors.Join(err, rc.Close()); err != nil || found != nil {
			return leftOver(found, fmt.Sprintf(" in member %q", m.Name)), err
		}
	}
	return nil, nil
}
