package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"negotrace/analysis/report"
)

// hashFlags say whether a report has the hashes of its files.
type hashFlags struct {
	on, off bool
	given   func() bool // whether "on" was given
}

func (h *hashFlags) flags(f *pflag.FlagSet) {
	f.BoolVar(&h.on, "hash", false, "put the SHA-256 of the files into the table too\n("+strings.Join(formatsWith(report.Hashed), ", ")+" have it;\n--no-hash leaves it out, which is faster)")
	f.BoolVar(&h.off, "no-hash", false, "do not compute it: on a large capture that is faster")
	grouped(f, displayGroup, "hash")
	f.Lookup("no-hash").Hidden = true // the other one names it
	h.given = func() bool { return f.Changed("hash") }
}

// hashFor decides whether to compute the hashes for a report in that format.
func (in *inputFlags) hashFor(format report.Format) error {
	h := &in.hashes
	off := h.off || h.given() && !h.on
	in.hash = h.on || format.Hashes == report.Hashed && !off && !in.follow
	switch {
	case h.on && h.off:
		return errors.New("--hash and --no-hash exclude each other")
	case h.on && in.follow:
		return errors.New("--hash: a capture that is followed has no hash yet")
	case h.on && format.Hashes == report.NotHashed:
		return fmt.Errorf("--hash: %s has no place for hashes; %s have", format.Name,
			strings.Join(append(formatsWith(report.HashedIfAsked), formatsWith(report.Hashed)...), ", "))
	}
	return nil
}

// formatsWith returns the names of the formats that handle hashes in that way.
func formatsWith(hashes report.Hashes) (names []string) {
	for _, f := range report.Formats() {
		if f.Hashes == hashes {
			names = append(names, f.Name)
		}
	}
	return names
}
