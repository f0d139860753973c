package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"

	"github.com/klauspost/compress/gzip"

	"negotrace/internal/capturetest"
)

// TestInputs holds what is said of the files that were read: of each its own packets, its
// size as it lies there, and its hash if that was asked for.
func TestInputs(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.test\n< HTTP/1.1 200 OK\nclose client fin\n")
	if err != nil {
		t.Fatal(err)
	}
	plain := c.Pcapng()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(plain)
	z.Close()
	sources := func() []Source {
		source := func(name string, b []byte, live bool) Source {
			s := Source{Name: name, OpensOnce: live, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
			if !live {
				s.Size = int64(len(b))
			}
			return s
		}
		return []Source{source("packed", packed.Bytes(), false), source("-", plain, true), source("text", []byte("no capture"), false), source("plain", plain, false)}
	}
	alone, err := Read(t.Context(), sources()[3:], Sink{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	packets := alone.Packets
	if got := alone.Inputs; len(got) != 1 || got[0].Packets != packets || got[0].First.IsZero() || !got[0].Last.After(got[0].First) || got[0].SHA256.String() != "" {
		t.Errorf("alone: %+v", got)
	}
	all, err := Read(t.Context(), sources(), Sink{}, Options{Hash: true})
	if err == nil {
		t.Error("the text is no capture")
	}
	sum := func(b []byte) string {
		s := sha256.Sum256(b)
		return hex.EncodeToString(s[:])
	}
	var got []string
	for _, i := range all.Inputs {
		got = append(got, fmt.Sprintf("%s: %s, %d bytes, %d packets, %s", i.Name, i.Format, i.Bytes, i.Packets, i.SHA256))
	}
	want := []string{
		fmt.Sprintf("packed: pcapng in gzip, %d bytes, %d packets, %s", packed.Len(), packets, sum(packed.Bytes())),
		fmt.Sprintf("-: pcapng, %d bytes, %d packets, %s", len(plain), packets, sum(plain)),
		fmt.Sprintf("plain: pcapng, %d bytes, %d packets, %s", len(plain), packets, sum(plain)),
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// TestInputUnit expects the only file to say what its numbers count, too.
func TestInputUnit(t *testing.T) {
	har := []byte(`{"log":{"entries":[{"request":{"method":"GET","url":"http://web.contoso.com/"},"response":{"status":200}}]}}`)
	source := Source{Name: "page.har", Size: int64(len(har)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(har)), nil }}
	counters, err := Read(t.Context(), []Source{source}, Sink{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := counters.Inputs[0].File.Unit(); got != httpstream.Entries {
		t.Errorf("its unit is %q", got)
	}
}

// TestSourceReadAgain holds that each reading of a source says what it read itself, also where
// several read it at once.
func TestSourceReadAgain(t *testing.T) {
	t.Parallel()
	c, err := capturetest.Parse("conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET / HTTP/1.1\n> Host: web.test\n< HTTP/1.1 200 OK\nclose client fin\n")
	if err != nil {
		t.Fatal(err)
	}
	b := c.Pcapng()
	sources := []Source{{Name: "a", Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}}
	var reading sync.WaitGroup
	for range 2 {
		reading.Go(func() {
			counters, err := Read(t.Context(), sources, Sink{}, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if got := counters.Inputs; len(got) != 1 || got[0].Packets != counters.Packets {
				t.Errorf("%d packets, and inputs say %+v", counters.Packets, got)
			}
		})
		reading.Go(func() {
			plan := RedactPlan{
				Names:  pseudonym.New(pseudonym.Options{}),
				Create: func(int, string) (io.Writer, error) { return io.Discard, nil },
			}
			if _, _, err := Redact(t.Context(), sources, plan); err != nil {
				t.Error(err)
			}
		})
	}
	reading.Wait()
}
