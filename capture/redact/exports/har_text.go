package exports

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"negotrace/internal/lazyregexp"
)

// A media type of a vendor names him, and one by parameters may name more.
var (
	publicMedia = fullMatch(`[a-z]{1,16}/[a-z0-9.+-]{1,60}(?:; ?charset="?[A-Za-z0-9-]{1,20}"?)?`)
	vendorMedia = lazyregexp.New(`(?:^|/)(?:vnd|prs|x)\.`)
)

// mediaType masks a media type that is not one of all sites.
func (r *rewriter) mediaType(s string) string {
	isVendors := vendorMedia().MatchString(s) && !strings.Contains(s, "/vnd.ms-") && !strings.Contains(s, "/vnd.openxmlformats")
	if isVendors || !publicMedia().MatchString(s) {
		r.media = "of somebody's own"
		return r.Names.OpaqueText(s)
	}
	r.media = s
	if _, known := r.Field("Content-Type", s); known != s {
		return known // with a word that not all sites have
	}
	r.publish(s)
	return s
}

// day reads a time in seconds since 1970 and writes the beginning of its day. The exact second of its
// issue would identify a certificate in the public logs of certificates.
func day(r *rewriter) error {
	c, err := r.in.Peek()
	if err != nil {
		return err
	}
	s, _, err := r.in.Text()
	if err != nil {
		return err
	}
	const seconds = 24 * 60 * 60
	switch n, err := strconv.ParseFloat(s, 64); {
	case c == 'n':
		r.out.WriteString("null")
	case err != nil || math.Abs(n) > 1<<40:
		r.out.WriteString(`"x"`)
	default:
		r.out.WriteString(strconv.FormatInt(int64(math.Floor(n/seconds))*seconds, 10))
	}
	r.out.empty = false
	return nil
}

// title masks the title of a page. In Chrome it is the URL.
func (r *rewriter) title(s string) string {
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return r.url(s)
	}
	return r.Names.OpaqueText(s)
}

// errorText masks the reason for a missing response. Names of errors are kept.
func (r *rewriter) errorText(s string) string {
	if errorName().MatchString(s) {
		r.publish(strings.NewReplacer("_", " ").Replace(s))
		return s
	}
	return r.Text(s)
}

// errorName is what browsers call an error of the network.
var errorName = fullMatch(`(?:net::)?(?:ERR|NS_ERROR|NS_BINDING|SEC_ERROR|SSL_ERROR)_[A-Z0-9_]{1,60}`)

// status takes the status of a response, and notes it.
func status(r *rewriter) (err error) {
	r.status, err = r.literal()
	return err
}

// body masks the beginning of the body of a response: readers look no further. A body that is
// neither an error nor a page is of no use.
func (r *rewriter) body(s string) string {
	isError := len(r.status) == 3 && r.status >= "400"
	if isPage := r.media == "" || strings.Contains(r.media, "html"); !isError && !isPage {
		return ""
	}
	s = s[:min(len(s), maxBody)]
	if raw, err := base64.StdEncoding.DecodeString(s[:len(s)&^3]); err == nil && len(s) >= minBase64 {
		if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
			return strings.Repeat("A", len(s)&^3)
		}
		r.Words(raw)
		return base64.StdEncoding.EncodeToString(raw)
	}
	return strings.ToValidUTF8(r.Text(s), "x")
}

const (
	// maxBody is how much of a body is rewritten. The rest is left out.
	maxBody = 24 << 10
	// minBase64 is the length from which a body that looks like base64 is taken for it: the member
	// that says so comes after the body, and no text is so long without a space.
	minBase64 = 40
)
