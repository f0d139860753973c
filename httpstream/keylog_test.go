package httpstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// zeros is a stream without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestSecretsReadEndless holds that what has no end and is no key log is not read for ever,
// and that a key log may be as long as it likes.
func TestSecretsReadEndless(t *testing.T) {
	t.Parallel()
	lines := strings.Repeat("hello\n", maxNoKeyLog/6+1)
	for name, r := range map[string]io.Reader{"one line": zeros{}, "many lines": io.MultiReader(strings.NewReader(lines), iotest.ErrReader(io.ErrNoProgress))} {
		if err := new(Secrets).Read(r); !errors.Is(err, ErrNoKeyLog) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := new(Secrets)
	known := "CLIENT_RANDOM " + strings.Repeat("0a", 32) + " " + strings.Repeat("b1", 48) + "\n"
	if err := s.Read(strings.NewReader(known + lines + lines)); err != nil || s.Kept != 1 {
		t.Errorf("%d secrets, %v", s.Kept, err)
	}
}

// wide returns a text in UTF-16, as Windows PowerShell redirects it.
func wide(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

func TestSecretsRead(t *testing.T) {
	random := strings.Repeat("0a", 32)
	master := strings.Repeat("b1", 48)
	traffic := strings.Repeat("C2", 32)
	for _, test := range []struct {
		name, log string
		want      Secrets
	}{
		{"empty", "", Secrets{}},
		{"comment", "# SSL/TLS secrets log file\n\n", Secrets{}},
		{"master", "CLIENT_RANDOM " + random + " " + master, Secrets{Kept: 1}},
		{"line ends of Windows, and its mark", "\ufeffCLIENT_RANDOM " + random + " " + master + "\r\n", Secrets{Kept: 1}},
		{"UTF-16 of PowerShell", wide("\ufeffCLIENT_RANDOM " + random + " " + master + "\r\n"), Secrets{Kept: 1}},
		{"UTF-16 without its mark", wide("# keys\nCLIENT_RANDOM " + random + " " + master), Secrets{Kept: 1}},
		{"upper case", "CLIENT_RANDOM " + strings.ToUpper(random+" "+master), Secrets{Kept: 1}},
		{"twice", strings.Repeat("CLIENT_TRAFFIC_SECRET_0 "+random+" "+traffic+"\n", 2), Secrets{Kept: 1}},
		{"others", "RSA 0102030405060708 " + master + "\nEXPORTER_SECRET " + random + " " + traffic, Secrets{Ignored: 2}},
		{"short master", "CLIENT_RANDOM " + random + " " + traffic, Secrets{Malformed: 1}},
		{"short random", "CLIENT_RANDOM 0a " + master, Secrets{Malformed: 1}},
		{"no hex", "CLIENT_RANDOM " + random + " " + strings.Repeat("zz", 48), Secrets{Malformed: 1}},
		{"odd", "CLIENT_RANDOM " + random + " " + master[1:], Secrets{Malformed: 1}},
		{"one word", "hello\nCLIENT_RANDOM", Secrets{Malformed: 2}},
		{"endless line", strings.Repeat("x", 3*maxKeyLogLine) + "\nCLIENT_RANDOM " + random + " " + master, Secrets{Malformed: 1, Kept: 1}},
	} {
		var got Secrets
		if err := got.Read(iotest.OneByteReader(strings.NewReader(test.log))); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(test.want, got, cmpopts.IgnoreUnexported(Secrets{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, d)
		}
	}
}

func TestSecretsFind(t *testing.T) {
	var s Secrets
	s.Read(strings.NewReader(fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", 7, 9)))
	var random [32]byte
	random[31] = 7
	if got := s.find(random, masterSecret); len(got) != 48 || got[47] != 9 {
		t.Errorf("got %x", got)
	}
	if got := s.find(random, clientTrafficSecret); got != nil {
		t.Errorf("got %x for a label that is not there", got)
	}
	if got := (*Secrets)(nil).find(random, masterSecret); got != nil {
		t.Errorf("got %x of no secrets", got)
	}
}

func FuzzKeyLog(f *testing.F) {
	f.Add(madeKeyLog(32))
	f.Add(madeKeyLog(48))
	f.Add([]byte("# comment\r\nRSA 0102 0304\nCLIENT_RANDOM 00 11"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := secretsOf(b)
		if s.Kept != len(s.held) || s.Kept > len(b)/130 {
			t.Errorf("%d kept, %d held, of %d bytes", s.Kept, len(s.held), len(b))
		}
	})
}
