package servertext

import (
	"strconv"
	"strings"

	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
)

// httpSysPage matches the page by which HTTP.sys answers a request that it hands to nobody.
var httpSysPage = lazyregexp.New(`(?is)^\s*(?:<!DOCTYPE[^<>]*>\s*)?(?:<html>\s*)?(?:<head>.*?</head>\s*)?(?:<body>\s*)?<h2>([A-Z][A-Za-z -]{2,60})</h2>\s*(?:<hr>\s*)?<p>HTTP Error ([45][0-9]{2})\. `)

// HTTPSysError returns what HTTP.sys says where it answers a request itself, so that no site or service
// saw it: "Bad Request - Invalid Hostname". It is "" for any other response.
func HTTPSysError(r *httpstream.Response) string {
	if r == nil || r.Status < httpstream.StatusBadRequest || !strings.HasPrefix(r.Header.Value("Server"), "Microsoft-HTTPAPI") {
		return ""
	}
	m := httpSysPage().FindSubmatch(r.Body)
	if m == nil || string(m[2]) != strconv.Itoa(int(r.Status)) {
		return ""
	}
	return string(m[1])
}
