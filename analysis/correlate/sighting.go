package correlate

import (
	"hash/maphash"
	"iter"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A sighting is an exchange in one file, with what it is recognised by in another file.
type sighting struct {
	at         httpstream.Pos
	answered   httpstream.Time    // zero if there is no response
	conn       httpstream.ConnKey // of the reader: by which connections are compared
	client     netip.AddrPort     // zero where the file does not say
	server     netip.AddrPort
	method     string
	key        uint64 // of method, host and path
	status     int    // 0 if there is no response
	h2Stream   uint32
	lastOnly   bool // it may stand for several requests, of which only the last response is recorded
	header     [2]headerSums
	cookie     uint64 // sum of the request's cookies, 0 if it has none
	cookieLen  int
	date       uint64    // of the server, by the response; 0 if it does not say
	bodyLen    int64     // of the response
	tokens     [2]uint64 // of the request and of the response, 0 if there is none that no other exchange has
	page       string    // Exchange.Page
	kept       bool
	exchange   *httpstream.Exchange // nil if it was not kept, or was dropped since
	legs       [2]*leg
	began      httpstream.Time // of the first request, where it was asked again after a challenge
	joinedTo   *sighting       // the same exchange in a better file
	joinedFrom []*sighting
	ambiguous  bool // it may be one of several exchanges of a better file
	shifted    bool
}

// newSighting returns what an exchange shows, before anything is removed from it.
func newSighting(x *httpstream.Exchange, seed maphash.Seed) *sighting {
	s := &sighting{
		at: x.Pos(), conn: x.Conn.Key(), client: x.Conn.Client, server: x.Conn.Server, h2Stream: x.H2Stream,
		page: tokens.PublicURI(x.Page), lastOnly: x.Conn.Recorder != nil && x.Conn.Recorder.LastOnly,
	}
	s.began = s.at.Time
	if r := x.Request; r != nil {
		var h maphash.Hash
		h.SetSeed(seed)
		for _, part := range []string{r.Method, analysis.RequestHost(r), strings.TrimPrefix(analysis.RequestPath(r), "/")} {
			h.WriteString(part)
			h.WriteByte(0)
		}
		s.method, s.key = r.Method, h.Sum64()
		s.header[0] = sumsOf(r.Header, seed)
		s.cookieLen, s.cookie = cookieOf(r.Header, seed)
	}
	if r := x.Response; r != nil {
		s.status, s.answered = r.Status, r.Pos.Time
		s.header[1] = sumsOf(r.Header, seed)
		s.bodyLen = r.BodyLen
		if date := r.Header.Value("Date"); date != "" {
			s.date = maphash.String(seed, date)
		}
	}
	return s
}

// headerSums are the names and values of header lines by their hashes, in the order of
// the names; a name that comes twice is left out.
type headerSums []struct{ name, value uint64 }

// sumsOf leaves out what a proxy or an exporter changes, and what an exporter removed.
func sumsOf(h httpstream.Header, seed maphash.Seed) headerSums {
	sums := make(headerSums, 0, len(h))
	for i := range h {
		name := strings.ToLower(h[i].Name)
		if slices.Contains(ignoredHeaders(), name) || strings.HasPrefix(h[i].Value, "[") {
			continue
		}
		sums = append(sums, struct{ name, value uint64 }{maphash.String(seed, name), maphash.String(seed, h[i].Value)})
	}
	slices.SortFunc(sums, func(a, b struct{ name, value uint64 }) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return sums
}

// cookieOf returns the length and the sum of the cookies of a request. HTTP/2 may have
// each in a line of its own (RFC 9113, 8.2.3).
func cookieOf(h httpstream.Header, seed maphash.Seed) (length int, sum uint64) {
	all := strings.Join(h.Values("Cookie"), "; ")
	if all == "" {
		return 0, 0
	}
	return len(all), maphash.String(seed, all)
}

// ignoredHeaders returns header lines that belong to one connection, or that exporters do not
// write as they were sent.
func ignoredHeaders() []string {
	return []string{
		"host", "connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "upgrade", "alt-svc",
		"content-encoding", "priority", "cookie", "pragma", "cache-control",
		"authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "http2-settings",
	}
}

// shared yields the names that both have: the index of each in a and in b.
func (a headerSums) shared(b headerSums) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i, j := 0, 0; i < len(a) && j < len(b); {
			switch {
			case a[i].name < b[j].name:
				i++
			case a[i].name > b[j].name:
				j++
			case !yield(i, j):
				return
			default:
				i++
				j++
			}
		}
	}
}

// differs reports whether two files cannot show the same message: a header line has
// another value.
func (a headerSums) differs(b headerSums) bool {
	for i, j := range a.shared(b) {
		if a[i].value != b[j].value && !a.isRepeated(i) && !b.isRepeated(j) {
			return true
		}
	}
	return false
}

// sameValues returns how many header lines two files show with the same value.
func (a headerSums) sameValues(b headerSums) (n int) {
	for i, j := range a.shared(b) {
		if a[i].value == b[j].value {
			n++
		}
	}
	return n
}

// otherHeader reports whether header lines show that two exchanges are different. Cookies of
// another length may have been edited by an exporter; cookies of the same length with another
// value are another user's.
func (s *sighting) otherHeader(o *sighting) bool {
	return s.header[0].differs(o.header[0]) || s.header[1].differs(o.header[1]) ||
		s.cookieLen == o.cookieLen && s.cookie != o.cookie
}

// sameHeaderLines returns how many header lines of two exchanges are equal.
func (s *sighting) sameHeaderLines(o *sighting) int {
	n := s.header[0].sameValues(o.header[0]) + s.header[1].sameValues(o.header[1])
	if s.cookie != 0 && s.cookie == o.cookie {
		n++
	}
	return n
}

func (a headerSums) isRepeated(i int) bool {
	return i > 0 && a[i-1].name == a[i].name || i+1 < len(a) && a[i+1].name == a[i].name
}

// addTokens adds the sums of the tokens of an exchange, but for those that are the same for everybody,
// as most SPNEGO responses are.
func (s *sighting) addTokens(legs [2]*leg) {
	s.legs = legs
	for _, l := range legs {
		if l == nil {
			continue
		}
		if l.Sent.IsUnique() && (l.Sent.NTLM() != nil || l.Sent.Kerberos() != nil) {
			s.tokens[0] = l.Sent.Token.Sum
		}
		for i := range l.Got {
			a := &l.Got[i]
			if k := a.Kerberos(); a.Token != nil && (a.NTLM().Type() == 2 || k != nil && k.APRep != nil) {
				s.tokens[1] = a.Token.Sum
			}
		}
	}
}

// mayMatch reports whether two sightings may be one exchange, by method, status and HTTP/2 stream.
func (s *sighting) mayMatch(o *sighting) bool {
	return s.method == o.method && (s.status == o.status || s.status == 0 || o.status == 0) &&
		(s.h2Stream == o.h2Stream || s.h2Stream == 0 || o.h2Stream == 0)
}

// mayBeRepeated reports whether a request may be made again, after the response to it.
func (s *sighting) mayBeRepeated() bool {
	return analysis.HTTPCode(s.status) == analysis.ToServer.Challenge() || analysis.HTTPCode(s.status) == analysis.ToProxy.Challenge() || s.status == 0
}
