package correlate

import (
	"hash/maphash"
	"net/netip"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// unserved are the requests without credentials that were answered with 401. Where the same request is served later,
// without credentials again, a cookie did it, or the server asks some requests only.
type unserved struct {
	seed maphash.Seed
	of   map[askedURL]bool
	// lens are the lengths of their targets: most requests need not be looked up.
	lens [128]bool
}

type askedURL struct {
	client netip.Addr
	url    uint64 // the sum of its host and its target, which may be long
}

// maxUnserved is how many are remembered, 0.3 MB.
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
	if u.of == nil {
		u.seed, u.of = maphash.MakeSeed(), map[askedURL]bool{}
	}
	at := askedURL{x.Conn.Client.Addr(), maphash.Comparable(u.seed, [2]string{q.Host, q.Target})}
	switch {
	case q.Header.Has("Authorization"):
		delete(u.of, at) // it is answered
	case analysis.ServedUnasked(x):
		served := u.of[at]
		delete(u.of, at)
		return served
	case asks && len(u.of) < maxUnserved:
		u.of[at] = true
		u.lens[len(q.Target)%len(u.lens)] = true
	}
	return false
}
