package diagnosis_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"negotrace/internal/capturetest"
)

// seedSize is the length above which a file is no seed: mutations of it are too slow. The
// shortest NetLogs have 59 KB, most of it the names of constants.
const (
	seedSize       = 32 << 10
	netlogSeedSize = 60 << 10
)

// FuzzAnalyse takes bytes of any input format all the way to the report.
func FuzzAnalyse(f *testing.F) {
	if flag.Lookup("test.fuzz").Value.String() != "" { // otherwise TestSeeds and newSample hold them
		for _, s := range seeds(f) {
			f.Add(s.data, s.keyLog)
		}
	}
	f.Fuzz(func(t *testing.T, data, keyLog []byte) {
		if len(data) > 1<<20 || len(keyLog) > 1<<16 {
			return
		}
		analyse(t, data, keyLog)
	})
}

// TestSeeds holds that each seed that was made, packed or not, is read to exchanges.
func TestSeeds(t *testing.T) {
	for _, s := range seeds(t) {
		if !s.made {
			continue // newSample holds it
		}
		t.Run(s.format, func(t *testing.T) {
			if res := diagnose(t, s.data, s.keyLog); res.read != nil || len(res.messages) == 0 {
				t.Errorf("%v, %d exchanges", res.read, len(res.messages))
			}
		})
	}
}

// A seed is a small capture.
type seed struct {
	format       string
	data, keyLog []byte
	made         bool // it does not lie in testdata as it is
}

// seeds returns the small captures of the project, one of each input format among them, and
// those packed.
func seeds(tb testing.TB) []seed {
	tb.Helper()
	first := map[string]seed{}
	var all []seed
	for _, s := range samples(tb) {
		format, netlog := strings.TrimPrefix(filepath.Ext(s.name), "."), strings.HasSuffix(s.name, ".netlog.json")
		most := seedSize
		if netlog {
			format, most = "NetLog", netlogSeedSize
		}
		if len(s.data) > most || len(s.messages) == 0 || !slices.Contains([]string{"pcapng", "har", "NetLog"}, format) {
			continue
		}
		all = append(all, seed{format, s.data, s.keyLog, false})
		if old, ok := first[format]; !ok || len(s.data) < len(old.data) {
			first[format] = all[len(all)-1]
		}
	}
	rec, err := capturetest.Read(first["pcapng"].data)
	if err != nil {
		tb.Fatal(err)
	}
	first["pcap"] = seed{"pcap", rec.Pcap(binary.LittleEndian), first["pcapng"].keyLog, true}
	first["saz"] = seed{"saz", archive(tb), nil, true}
	for _, format := range []string{"pcap", "pcapng", "har", "NetLog", "saz"} {
		s := first[format]
		all = append(all, s)
		for _, pack := range []struct {
			suffix string
			to     func(io.Writer) (io.WriteCloser, error)
		}{
			{".gz", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }},
			{".zst", func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }},
		} {
			var b bytes.Buffer
			w, err := pack.to(&b)
			if err == nil {
				_, err = w.Write(s.data)
			}
			if err = errors.Join(err, w.Close()); err != nil {
				tb.Fatal(err)
			}
			all = append(all, seed{format + pack.suffix, b.Bytes(), s.keyLog, true})
		}
	}
	return all
}

// archive returns a Fiddler archive of one session.
func archive(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range [][2]string{
		{"_index.htm", "<html/>"},
		{"raw/1_c.txt", "GET http://web.contoso.com/ HTTP/1.1\r\nHost: web.contoso.com\r\nAuthorization: Basic YTpi\r\n\r\n"},
		{"raw/1_s.txt", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n\r\n"},
		{"raw/1_m.xml", `<Session><SessionTimers ClientBeginRequest="2026-01-02T03:04:05Z"/></Session>`},
	} {
		w, err := z.Create(m[0])
		if err == nil {
			_, err = io.WriteString(w, m[1])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}
