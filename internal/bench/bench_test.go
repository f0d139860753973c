package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// generated writes the capture of a job and returns the name of the file.
func generated(t *testing.T, j job) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "capture")
	if err := j.generate(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSameSeedSameCapture(t *testing.T) {
	for i, m := range mixes {
		if i%testcost.Step(2) != 0 {
			continue
		}
		j := job{mix: m, mb: 1, seed: 3}
		first := generated(t, j)
		again := generated(t, j)
		if !bytes.Equal(contents(t, first), contents(t, again)) {
			t.Errorf("%s: the same seed made two captures", m)
		}
		j.seed++
		if bytes.Equal(contents(t, first), contents(t, generated(t, j))) {
			t.Errorf("%s: two seeds made the same capture", m)
		}
	}
}

// TestTLSOpens opens a capture of the mix tls with the key log beside it, and the sealed
// records with the keys in their file.
func TestTLSOpens(t *testing.T) {
	chosen, err := pick(mixes, mix.String, "tls")
	if err != nil {
		t.Fatal(err)
	}
	j := job{mix: chosen[0], mb: 2, seed: 1}
	j.mix.hurt = none
	path := generated(t, j)
	sources, err := capture.Open([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	secrets := &httpstream.Secrets{}
	secrets.Add(contents(t, path+keyLogSuffix))
	ciphers, authorized := map[string]int{}, 0
	_, err = capture.Read(t.Context(), sources, capture.Sink{
		Conn: func(c *httpstream.Conn) {
			if c.TLS == nil || c.TLS.Obstacle != "" {
				t.Errorf("%s: got %+v", c.Client, c.TLS)
				return
			}
			ciphers[c.TLS.Cipher]++
		},
		Exchange: func(x *httpstream.Exchange) (kept bool) {
			if len(x.Request.Header.Values("Authorization")) > 0 {
				authorized++
			}
			return false
		},
	}, capture.Options{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	if len(ciphers) != len(suites) || authorized == 0 {
		t.Errorf("got connections %v and %d requests with Authorization", ciphers, authorized)
	}
	var out strings.Builder
	if err := crypto(path+sealedSuffix, &out); err != nil {
		t.Fatal(err)
	}
	if d, err := time.ParseDuration(strings.TrimSpace(out.String())); err != nil || d <= 0 {
		t.Errorf("got %q: %v", &out, err)
	}
	sealed := contents(t, path+sealedSuffix)
	sealed[len(sealed)-1] ^= 1
	if _, err := openSealed(bytes.NewReader(sealed)); err == nil {
		t.Error("a record that was changed opens")
	}
}

func TestPackedUnpacks(t *testing.T) {
	j := job{mix: mixes[0], mb: 1, seed: 1}
	want := contents(t, generated(t, j))
	for i := range packings {
		j.pack = &packings[i]
		b := contents(t, generated(t, j))
		r, err := j.pack.reader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes, want %d; %v", j.pack, len(got), len(want), err)
		}
	}
}

func TestTable(t *testing.T) {
	runs := func(peak int64, ours, cats time.Duration) map[string][]cost {
		return map[string][]cost{
			"negotrace": {{wall: ours, cpu: ours, peak: peak}, {wall: ours, cpu: ours, peak: peak}},
			"cat":       {{wall: cats, cpu: cats}, {wall: cats, cpu: cats}},
			"tshark":    {{wall: 100 * ours}},
		}
	}
	results := []*result{
		{job: job{mix: mixes[0], mb: 256}, runs: runs(40e6, time.Second, time.Second/4)},
		{job: job{mix: mixes[0], mb: 1024}, runs: runs(50e6, 4*time.Second, 100*time.Millisecond)},
	}
	var out strings.Builder
	if err := tables[0].write(&out, results); err != nil {
		t.Fatal(err)
	}
	want := `
| capture       | MB   | s    | cpu s | peak MB | x cat | x cat, cpu | x tshark |
| ---           | ---: | ---: | ---:  | ---:    | ---:  | ---:       | ---:     |
| mixed traffic | 256  | 1.00 | 1.00  | 40      | 4.0   | 4.0        | 1/100    |
| mixed traffic | 1024 | 4.0  | 4.0   | 50      | 40    | 40         | 1/100    |

mixed traffic: 4 times the size, 1.25 times the peak of memory.
`
	if got := out.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReportsThatDiffer(t *testing.T) {
	r := &result{runs: map[string][]cost{"negotrace": {{}}, "1 core": {{printed: [32]byte{1}}}}}
	if agreed(r) == nil {
		t.Error("two reports are taken for one")
	}
}
