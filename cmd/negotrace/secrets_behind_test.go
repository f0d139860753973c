package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// TestSecretsBehind puts the key log of each capture behind its last packet. Of a file it is
// read all the same; in a stream it comes too late for connections that have ended, which is said.
func TestSecretsBehind(t *testing.T) {
	order, dir, tried, named := binary.LittleEndian, t.TempDir(), 0, 0
	for _, r := range recordings(t) {
		keylog, err := os.ReadFile(strings.TrimSuffix(r.path, "pcapng") + "keylog")
		if err != nil {
			continue
		}
		if tried++; tried%testcost.Step(3) != 0 {
			continue
		}
		packets := r.take(t).Pcapng(order)
		secrets := packettest.Block(order, 10, packettest.N32(order, 0x544c534b), packettest.N32(order, len(keylog)), keylog)
		statistics := packettest.Block(order, 5, packettest.N32(order, 0), make([]byte, 8))
		var keytab []string
		if i := slices.Index(r.flag, "--keytab"); i >= 0 {
			keytab = r.flag[i : i+2]
		}
		for name, tail := range map[string][]byte{
			"alone":                secrets,
			"with statistics":      slices.Concat(secrets, statistics),
			"in a section":         slices.Concat(packettest.Section(binary.BigEndian), packettest.Block(binary.BigEndian, 10, packettest.N32(binary.BigEndian, 0x544c534b), packettest.N32(binary.BigEndian, len(keylog)), keylog)),
			"with secrets of none": slices.Concat(secrets, packettest.Block(order, 10, packettest.N32(order, 0x57474b4c), packettest.N32(order, 4), make([]byte, 4))),
		} {
			file := write(t, filepath.Join(dir, "behind.pcapng"), slices.Concat(packets, tail))
			if got, complaints := analyse(t, "json", append(keytab, file)...); got != r.report(t) || complaints != "" {
				t.Errorf("%s, %s: %s\n%s", r.name, name, complaints, cmp.Diff(r.report(t), got))
			}
		}
		packed := write(t, filepath.Join(dir, "behind.pcapng.gz"), gzipped(t, slices.Concat(packets, secrets)))
		got, _ := analyse(t, "json", append(keytab, packed)...)
		late := strings.Contains(got, "stand in the capture behind the connections that they open")
		if late {
			named++
		}
		if !late && got != r.report(t) {
			t.Errorf("%s: a stream that has the secrets at its end is read in part, and nothing is said of it", r.name)
		}
	}
	if named == 0 {
		t.Error("secrets that are late are never named")
	}
}

// gzipped returns a file as gzip packs it.
func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
