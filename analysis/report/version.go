package report

import (
	"fmt"
	"io"
	"strings"
)

// A Version says which build of the program this is.
type Version struct {
	Version  string `json:"version"`          // as the Go toolchain records it: "v1.2.3", "(devel)"
	Commit   string `json:"commit,omitempty"` // of the repository; with "+changes" where files were changed
	Go       string `json:"go"`               // version of Go that it was built with
	Platform string `json:"platform"`         // operating system and architecture: "linux/amd64"
}

// String returns the version as one line.
func (v Version) String() string {
	parts := []string{"negotrace " + v.Version}
	if v.Commit != "" {
		parts = append(parts, "commit "+v.Commit)
	}
	return strings.Join(append(parts, v.Go, v.Platform), ", ")
}

func writeVersion(w io.Writer, v Version, _ Options) error {
	_, err := fmt.Fprintln(w, v)
	return err
}
