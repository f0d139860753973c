package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestManifests holds that a manifest in JSON is as its schema has it, and that a directory which redact wrote, or
// in which it wrote one file, is read without what it says of the captures: a word names that.
func TestManifests(t *testing.T) {
	t.Parallel()
	const file = "../../testdata/kerberos-raw.pcapng"
	dir := t.TempDir()
	one, several := filepath.Join(dir, "one"), filepath.Join(dir, "several")
	if err := os.Mkdir(one, 0o777); err != nil {
		t.Fatal(err)
	}
	for manifest, args := range map[string][]string{
		filepath.Join(one, "x.pcapng.manifest"): {file, "-o", filepath.Join(one, "x.pcapng")},
		filepath.Join(several, "manifest"):      {file, "../../testdata/ntlm-v2.pcapng", "-o", several},
	} {
		if _, says, status := ran(t, append([]string{"redact"}, args...)...); status != clean {
			t.Fatal(says)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(mustRead(t, manifest+asJSON)))
		if err != nil {
			t.Fatal(err)
		}
		if err := compileSchema(t, "redact", "").Validate(document); err != nil {
			t.Error(err)
		}
		_, says, status := ran(t, filepath.Dir(manifest))
		for _, line := range strings.Split(strings.TrimSpace(says), "\n") {
			if !strings.HasSuffix(line, ": passed over: manifest") || status != clean {
				t.Errorf("%s: status %d, %q", filepath.Dir(manifest), status, line)
			}
		}
		for _, ending := range manifestEndings {
			_, says, status := ran(t, manifest+ending)
			if status != notAnalysed || !strings.Contains(says, "is a manifest, which is not read: it counts what was replaced") {
				t.Errorf("%s: status %d, %q", ending, status, says)
			}
		}
	}
	like := filepath.Join(dir, "like.txt")
	for _, text := range []string{"x.pcap is a redacted capture, made by hand.\n", "He wrote:\nx is a redacted capture, made by negotrace.\n", `{"out": "x", "captures": "many"}`, `{"captures": 1}`} {
		if err := os.WriteFile(like, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, says, _ := ran(t, like); !strings.Contains(says, "is in no known format") {
			t.Errorf("%q: %s", text, says)
		}
	}
}
