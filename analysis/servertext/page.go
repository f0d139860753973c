// Package servertext reads what servers say of a logon in words: on pages, in status lines and in
// header lines.
package servertext

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"negotrace/analysis/fact"
	"negotrace/capture/unpack"
	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
	"negotrace/internal/publictext"
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
	// Words is what the status line or the page of a refusal says besides, where it is not
	// what every server says with that status; of a page that is no error only that something
	// has expired. "" if that is nothing.
	Words string
	// Maker is the kind of server that brings the page of an error along; "" if it is not known.
	Maker fact.Fact
	// Unread is why a page that is no error could not be read to its end, so that a form in
	// which one logs on may be on it: "packed with br"; "" if it could.
	Unread string
}

// ReadPage reads the beginning of the body of a response, which may be packed. refuses
// reports whether it turns credentials away: nobody asks for the Words of another error,
// and to find them costs more than all else.
func ReadPage(r *httpstream.Response, refuses bool) Page {
	body, packed := unpacked(r.Body, r.Header.Value("Content-Encoding"))
	if r.Status < httpstream.StatusBadRequest {
		return readGoodPage(r, body, packed)
	}
	p := Page{SubStatus: SubStatus(body), Text: errorText(body), Maker: pageMaker(body)}
	if p.Text == "" {
		p.Text = ReasonText(r)
	}
	if refuses && p.Text == "" && p.SubStatus == "" {
		p.Words = ownWords(r.Reason, body)
	}
	return p
}

// readGoodPage reads the beginning of a page that is no error.
func readGoodPage(r *httpstream.Response, body []byte, packed string) Page {
	if packed != "" {
		return Page{Unread: "packed with " + packed}
	}
	announced, _ := strconv.ParseInt(r.Header.Value("Content-Length"), 10, 64) // more than came, where the end is lost
	whole := int64(len(r.Body)) >= max(r.BodyLen, announced) && len(body) < maxPage
	p := readLogonPage(body, whole)
	cut := !whole && r.Pos.InPackets() // what an export says of sizes may count other things
	if p.Logon == "" && len(body) > 0 && (cut || len(r.Body) >= keptOfPage) {
		p.Unread = cmp.Or(p.Unread, "longer than what was kept of it")
	}
	return p
}

// keptOfPage is how much is kept of a page, in bytes.
const keptOfPage = 16 << 10

// maxPage is how much of a packed page is read, in bytes: its beginning says what it is.
const maxPage = 64 << 10

// unpacked returns the beginning of a body without its packing. packed is the coding of one that cannot
// be read, "" if there is none.
func unpacked(body []byte, named string) (text []byte, packed string) {
	switch how := unpack.CodingOf(body, named); how {
	case unpack.NoCoding:
		return body, ""
	case unpack.UnreadBody:
		return nil, unpack.LastCoding(named)
	default:
		text, err := how.Unpack(body, maxPage) // the body may be cut: its beginning counts
		if len(text) == 0 && err != nil {
			return nil, cmp.Or(unpack.LastCoding(named), "a coding that is not named")
		}
		return text, ""
	}
}

// IIS's detailed error page gives the sub-status in its title and the Win32 error below.
var (
	iisSubStatus = lazyregexp.New(`HTTP Error ([1-5][0-9]{2}\.[0-9]{1,3})\b`)
	win32Error   = lazyregexp.New(`\b0x8[0-9A-Fa-f]{7}\b`)
)

// SubStatus returns the sub-status and the Win32 error of IIS's detailed pages: "401.1",
// "401.2 0x80070005"; "" for any other page.
func SubStatus(body []byte) string {
	var found []string
	// Most bodies hold neither, and looking for a prefix is far cheaper than matching.
	if i := bytes.Index(body, []byte("HTTP Error ")); i >= 0 {
		if m := iisSubStatus().FindSubmatch(body[i:]); m != nil {
			found = append(found, string(m[1]))
		}
	}
	if bytes.Contains(body, []byte("0x8")) {
		if m := win32Error().Find(body); m != nil {
			found = append(found, strings.ToLower(string(m)))
		}
	}
	return strings.Join(found, " ")
}

// wsmanFault finds the text of a fault of WS-Management (MS-WSMV 2.2.4.43).
var wsmanFault = lazyregexp.New(`<(?:\w+:)?(?:Message|Text)\b[^<>]*>([^<>]+)</`)

// maxErrorText is the most that is kept of a sentence, in bytes.
const maxErrorText = 200

// errorText returns the sentence on a page in which a security library says why it refused, or the text of
// a fault of WS-Management.
func errorText(body []byte) string {
	if firstMark(body) >= 0 {
		return reasonOn(body)
	}
	if bytes.Contains(body, []byte("WSManFault")) {
		if m := wsmanFault().FindSubmatch(body); m != nil {
			return bounded(publictext.Of(string(m[1])))
		}
	}
	return ""
}

// jsonText returns what is left of a string in JSON that begins before text.
func jsonText(text []byte) []byte {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			var s string
			if json.Unmarshal(append(append([]byte{'"'}, text[:i]...), '"'), &s) == nil {
				return []byte(s)
			}
			return text[:i]
		}
	}
	return text
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
