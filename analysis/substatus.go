package analysis

import (
	"bytes"
	"regexp"
	"strings"
)

// IIS's detailed error page gives the sub-status in its title and the Win32 error below.
var (
	iisSubStatus = regexp.MustCompile(`HTTP Error ([1-5][0-9]{2}\.[0-9]{1,2})\b`)
	win32Error   = regexp.MustCompile(`\b0x8[0-9A-Fa-f]{7}\b`)
)

// SubStatus is what the body of an error page says of itself, as IIS's detailed errors
// do: "401.1", "401.2 0x80070005"; "" for any other.
func SubStatus(body []byte) string {
	var found []string
	// Most bodies hold neither, and looking for a prefix is far cheaper than matching.
	if i := bytes.Index(body, []byte("HTTP Error ")); i >= 0 {
		if m := iisSubStatus.FindSubmatch(body[i:]); m != nil {
			found = append(found, string(m[1]))
		}
	}
	if bytes.Contains(body, []byte("0x8")) {
		if m := win32Error.Find(body); m != nil {
			found = append(found, strings.ToLower(string(m)))
		}
	}
	return strings.Join(found, " ")
}
