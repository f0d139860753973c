package fleet

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A requestRecord is a request with credentials at one capture point. Requests with the same token
// have the same key. Requests without a token have the same key if path and credentials are the
// same.
type requestRecord struct {
	Place
	// Shared says that other requests may have the same credentials, as with Basic.
	Shared bool `json:"shared,omitempty"`
	// ToProxy says that a proxy asked for the credentials. It does not forward them.
	ToProxy bool `json:"to_proxy,omitempty"`
	versioned
	// Client and Server are the ends of the connection.
	Client netip.AddrPort `json:"client"`
	Server netip.AddrPort `json:"server"`
	Method string         `json:"method"`
	Target string         `json:"target"`
	// ForwardedFor are the addresses for which a proxy says that it forwarded the request, see
	// forwardedFor.
	ForwardedFor []netip.Addr `json:"for,omitempty"`
	// At is when the request was sent, by the clock of the capture point. Frame is where it is.
	At    httpstream.Time `json:"at"`
	Frame int             `json:"frame"`
	User  string          `json:"user,omitempty"`
	URL   string          `json:"url,omitempty"`
}

// exchange returns the request in the form that correlate.MayBeForwarded reads.
func (p *requestRecord) exchange() *httpstream.Exchange {
	return &httpstream.Exchange{
		Conn:    &httpstream.Conn{Client: p.Client, Server: p.Server},
		Request: &httpstream.Request{Method: p.Method, Target: p.Target},
	}
}

// requestRecords returns the requests of a handshake with credentials, each with its key: requests
// that may be the same have the same key. Message 1 of NTLM is the same for every client, so it
// gets no record.
func requestRecords(at Place, h *analysis.Handshake) (all []*requestRecord, keys []string) {
	for _, l := range h.Legs {
		if l.Sent == nil || l.Request == nil || !l.Conn.Client.IsValid() {
			continue
		}
		key, shared := requestKey(l)
		if key == "" || slices.Contains(keys, key) {
			continue
		}
		keys = append(keys, key)
		all = append(all, &requestRecord{Place: at, versioned: versioned{version}, Shared: shared, ToProxy: h.Target != analysis.ToServer, Client: l.Conn.Client, Server: l.Conn.Server,
			Method: l.Request.Method, Target: l.Request.Target, ForwardedFor: forwardedFor(l.Request.Header), At: l.Request.Pos.Time,
			Frame: l.Request.Pos.Frame, User: h.User, URL: h.URL})
	}
	return all, keys
}

// requestKey returns a key for the credentials of a request, the same in every capture, "" if
// there is none, and whether other requests may have the same credentials. The response of Digest
// differs with each request if the client counts them (RFC 7616 section 3.4).
func requestKey(l *analysis.Leg) (key string, shared bool) {
	switch {
	case l.Sent.IsUnique():
		return strconv.FormatUint(l.Sent.Token.Sum, 16), false
	case l.Sent.Token != nil, l.Sent.Sum == 0:
		return "", false
	case l.Sent.Scheme == "Digest" && slices.ContainsFunc(l.Sent.Params, func(p tokens.Param) bool { return strings.EqualFold(p.Name, "nc") }):
		return strconv.FormatUint(l.Sent.Sum, 16), false
	}
	return fmt.Sprintf("%x %s %s", l.Sent.Sum, l.Request.Method, correlate.Path(l.Request.Target)), true
}
