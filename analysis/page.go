package analysis

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"negotrace/httpstream"
)

// A Page is what the body of a response says of a logon.
type Page struct {
	// Logon is how a page that is no error asks its reader to log on.
	Logon Logon

	// SubStatus is the sub-status and the Win32 error of IIS's detailed pages: "401.1",
	// "401.2 0x80070005".
	SubStatus string
	// Text is the sentence in which the server's security library or its service says why
	// it refused, as it stands on the page or in the status line; "" if there is none.
	Text string
	// Words is what the status line or the page says besides, where it is not what every
	// server says with that status; "" if that is nothing.
	Words string
}

// ReadPage reads the beginning of the body of a response, which may be packed.
func ReadPage(r *httpstream.Response) Page {
	body := unpacked(r.Body)
	if r.Status < http.StatusBadRequest {
		return Page{Logon: readLogonPage(body, int64(len(r.Body)) >= r.BodyLen)}
	}
	p := Page{SubStatus: SubStatus(body), Text: errorText(body)}
	if p.Text == "" {
		p.Text = reasonText(r)
	}
	if p.Text == "" && p.SubStatus == "" {
		p.Words = ownWords(r.Reason, body)
	}
	return p
}

// maxPage is how much of a packed page is read, in bytes: its beginning says what it is.
const maxPage = 16 << 10

// unpacked returns the beginning of a body that is packed with gzip or deflate (RFC 9110
// section 8.4.1), and any other as it is.
func unpacked(body []byte) []byte {
	var r io.Reader
	var err error
	switch packed := bytes.NewReader(body); {
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(packed)
	case len(body) > 2 && body[0] == 0x78 && (int(body[0])<<8|int(body[1]))%31 == 0: // RFC 1950 section 2.2
		r, err = zlib.NewReader(packed)
	default:
		return body
	}
	if err != nil {
		return body
	}
	text, _ := io.ReadAll(io.LimitReader(r, maxPage)) // the body may be cut: its beginning counts
	return text
}

// IIS's detailed error page gives the sub-status in its title and the Win32 error below.
var (
	iisSubStatus = regexp.MustCompile(`HTTP Error ([1-5][0-9]{2}\.[0-9]{1,3})\b`)
	win32Error   = regexp.MustCompile(`\b0x8[0-9A-Fa-f]{7}\b`)
)

// SubStatus is the sub-status and the Win32 error of IIS's detailed pages: "401.1",
// "401.2 0x80070005"; "" for any other page.
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

// wsmanFault finds the text of a fault of WS-Management (MS-WSMV 2.2.4.43).
var wsmanFault = regexp.MustCompile(`<(?:\w+:)?(?:Message|Text)\b[^<>]*>([^<>]+)</`)

// maxErrorText is the most that is kept of a sentence, in bytes.
const maxErrorText = 200

// errorText is the sentence on a page that begins with the earliest of the errorMarks, up
// to the next mark-up or line break; or the text of a fault of WS-Management.
func errorText(body []byte) string {
	first := firstMark(body)
	var text []byte
	switch {
	case first >= 0:
		text = body[first:]
		if end := bytes.IndexAny(text, "<\r\n"); end >= 0 {
			text = text[:end]
		}
	case bytes.Contains(body, []byte("WSManFault")):
		if m := wsmanFault.FindSubmatch(body); m != nil {
			text = m[1]
		}
	}
	return bounded(public(string(text)))
}

// bounded cuts a text to maxErrorText.
func bounded(text string) string {
	if len(text) <= maxErrorText {
		return text
	}
	cut := maxErrorText
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
