package tokens

import "strings"

// PublicURI returns a URI, or the target of a request, without what may be secret in it:
// user and password (RFC 3986 section 3.2.1), parameters of the path such as jsessionid,
// query and fragment.
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
	return uri
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
