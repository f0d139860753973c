package main

import (
	"fmt"
	"io"

	"negotrace/capture/redact/pseudonym"
)

// noNamesIn reports the first replaced name that is in what was written.
func noNamesIn(r io.Reader, names *pseudonym.Names) error {
	found, err := pseudonym.NewSearch(names).In(r)
	if err != nil || found == nil {
		return err
	}
	return fmt.Errorf("%w, and it was not kept: %q in %s at byte %d", errByChance, found.Name, found.Form, found.At)
}
