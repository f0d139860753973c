package tokens

import "strings"

// PublicURI returns a URI, or the target of a request, without what may be secret in it:
// user and password (RFC 3986 section 3.2.1), parameters of the path such as jsessionid, the
// sessions and tickets that ASP.NET puts into it where there are no cookies, query and fragment.
func PublicURI(uri string) string {
	uri, _, _ = strings.Cut(uri, "?")
	uri, _, _ = strings.Cut(uri, "#")
	if strings.IndexByte(uri, '@') >= 0 {
		uri = withoutUserinfo(uri)
	}
	for i := strings.IndexByte(uri, ';'); i >= 0; i = strings.IndexByte(uri, ';') {
		end := strings.IndexByte(uri[i:], '/')
		if end < 0 {
			return uri[:i]
		}
		uri = uri[:i] + uri[i+end:]
	}
	return withoutCookieless(uri)
}

// withoutCookieless removes the segment of a path in which ASP.NET keeps what else is in cookies:
// (S(...)) of a session, (F(...)) of a logon by form, (A(...)) of somebody anonymous, or several.
func withoutCookieless(uri string) string {
	for _, open := range [...]string{"/(", "/%28"} {
		for i := strings.Index(uri, open); i >= 0; {
			segment, _, _ := strings.Cut(uri[i+1:], "/")
			switch rest := uri[i+1+len(segment):]; {
			case !isCookieless(segment):
				i++
			case rest == "":
				uri, i = uri[:i+1], i+1
			default:
				uri = uri[:i] + rest
			}
			more := strings.Index(uri[i:], open)
			if more < 0 {
				break
			}
			i += more
		}
	}
	return uri
}

// isCookieless reports whether a segment of a path holds what ASP.NET puts into it.
func isCookieless(segment string) bool {
	plain := strings.NewReplacer("%28", "(", "%29", ")").Replace(segment)
	return len(plain) > 5 && plain[0] == '(' && strings.IndexByte("ASFX", plain[1]) >= 0 && plain[2] == '(' && strings.HasSuffix(plain, "))")
}

// withoutUserinfo removes user and password from a URI, or from an authority alone.
func withoutUserinfo(uri string) string {
	begin := 0
	if i := strings.Index(uri, "://"); i >= 0 {
		begin = i + len("://")
	}
	end := len(uri)
	if i := strings.IndexByte(uri[begin:], '/'); i >= 0 {
		end = begin + i
	}
	if i := strings.LastIndexByte(uri[begin:end], '@'); i >= 0 {
		return uri[:begin] + uri[begin+i+1:]
	}
	return uri
}
