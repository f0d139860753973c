package capture

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOpenDirectories finds the files of a directory and of those in it, in order, and not what
// is hidden, too deep, or behind a link.
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
	if err := os.Symlink(dir, filepath.Join(dir, "again")); err != nil {
		t.Log(err) // not every system has links
	}
	sources, err := Open([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sources {
		name, _ := filepath.Rel(dir, s.Name)
		got = append(got, filepath.ToSlash(name))
	}
	want := []string{"HTTPERR/httperr1.log", "W3SVC1/u_ex1.log", "W3SVC1/u_ex2.log", "b.log", deep + "in.log"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := Open([]string{t.TempDir()}, nil); err == nil {
		t.Error("an empty directory is no error")
	}
}
