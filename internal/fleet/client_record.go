package fleet

import (
	"fmt"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// emitClient emits a record of a client, with one key for its address and each time bucket that it
// touches, and one key for its ticket. A KDC exchange is in one bucket only, so that nothing is
// joined with it twice.
func (x *setAnalysis) emitClient(c *clientRecord, from, until httpstream.Time) {
	c.Version, c.Set, c.Host, c.Client = Version, x.set.Name, x.set.Host, c.Client.Unmap()
	b := encode(c)
	for _, n := range buckets(from, until) {
		x.out.Client(fmt.Sprintf("client %s %d", c.Client, n), b)
	}
	if c.Ticket != 0 {
		x.out.Client(fmt.Sprintf("ticket %x", c.Ticket), b)
	}
}

// buckets returns the numbers of the time buckets between two times. If there are very many, it
// returns the first and the last ones.
func buckets(from, until httpstream.Time) []int64 {
	first, last := from.UTC().UnixNano()/int64(bucket), until.UTC().UnixNano()/int64(bucket)
	var all []int64
	for n := first; n <= last; n++ {
		if len(all) == maxBuckets && last-n > maxBuckets {
			n = last - maxBuckets
		}
		all = append(all, n)
	}
	return all
}

// lookupsSeen are the answers of name servers that were emitted in the latest time bucket.
type lookupsSeen struct {
	bucket int64
	seen   map[string]bool
}

// isNew reports whether an answer was not yet emitted in its time bucket.
func (s *lookupsSeen) isNew(l *analysis.Lookup) bool {
	b := l.Pos.Time.UTC().UnixNano() / int64(bucket)
	if b != s.bucket || s.seen == nil || len(s.seen) >= maxLookupsSeen {
		s.bucket, s.seen = b, map[string]bool{}
	}
	key := fmt.Sprint(l.Client.Addr(), l.Name, l.Type, l.RCode, l.CNAMEs, l.Addrs, l.Targets)
	if s.seen[key] {
		return false
	}
	s.seen[key] = true
	return true
}

// An exchangeKey is the same for an exchange with a KDC in every capture of it.
type exchangeKey struct {
	flow, service string
	tgs           bool
	error         int
	ticket        uint64
}

func keyOfExchange(c *clientRecord) exchangeKey {
	k := exchangeKey{flow: c.KDC.CommunityID, tgs: c.KDC.TGS(), ticket: c.Ticket}
	if s := c.KDC.Service(); s != nil {
		k.service = strings.ToLower(s.String())
	}
	if e := c.KDC.Err(); e != nil {
		k.error = int(e.Code)
	}
	return k
}

// clientRecords are all records of one client in one time bucket, or about one ticket.
type clientRecords struct {
	handshakes, kdc []*clientRecord
	found           map[foundAt][]string
	dns             analysis.DNS
}

// A foundAt identifies the reply that findings are about.
type foundAt struct {
	set string
	at  httpstream.Pos
}

// clocksAgree reports whether two times may be of the same exchange: if they differ by no more
// than Kerberos allows.
func clocksAgree(a, b httpstream.Time) bool {
	const skew = 5 * time.Minute
	d := a.Sub(b)
	return -skew <= d && d <= skew
}
