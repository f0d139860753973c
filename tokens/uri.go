package tokens

import "strings"

// PublicURI returns a URI, or the target of a request, without what may be secret in it:
// user and password (RFC 3986 section 3.2.1), also of a URI in the path, parameters of the path such as
// jsessionid, the sessions and tickets that ASP.NET puts into it where there are no cookies, query and
// fragment, also where their marks are percent-encoded.
func PublicURI(uri string) string {
	if i := strings.IndexAny(uri, "?#"); i >= 0 {
		uri = uri[:i]
	}
	if i := firstEncoded(uri, "3F", "23"); i >= 0 {
		uri = uri[:i]
	}
	if !strings.ContainsAny(uri, "@;(&%") {
		return uri
	}
	var kept []byte // nil as long as all of it is
	last := -1      // where the slash before a segment is
	for last < len(uri) {
		begin, end := last+1, len(uri)
		if i := strings.IndexByte(uri[begin:], '/'); i >= 0 {
			end = begin + i
		}
		segment, dropped := publicSegment(uri, begin, end)
		if kept == nil && (dropped || len(segment) < end-begin) {
			kept = append(make([]byte, 0, len(uri)), uri[:max(last, 0)]...)
		}
		if kept != nil && !(dropped && end < len(uri)) { // behind the last one the slash stays
			if last >= 0 {
				kept = append(kept, '/')
			}
			kept = append(kept, segment...)
		}
		last = end
	}
	if kept == nil {
		return uri
	}
	return string(kept)
}

// publicSegment returns what is not secret in the part of a URI between two slashes, and whether
// nothing of it is.
func publicSegment(uri string, begin, end int) (segment string, dropped bool) {
	segment = uri[begin:end]
	if at := strings.LastIndexByte(segment, '@'); at >= 0 && hasUserinfo(uri, begin, segment[:at]) {
		segment = segment[at+1:]
	} else if at := strings.LastIndex(segment, "%40"); at >= 0 && hasUserinfo(uri, begin, segment[:at]) {
		segment = segment[at+3:]
	}
	segment, _, _ = strings.Cut(segment, ";")
	if i := firstEncoded(segment, "3B", "3B"); i >= 0 {
		segment = segment[:i]
	}
	if i := strings.IndexByte(segment, '&'); i >= 0 && strings.IndexByte(segment[i:], '=') >= 0 {
		segment = segment[:i] // of a query whose ? is missing
	}
	if isCookieless(segment) {
		return "", true
	}
	return segment, false
}

// hasUserinfo reports whether what is in front of an @ is a user, or a user and a password: in an authority,
// which begins the URI or follows two slashes, or since there is a colon in it.
func hasUserinfo(uri string, begin int, before string) bool {
	authority := begin == 0 || begin >= 2 && uri[begin-2] == '/'
	return authority || strings.IndexByte(before, ':') >= 0 || firstEncoded(before, "3A", "3A") >= 0
}

// firstEncoded returns where one of two percent-encoded characters is first, -1 if nowhere.
func firstEncoded(s, a, b string) int {
	for i := strings.IndexByte(s, '%'); i >= 0 && i+3 <= len(s); {
		if code := s[i+1 : i+3]; strings.EqualFold(code, a) || strings.EqualFold(code, b) {
			return i
		}
		next := strings.IndexByte(s[i+1:], '%')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return -1
}

// isCookieless reports whether a segment of a path holds what ASP.NET puts into it: (S(...)) of a
// session, (F(...)) of a logon by form, (A(...)) of somebody anonymous, or several.
func isCookieless(segment string) bool {
	inner, open := strings.CutPrefix(segment, "(")
	if !open {
		inner, open = strings.CutPrefix(segment, "%28")
	}
	if !open || len(inner) < 5 || strings.IndexByte("ASFX", inner[0]) < 0 {
		return false
	}
	inner = inner[1:]
	return (inner[0] == '(' || strings.HasPrefix(inner, "%28")) && hasTwoClosed(inner)
}

// hasTwoClosed reports whether s ends in two closing parentheses.
func hasTwoClosed(s string) bool {
	for range 2 {
		switch {
		case strings.HasSuffix(s, ")"):
			s = s[:len(s)-1]
		case strings.HasSuffix(s, "%29"):
			s = s[:len(s)-3]
		default:
			return false
		}
	}
	return true
}

// PublicHost returns the host of a request, with its port, without what may be secret in it: what PublicURI
// removes, and what follows a character that is in no name of a host, as where a line is folded into it.
func PublicHost(host string) string {
	host = PublicURI(host)
	if i := strings.IndexFunc(host, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`,"<>\`, r) }); i > 0 {
		host = host[:i]
	}
	return host
}
