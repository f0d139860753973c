package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestRedactAddressesInUse holds that no pseudonym is an address of the capture, that the manifest says
// so where it cannot be otherwise, and that addresses which are to stay are no reason to refuse.
func TestRedactAddressesInUse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hosts int
		flags []string
		says  string
	}{
		"few":  {6, nil, "and no replaced address,"},
		"all":  {15, nil, "addresses are also pseudonyms of others"},
		"stay": {15, []string{"--keep-addresses"}, ""},
	} {
		var text strings.Builder
		for i := range c.hosts {
			fmt.Fprintf(&text, "conn %d [fe80::%x]:50000 > [fe80::aaaa]:80\n> GET / HTTP/1.1\n> Host: web.contoso.com\n> X-Forwarded-For: fe80::%x\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n", i+1, i+1, i+1)
		}
		made, err := capturetest.Parse(text.String())
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		in, out, stdout, stderr := filepath.Join(dir, "in.pcap"), filepath.Join(dir, "out.pcap"), bytes.Buffer{}, bytes.Buffer{}
		if err := os.WriteFile(in, made.Pcap(), 0o600); err != nil {
			t.Fatal(err)
		}
		if status := run(t.Context(), append([]string{"redact", in, "-o", out}, c.flags...), noEnv, nil, &stdout, &stderr); status != clean {
			t.Fatalf("%s: %s", name, stderr.String())
		}
		manifest := stdout.String()
		if !strings.Contains(manifest, c.says) || strings.Contains(manifest, "also pseudonyms") != (name == "all") || strings.Contains(manifest, "no replaced address") != (name != "stay") {
			t.Errorf("%s: the manifest is %q", name, manifest)
		}
		if left := bytes.Contains(mustRead(t, out), []byte("X-Forwarded-For: fe80::1\r\n")); name == "few" && left || name == "stay" && !left {
			t.Errorf("%s: the first address is left: %v", name, left)
		}
	}
}
