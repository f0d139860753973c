package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"negotrace/analysis"
)

// TestNDJSON holds that each line is one object with its type, in the order in which it was
// concluded, and that the last one is the summary, without lists.
func TestNDJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := streamNDJSON(&b, Options{})
	s.KDC(&analysis.KDCExchange{})
	r := many(3, 3)
	for i, h := range r.Handshakes {
		s.Handshake(h)
		s.Finding(r.Findings[i])
	}
	if err := s.End(&analysis.Report{Schema: 1, Headline: "3 NTLM\u202e succeeded"}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		var v struct {
			Type, Verdict string
			ID, Handshake int
			Findings      *[]any
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if v.Findings != nil {
			t.Errorf("a list: %s", line)
		}
		got = append(got, fmt.Sprint(v.Type, v.ID, v.Handshake, v.Verdict))
	}
	want := []string{"kdc0 0", "handshake1 0", "finding0 1", "handshake2 0", "finding0 2", "handshake3 0", "finding0 3", "summary0 03 NTLM\u202e succeeded"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("lines %q, want %q", got, want)
	}
	if strings.ContainsRune(b.String(), '\u202e') {
		t.Error("a character that steers a terminal is not escaped")
	}
}

// A fullDisk takes so many bytes and no more.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestStreamErrors holds that the first error of writing is the result, wherever it came.
func TestStreamErrors(t *testing.T) {
	t.Parallel()
	r := many(1000, 1000)
	for _, f := range Formats() {
		for _, room := range []int{0, 70 << 10} {
			if f.stream == nil {
				continue
			}
			s := f.Begin(&fullDisk{room}, Options{})
			for range 10 {
				for _, h := range r.Handshakes {
					s.Handshake(h)
				}
			}
			if err := s.End(&analysis.Report{Summary: r.Summary}); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d bytes: %v", f.Name, room, err)
			}
		}
	}
}
