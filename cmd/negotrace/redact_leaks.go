package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
)

// noNamesIn reports the first replaced name that is in what was written, or in a member of it.
func noNamesIn(f *os.File, names *pseudonym.Names) error {
	search := pseudonym.NewSearch(names)
	head := make([]byte, 512)
	n, _ := f.ReadAt(head, 0)
	if !capture.IsSAZ(head[:n]) {
		return noneFound(search, f)
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return err
	}
	for _, m := range z.File {
		rc, err := m.Open()
		if err != nil {
			return err
		}
		err = errors.Join(noneFound(search, io.MultiReader(strings.NewReader(m.Name+"\n"), rc)), rc.Close())
		if err != nil {
			return err
		}
	}
	return nil
}

func noneFound(search *pseudonym.Search, r io.Reader) error {
	found, err := search.In(r)
	if err != nil || found == nil {
		return err
	}
	return fmt.Errorf("%w, and it was not kept: %q in %s at byte %d", errByChance, found.Name, found.Form, found.At)
}
