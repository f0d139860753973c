package analysis

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A SetCookie is what a response says of a cookie (RFC 6265 section 5.2): its name and its
// attributes, and never its value.
type SetCookie struct {
	Name     string `json:"name"`                // name of the cookie
	Path     string `json:"path,omitempty"`      // to which it is sent; empty for that of the request
	Domain   string `json:"domain,omitempty"`    // without a leading dot, in lower case
	Secure   bool   `json:"secure,omitempty"`    // sent over TLS only
	SameSite string `json:"same_site,omitempty"` // "Lax", "Strict" or "None"
	// DeletedBy is the attribute that deletes the cookie, "Max-Age=0" or "Expires" in the past;
	// empty if the cookie stays.
	DeletedBy string `json:"ends,omitempty"`
}

const (
	maxCookies   = 16  // of one message: a page sets a few
	maxAttribute = 128 // longest name or attribute of a cookie that is kept
)

// CookiesSet reads the Set-Cookie lines of a response.
func CookiesSet(r *httpstream.Response) []SetCookie {
	if r == nil {
		return nil
	}
	var all []SetCookie
	for i := range r.Header {
		if f := &r.Header[i]; strings.EqualFold(f.Name, "Set-Cookie") && len(all) < maxCookies {
			if c, ok := setCookie(f.Value, r.Pos.Time); ok {
				all = append(all, c)
			}
		}
	}
	return all
}

// setCookie reads one line. The last attribute of a name counts (RFC 6265 section 5.3).
func setCookie(line string, now httpstream.Time) (c SetCookie, ok bool) {
	pair, rest, _ := strings.Cut(line, ";")
	name, _, ok := strings.Cut(pair, "=")
	if c.Name = strings.Clone(strings.TrimSpace(name)); !ok || c.Name == "" || len(c.Name) > maxAttribute {
		return c, false
	}
	maxAge, expires := "", ""
	for attribute := range strings.SplitSeq(rest, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(attribute), "=")
		value = strings.TrimSpace(value)
		if len(value) > maxAttribute {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "path":
			c.Path = strings.Clone(tokens.PublicURI(value))
		case "domain":
			if domain := strings.ToLower(strings.TrimPrefix(value, ".")); len(domain) <= maxAttribute { // some letters grow
				c.Domain = strings.Clone(domain)
			}
		case "secure":
			c.Secure = true
		case "samesite":
			c.SameSite = strings.Clone(value)
		case "max-age":
			maxAge = value
		case "expires":
			expires = value
		}
	}
	c.DeletedBy = ends(maxAge, expires, now)
	return c, true
}

// ends says by what a cookie ends as it is set: Max-Age counts before Expires.
func ends(maxAge, expires string, now httpstream.Time) string {
	if seconds, err := strconv.ParseInt(maxAge, 10, 64); err == nil {
		if seconds <= 0 {
			return "Max-Age=" + maxAge
		}
		return ""
	}
	t, err := ParseDate(expires)
	if err != nil {
		t, err = time.Parse("Mon, 02-Jan-2006 15:04:05 MST", expires) // of the first cookies
	}
	if err == nil && !now.IsZero() && now.UTC().Sub(t) > MaxClockSkew {
		return "Expires=" + strings.Clone(expires)
	}
	return ""
}

// CookiesSent lists the names of the cookies of a request.
func CookiesSent(r *httpstream.Request) []string {
	if r == nil {
		return nil
	}
	var names []string
	for _, line := range r.Header.Values("Cookie") {
		for pair := range strings.SplitSeq(line, ";") {
			name, _, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if ok && name != "" && len(name) <= maxAttribute && len(names) < maxCookies {
				names = append(names, strings.Clone(name))
			}
		}
	}
	return names
}

// A CookieRequest is the request for which a cookie is looked for.
type CookieRequest struct {
	Scheme, Host, Path string // host without its port
	Method             string
	CrossSite          bool // another site made it, by its own words (Sec-Fetch-Site)
	Embedded           bool // and for a frame, an image or a script in its page, not as a page of its own (Sec-Fetch-Dest, Sec-Fetch-Mode)
	LaxByDefault       bool // a browser made it that takes no SameSite for Lax: Chromium
	Browser            bool // a browser made it, as far as is known: others do not mind SameSite
}

// Withheld says which attribute keeps a conforming client from sending the cookie with a
// request, after the host that set it by a response to a URL of the scheme and path; "" if
// none does (RFC 6265 sections 5.3 and 5.4, and its successor's sections on prefixes and
// SameSite). Of the path see OtherPath.
func (c *SetCookie) Withheld(setBy, r CookieRequest) string {
	sameSite := strings.ToLower(c.SameSite)
	switch {
	case c.DeletedBy != "":
		return "it ends as it is set (" + c.DeletedBy + ")"
	case c.Domain != "" && !domainMatches(setBy.Host, c.Domain):
		return "it is for another domain than that of the host that set it (Domain=" + c.Domain + ")"
	case c.Secure && setBy.Scheme == "http" && !IsLocalHost(setBy.Host):
		return "it is marked Secure, and was set over http: browsers do not take it"
	case c.Secure && r.Scheme == "http" && !IsLocalHost(r.Host):
		return "it is marked Secure, and this request goes over http"
	case strings.HasPrefix(c.Name, "__Host-") && (c.Domain != "" || c.Path != "/" || !c.Secure):
		return "its name begins with __Host-, which wants Secure, Path=/ and no Domain"
	case strings.HasPrefix(c.Name, "__Secure-") && !c.Secure:
		return "its name begins with __Secure-, and it is not marked Secure"
	case r.Browser && sameSite == "none" && !c.Secure:
		return "it has SameSite=None without Secure: browsers do not take it"
	case r.Browser && r.CrossSite && (sameSite == "strict" || sameSite == "lax" && (r.Embedded || r.Method != "GET")):
		return "it has SameSite=" + c.SameSite + ", and another site made this request (Sec-Fetch-Site)"
	case r.LaxByDefault && r.CrossSite && r.Embedded && sameSite == "":
		return "it has no SameSite, which this browser takes for Lax, and a page of another site made this request for a part of itself (Sec-Fetch-Site)"
	}
	return ""
}

// IsLocalHost reports whether a host is the machine itself (RFC 6761 section 6.3), to which browsers send cookies that
// are marked Secure over http, too.
func IsLocalHost(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback() || strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost")
}

// OtherPath says that the cookie is for other paths than that of the request, "" if it is not. It
// may be none of that application then.
func (c *SetCookie) OtherPath(setBy, r CookieRequest) string {
	path := c.Path
	if !strings.HasPrefix(path, "/") {
		path = defaultPath(setBy.Path)
	}
	if pathMatches(r.Path, path) {
		return ""
	}
	return "it is for the path " + path + ", and this request is for " + r.Path
}

func domainMatches(host, domain string) bool {
	host = strings.ToLower(host)
	return host == domain || strings.HasSuffix(host, "."+domain) && !IsIPAddress(host)
}

// defaultPath returns the path of a cookie that names none (RFC 6265 section 5.1.4).
func defaultPath(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

func pathMatches(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || strings.HasSuffix(prefix, "/") || rest[0] == '/')
}
