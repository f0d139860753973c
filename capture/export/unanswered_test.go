package export

import (
	"fmt"
	"testing"

	"negotrace/httpstream"
)

// Requests without a response are counted by the error of the browser, unless it gave them up itself.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	for want, failures := range map[string][]string{
		"": {"net::ERR_ABORTED", "net::ERR_BLOCKED_BY_CLIENT", "net::ERR_UNEXPECTED_PROXY_AUTH", "some words", ""},
		"requests of this file that got no response: 3 (NS_ERROR_UNKNOWN_HOST: 2, net::ERR_NAME_NOT_RESOLVED: 1); who would have asked for credentials there is not known": {
			"NS_ERROR_UNKNOWN_HOST", "net::ERR_NAME_NOT_RESOLVED", "NS_ERROR_UNKNOWN_HOST"},
		"requests of this file that got no response: 1 (net::ERR_TUNNEL_CONNECTION_FAILED: 1); who would have asked for credentials there is not known; net::ERR_TUNNEL_CONNECTION_FAILED stands for any answer of a proxy to CONNECT but 200": {
			"net::ERR_TUNNEL_CONNECTION_FAILED (-111)"},
	} {
		var got exportResult
		out := got.newOut()
		for _, f := range failures {
			out.Exchange(&httpstream.Exchange{Conn: &httpstream.Conn{}, Request: &httpstream.Request{}, Failure: f})
		}
		out.Exchange(&httpstream.Exchange{Conn: &httpstream.Conn{}, Request: &httpstream.Request{}, Response: &httpstream.Response{Status: 200}, Failure: "net::ERR_FAILED"})
		out.SayUnanswered()
		said := ""
		for _, n := range got.counters.Notes {
			said += n.Text
		}
		if said != want {
			t.Errorf("%q, want %q", said, want)
		}
	}
}

// However many errors a file names, few are counted apart.
func TestUnansweredKinds(t *testing.T) {
	t.Parallel()
	u := unanswered{}
	for n := range 10 * maxFailureKinds {
		u.add(fmt.Sprintf("net::ERR_%d", n))
	}
	if len(u) != maxFailureKinds+1 || u["others"] != 9*maxFailureKinds {
		t.Errorf("%d kinds, %d others", len(u), u["others"])
	}
}
