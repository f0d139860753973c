package analysis

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"negotrace/httpstream"
)

// Requests without credentials ride on what their connection was authenticated with. All
// of them are counted; those are kept that a check may make something of.

// ClientMarks are header lines that tell clients behind a proxy apart.
var ClientMarks = []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP"}

var markLines = lineNames(ClientMarks...)

// keeps tells that x, which has nothing about authentication in it, is kept all the same.
func (t *Trace) keeps(x *httpstream.Exchange) bool {
	if worthKeeping(x) {
		return true
	}
	k := t.known[x.Conn]
	if k == nil || !k.isAuth {
		return (t.relays.found || failing(x)) && t.bystander()
	}
	if k.riders < maxRiders && (t.relays.found || telling(x)) {
		k.riders++
		return true
	}
	if x.Request != nil {
		k.unkept++
	}
	return false
}

// worthKeeping tells that a diagnosis is about exchanges like x although nothing in
// their headers is about authentication: a body asked for again, a length missing
// where a challenge was due, a page that stands in for a challenge.
func worthKeeping(x *httpstream.Exchange) bool {
	if x.Request == nil || x.Response == nil {
		return x.Reset != ""
	}
	switch x.Response.Status {
	case http.StatusBadRequest, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
		http.StatusRequestHeaderFieldsTooLarge, statusRequestHeaderTooLarge:
		return true
	}
	return x.Reset != "" || strings.HasPrefix(x.Request.Target, "/adfs/ls") ||
		x.Request.Method == "POST" && x.Request.BodyLen == 0 && x.Request.Header.Value("Content-Length") == "0"
}

// telling tells that x may show somebody else on a connection, a user who may not do
// everything, or a server that fails for all.
func telling(x *httpstream.Exchange) bool {
	if x.Request == nil {
		return false
	}
	if failing(x) || x.Response != nil && x.Response.Status == http.StatusForbidden {
		return true
	}
	return slices.ContainsFunc(x.Request.Header, func(f httpstream.Field) bool { return markLines.has(f.Name) })
}

// failing tells that the server fails.
func failing(x *httpstream.Exchange) bool { return x.Response != nil && x.Response.Status >= 500 }

// bystander tells that an exchange without any authentication is among the first of
// its kind: behind a proxy it may ride on somebody else's authentication.
func (t *Trace) bystander() bool {
	t.bystanders++
	return t.bystanders <= maxBystanders
}

// relays finds out whether the capture holds both sides of a proxy: what rides on a
// connection may then be another client's, and twins tell whose. A proxy sends the same
// request with the same credentials on from another address, and soon.
type relays struct {
	found bool
	seed  maphash.Seed
	// Requests with credentials lately, by their hashes: who sent them, and in which
	// order they came, the next one at.
	sender map[uint64]netip.Addr
	order  []uint64
	at     int
}

// see takes a request, which may have credentials.
func (r *relays) see(x *httpstream.Exchange) {
	if r.found || x.Request == nil || !x.Conn.Client.IsValid() {
		return
	}
	credentials := x.Request.Header.Value(ToServer.fields().credentials)
	if len(credentials) < relayLeast {
		return
	}
	if r.order == nil {
		r.seed, r.sender, r.order = maphash.MakeSeed(), make(map[uint64]netip.Addr, relaysKept), make([]uint64, relaysKept)
	}
	var h maphash.Hash
	h.SetSeed(r.seed)
	h.WriteString(x.Request.Method)
	h.WriteString(path(x.Request.Target))
	h.WriteString(credentials)
	sum, client := h.Sum64(), x.Conn.Client.Addr()
	if before, again := r.sender[sum]; again {
		r.found = before != client
		return
	}
	delete(r.sender, r.order[r.at])
	r.order[r.at], r.sender[sum] = sum, client
	r.at = (r.at + 1) % relaysKept
}
