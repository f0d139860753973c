package correlate

import (
	"hash/maphash"
	"net/netip"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A relayDetector finds out whether the capture holds both sides of a proxy. A follow-on
// request may then be another client's, and proxy pairs show whose. A proxy soon sends the same
// request with the same credentials from another address.
type relayDetector struct {
	found bool
	seed  maphash.Seed
	// The last requests with credentials, by their hashes: their senders, and a ring of the
	// hashes in order of arrival. next is where the next one goes.
	sender map[uint64]netip.Addr
	order  []uint64
	next   int
}

// observe takes a request, which may have credentials.
func (r *relayDetector) observe(x *httpstream.Exchange) {
	if r.found || x.Request == nil || !x.Conn.Client.IsValid() {
		return
	}
	credentials := x.Request.Header.Value(fieldsOf(analysis.ToServer).credentials)
	if len(credentials) < minRelayed {
		return
	}
	if r.order == nil {
		r.seed, r.sender, r.order = maphash.MakeSeed(), map[uint64]netip.Addr{}, make([]uint64, maxRelayed)
	}
	var h maphash.Hash
	h.SetSeed(r.seed)
	h.WriteString(x.Request.Method)
	h.WriteString(Path(x.Request.Target))
	h.WriteString(credentials)
	sum, client := h.Sum64(), x.Conn.Client.Addr()
	if before, again := r.sender[sum]; again {
		r.found = before != client
		return
	}
	delete(r.sender, r.order[r.next])
	r.order[r.next], r.sender[sum] = sum, client
	r.next = (r.next + 1) % maxRelayed
}
