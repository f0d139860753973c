package correlate

import (
	"slices"
	"strings"

	"negotrace/httpstream"
)

// An acceptor is a kind of server by how it refuses, as its response shows it.
type acceptor uint8

const (
	otherAcceptor  acceptor = iota
	microsoft               // IIS and HTTP.sys: refuse by offering the schemes anew
	refusesWith403          // answers 403 to tickets that it does not take
	forbidsWith403          // answers 403, without a token, only to users that it has authenticated
)

// acceptorOf reads the kind of server from a response. nginx's SPNEGO module and Hadoop's
// filter, which runs in Jetty, refuse with 403. CUPS asks again, and answers 403 only to users
// without permission. squid has an error of its own for these.
func acceptorOf(h httpstream.Header) acceptor {
	server := h.Value("Server")
	for _, k := range []struct {
		prefix string
		acceptor
	}{
		{"Microsoft-", microsoft}, {"nginx", refusesWith403}, {"openresty", refusesWith403}, {"Jetty", refusesWith403}, {"CUPS", forbidsWith403},
	} {
		if strings.HasPrefix(server, k.prefix) {
			return k.acceptor
		}
	}
	if strings.HasPrefix(h.Value("X-Squid-Error"), "ERR_ACCESS_DENIED") {
		return forbidsWith403
	}
	return otherAcceptor
}

// behindSquid are the prefixes of squid's error pages for failures between squid and the server
// (squid, errors/template).
var behindSquid = []string{"ERR_DNS_FAIL", "ERR_CONNECT_FAIL", "ERR_SECURE_CONNECT_FAIL", "ERR_READ_", "ERR_WRITE_ERROR", "ERR_ZERO_SIZE_OBJECT", "ERR_LIFETIME_EXP"}

// failedBehindSquid reports whether an X-Squid-Error names such a page.
func failedBehindSquid(page string) bool {
	return slices.ContainsFunc(behindSquid, func(name string) bool { return strings.HasPrefix(page, name) })
}
