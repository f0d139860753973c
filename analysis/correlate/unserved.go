package correlate

import (
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// unserved are the requests without credentials that were answered with 401. Where the same request is served later,
// without credentials again, a cookie did it, or the server asks some requests only.
type unserved struct {
	of map[askedURL]bool
	// lens are the lengths of their targets: most requests need not be looked up.
	lens [128]bool
}

type askedURL struct {
	client       netip.Addr
	host, target string
}

// maxUnserved is how many are remembered, 1 MB.
const maxUnserved = 4096

// serves takes an exchange, and reports whether it is the first in which such a request is served.
func (u *unserved) serves(x *httpstream.Exchange) bool {
	q, r := x.Request, x.Response
	if q == nil || r == nil {
		return false
	}
	asks := r.Status == httpstream.StatusUnauthorized
	if !asks && (len(u.of) == 0 || !u.lens[len(q.Target)%len(u.lens)]) {
		return false
	}
	at := askedURL{x.Conn.Client.Addr(), q.Host, q.Target}
	switch {
	case q.Header.Has("Authorization"):
		delete(u.of, at) // it is answered
	case analysis.ServedUnasked(x):
		served := u.of[at]
		delete(u.of, at)
		return served
	case asks && len(u.of) < maxUnserved:
		if u.of == nil {
			u.of = map[askedURL]bool{}
		}
		u.of[askedURL{at.client, strings.Clone(at.host), strings.Clone(at.target)}] = true
		u.lens[len(q.Target)%len(u.lens)] = true
	}
	return false
}
