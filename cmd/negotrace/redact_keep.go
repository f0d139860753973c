package main

import (
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
)

// keepRedacted gives the written files their final names, and writes the manifest and the map.
func (t *tool) keepRedacted(v *redaction, out *redactedOut, names *pseudonym.Names, done *capture.Redaction, found []string) error {
	manifest := manifestOf(filepath.Base(v.out), done, names, found)
	if v.mapFile != "" {
		err := t.writeOut(v.mapFile, nil, func(w io.Writer) error {
			if f, ok := w.(*outFile); ok && f.path != "" { // before there is anything in it
				if err := f.Chmod(0o600); err != nil {
					return err
				}
			}
			return writeMap(w, names)
		})
		if err != nil {
			return err
		}
	}
	if err := t.writeManifest(manifest, out); err != nil {
		return err
	}
	if err := out.commit(); err != nil {
		return err
	}
	for _, err := range done.PassedOver {
		t.warn(fmt.Errorf("passed over: %w", err))
	}
	_, err := io.WriteString(t.stdout, manifest.String())
	return err
}

// manifestName is appended to the name of OUT for the manifest, and then one of manifestEndings.
const (
	manifestName = "manifest"
	asText       = ".txt"
	asJSON       = ".json"
)

var manifestEndings = [...]string{asText, asJSON}

// writeManifest writes the manifest beside OUT, as text and as JSON.
func (t *tool) writeManifest(m *report.Manifest, out *redactedOut) error {
	for _, ending := range manifestEndings {
		b := []byte(m.String())
		if ending == asJSON {
			var err error
			if b, err = report.EncodeJSON(m); err != nil {
				return err
			}
		}
		_, place := out.manifest(ending)
		err := t.writeOut(place, nil, func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// writeMap writes each pseudonym with its original name.
func writeMap(w io.Writer, names *pseudonym.Names) error {
	var b strings.Builder
	b.WriteString("# What the names and addresses of a redacted capture stand for.\n# Whoever has this and the capture can undo the redaction.\n")
	for _, list := range []iter.Seq[pseudonym.Pair]{names.Words(), slices.Values(names.Addresses())} {
		for p := range list {
			fmt.Fprintf(&b, "%s\t%s\n", p.Pseudonym, p.Original)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
