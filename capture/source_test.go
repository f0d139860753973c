package capture

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOpenDirectories finds the files of a directory and of those in it, in order, and not what
// is hidden or behind a link to a directory. What is too deep or cannot be opened says so.
func TestOpenDirectories(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := strings.Repeat("d/", maxDirectories)
	for _, name := range []string{"b.log", "W3SVC1/u_ex1.log", "W3SVC1/u_ex2.log", "HTTPERR/httperr1.log", ".git/x.log", "W3SVC1/.x.log", deep + "in.log", deep + "d/out.log"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var gone []string
	if err := errors.Join(os.Symlink(dir, filepath.Join(dir, "again")), os.Symlink("nowhere", filepath.Join(dir, "gone"))); err != nil {
		t.Log(err) // not every system has links
	} else {
		gone = []string{"gone: not opened"}
	}
	sources, err := Open([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sources {
		name, _ := filepath.Rel(dir, s.Name)
		if in, err := s.Open(); err != nil {
			name += ": not opened"
		} else {
			in.Close()
		}
		got = append(got, filepath.ToSlash(name))
	}
	want := slices.Concat([]string{"HTTPERR/httperr1.log", "W3SVC1/u_ex1.log", "W3SVC1/u_ex2.log", "b.log", deep + "d: not opened", deep + "in.log"}, gone)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := Open([]string{t.TempDir()}, nil); err == nil {
		t.Error("an empty directory is no error")
	}
}
