package redactproof

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"negotrace/capture"
	"negotrace/capture/export"
	"negotrace/capture/redact/search"
)

// checkNoNames returns an error if a replaced name, address or value is in the written file, or in
// a member of an archive.
func checkNoNames(s capture.Source, replaced *search.Search) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head) // a file may be shorter
	from := io.MultiReader(bytes.NewReader(head[:n]), f)
	if !export.IsSAZ(head[:n]) {
		return checkNoneFound(replaced, from)
	}
	whole, err := io.ReadAll(from) // no longer than what an archive may have
	if err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		return err
	}
	for _, m := range z.File {
		rc, err := m.Open()
		if err != nil {
			return err
		}
		err = errors.Join(checkNoneFound(replaced, io.MultiReader(strings.NewReader(m.Name+"\n"), rc)), rc.Close())
		if err != nil {
			return err
		}
	}
	return nil
}

// ErrNameInNoise is the error for a replaced name or address that is in a redacted capture. In noise
// it can be there by chance: then other noise helps.
var ErrNameInNoise = errors.New("a name is in the redacted capture")

// errAddressInNoise is that error for an address.
var errAddressInNoise error = addressInNoise{}

type addressInNoise struct{}

func (addressInNoise) Error() string { return "an address is in the redacted capture" }

func (addressInNoise) Is(other error) bool { return other == ErrNameInNoise }

// errValueLeft is why a file is not kept that has a value which was replaced elsewhere.
var errValueLeft = errors.New("a cookie, a token or a ciphertext that was replaced in one place is in another, and the file was not kept")

func checkNoneFound(replaced *search.Search, r io.Reader) error {
	found, err := replaced.In(r)
	return cmp.Or(err, leftError(found))
}

// leftError returns why a file is not kept in which something was found, nil if nothing was.
func leftError(found *search.Found) error {
	switch {
	case found == nil:
		return nil
	case found.Name == "":
		return fmt.Errorf("%w: at byte %d", errValueLeft, found.At)
	case found.At < 0:
		return fmt.Errorf("%w, and it was not kept: %s in %s", errAddressInNoise, found.Name, found.Form)
	case found.IsAddress:
		return fmt.Errorf("%w, and it was not kept: %s in %s at byte %d", errAddressInNoise, found.Name, found.Form, found.At)
	}
	return fmt.Errorf("%w, and it was not kept: %q in %s at byte %d", ErrNameInNoise, found.Name, found.Form, found.At)
}
