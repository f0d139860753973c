package analysis

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"negotrace/httpstream"
)

// secretLines are header lines whose values must not outlive their decoding.
var secretLines = lineNames(
	"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
	"WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", "Proxy-Authentication-Info",
)

// readLines are the header lines that checks read after the decoding of an exchange.
var readLines = lineNames(
	"Access-Control-Request-Method", "Authorization", "Connection", "Forwarded", "Origin",
	"Persistent-Auth", "Proxy-Support", "Server", "True-Client-IP", "User-Agent", "Via",
	"X-Client-IP", "X-Forwarded-For", "X-Real-IP",
)

// KeepsLine tells that the header lines called name are there for checks to read, at
// most keepValue bytes of them and no secrets. What authentication is told in keeps the
// names and the sizes of its other lines too.
func KeepsLine(name string) bool { return readLines.has(name) }

// forget lets go of the secrets and the bulk of an exchange. isAuth tells that it is about
// authentication, where the size of every line may matter.
func forget(x *httpstream.Exchange, isAuth bool) {
	if r := x.Request; r != nil {
		r.Header = forgetLines(r.Header, isAuth)
		if target := withoutQuery(r.Target); len(target) < len(r.Target) {
			r.Target = strings.Clone(target)
		}
	}
	if r := x.Response; r != nil {
		r.Header = forgetLines(r.Header, isAuth)
	}
}

// ownBody puts into r a copy of its body, which is valid only now, where anybody will ask
// for it, and returns what it says of itself.
func ownBody(r *httpstream.Response) (subStatus string) {
	if r == nil {
		return ""
	}
	subStatus = SubStatus(r.Body)
	if r.Status == http.StatusUnauthorized || r.Status == http.StatusProxyAuthRequired {
		r.Body = nil
	} else {
		r.Body = bytes.Clone(r.Body)
	}
	return subStatus
}

// forgetLines leaves of h, in its place, the lines that checks read, and with sizes what
// is countable of the others.
func forgetLines(h httpstream.Header, sizes bool) httpstream.Header {
	kept := h[:0]
	for i := range h {
		f := &h[i]
		read := readLines.has(f.Name)
		if !read && !sizes {
			continue
		}
		secret := secretLines.has(f.Name)
		if secret || len(f.Value) > keepValue {
			f.Name = strings.Clone(f.Name) // which may be a part of the whole line
		}
		if secret || len(f.Value) > keepValue || !read {
			f.Value, f.RedactedLen = "", len(f.Value)
		}
		kept = append(kept, *f)
	}
	clear(h[len(kept):])
	return kept
}

// apart returns a copy of x in one piece with copies of its messages.
func apart(x *httpstream.Exchange) *httpstream.Exchange {
	c := &struct {
		httpstream.Exchange
		request  httpstream.Request
		response httpstream.Response
	}{Exchange: *x}
	if x.Request != nil {
		c.request = *x.Request
		c.Request = &c.request
	}
	if x.Response != nil {
		c.response = *x.Response
		c.Response = &c.response
	}
	n := len(c.request.Header)
	lines := slices.Concat(c.request.Header, c.response.Header)
	c.request.Header, c.response.Header = lines[:n:n], lines[n:]
	return &c.Exchange
}

// withoutQuery cuts the query off a request target: it may carry secrets.
func withoutQuery(target string) string {
	before, _, _ := strings.Cut(target, "?")
	return before
}

// names are those of header lines by their lengths, in which most lines differ already.
type names [][]string

func lineNames(list ...string) names {
	var n names
	for _, name := range list {
		for len(n) <= len(name) {
			n = append(n, nil)
		}
		n[len(name)] = append(n[len(name)], name)
	}
	return n
}

// has tells that name is among them, in any letter case.
func (n names) has(name string) bool {
	if len(name) >= len(n) {
		return false
	}
	for _, s := range n[len(name)] {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}
