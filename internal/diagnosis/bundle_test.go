package diagnosis_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/internal/diagnosis"
)

// bundle returns what a support script leaves: a capture, events, texts, and what is of no use
// here.
func bundle(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{
		"ticket/readme.txt":   []byte("see the capture"),
		"ticket/gpresult.txt": []byte("Microsoft (R) Windows (R) Operating System Group Policy Result tool v2.0\r\n"),
		"ticket/setspn.txt":   []byte("Checking domain DC=corp,DC=test\r\nProcessing entry 0\r\nHTTP/app.corp.test is registered on these accounts:\r\n\tCN=a,DC=corp,DC=test\r\n\tCN=b,DC=corp,DC=test\r\n\r\nfound 1 group of duplicate SPNs.\r\n"),
		"ticket/ipconfig.txt": []byte("\r\nWindows IP Configuration\r\n\r\n   Host Name . . . . . . . . . . . . : app\r\n   IPv4 Address. . . . . . . . . . . : 198.51.100.21(Preferred) \r\n"),
	}
	for _, name := range []string{"pcapng", "server.csv", "dc.ndjson", "client.xml"} {
		b, err := os.ReadFile("../../testdata/ntlm-scheme-refused." + name)
		if err != nil {
			t.Fatal(err)
		}
		files["ticket/"+name] = b
	}
	return files
}

// TestBundle reads a bundle as an archive and as a directory, as one input.
func TestBundle(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z, dir := zip.NewWriter(&packed), t.TempDir()
	for name, b := range bundle(t) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, filepath.Base(name)), b)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"archive": write(t, filepath.Join(t.TempDir(), "x.zip"), packed.Bytes()), "directory": dir} {
		r, err := read(t, path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(r.Handshakes) != 1 || len(r.Handshakes[0].Events) != 4 || len(r.HostTexts) != 2 || len(r.Summary.Computers) != 3 {
			t.Errorf("%s: %d handshakes, %d texts, %+v", name, len(r.Handshakes), len(r.HostTexts), r.Summary.Computers)
		}
		for _, passed := range []string{"readme.txt", "gpresult.txt"} {
			notes := 0
			for _, n := range r.Summary.Damage {
				if strings.Contains(n.Text+n.Pos.File.String(), passed) {
					notes++
				}
			}
			if notes != 1 {
				t.Errorf("%s: %v names %s %d times", name, r.Summary.Damage, passed, notes)
			}
		}
	}
}

// TestHostileEvents gives the program event logs that are cut, or hold nothing that is an event.
func TestHostileEvents(t *testing.T) {
	t.Parallel()
	chunk := append([]byte("ElfChnk\x00"), bytes.Repeat([]byte{0xff}, 64<<10-8)...)
	file := append(append([]byte("ElfFile\x00"), make([]byte, 4096-8)...), chunk...)
	for name, b := range map[string][]byte{
		"header":          file[:100],
		"chunk of nobody": file,
		"cut":             file[:5000],
		"xml":             []byte("<Events xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" + strings.Repeat("<Event>", 100)),
		"json":            []byte(`{"ProviderName":"x","Id":4625,"Message":"` + strings.Repeat("a", 2<<20)),
		"csv":             []byte("Id,TimeCreated,Message\n4625,\"" + strings.Repeat("a", 2<<20)),
	} {
		r, err := read(t, write(t, filepath.Join(t.TempDir(), "x"), b))
		if err == nil && len(r.Summary.Damage) == 0 {
			t.Errorf("%s: nothing is said of it", name)
		}
		if err != nil && strings.Contains(err.Error(), "panic") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// read analyses a path.
func read(t *testing.T, path string) (*analysis.Report, error) {
	t.Helper()
	sources, err := capture.Open([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return diagnosis.Read(t.Context(), sources, diagnosis.Options{Correlate: correlate.Options{Checks: checks.All()}})
}

func write(t *testing.T, path string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
