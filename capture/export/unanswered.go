package export

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"negotrace/internal/lazyregexp"
)

const (
	maxFailureKinds  = 64 // that are counted apart
	saidFailureKinds = 5
)

// netFailure is the name of an error with which Chromium or Firefox had no response.
var netFailure = lazyregexp.New(`^(?:net::)?(?:NS_)?ERR(?:OR)?_[A-Z0-9_]+`)

// otherFailures say that the browser itself gave a request up, as pages and extensions have it do, or that it was
// refused, which is a finding.
var otherFailures = []string{
	"net::ERR_ABORTED", "net::ERR_BLOCKED_BY_CLIENT", "net::ERR_BLOCKED_BY_RESPONSE", "net::ERR_BLOCKED_BY_ORB", "net::ERR_CACHE_MISS",
	"net::ERR_INVALID_AUTH_CREDENTIALS", "net::ERR_UNEXPECTED_PROXY_AUTH", "net::ERR_PROXY_AUTH_UNSUPPORTED",
	"net::ERR_UNSUPPORTED_AUTH_SCHEME", "net::ERR_MISSING_AUTH_CREDENTIALS", "net::ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS",
	"net::ERR_MISCONFIGURED_AUTH_ENVIRONMENT", "net::ERR_UNDOCUMENTED_SECURITY_LIBRARY_STATUS", "net::ERR_PROXY_AUTH_REQUESTED_WITH_NO_CONNECTION",
}

// unanswered counts the requests that got no response, by the error of the browser.
type unanswered map[string]int

func (u *unanswered) add(failure string) {
	name := netFailure().FindString(failure)
	if name == "" || slices.Contains(otherFailures, name) {
		return
	}
	if *u == nil {
		*u = unanswered{}
	}
	if (*u)[name] == 0 && len(*u) >= maxFailureKinds {
		name = "others"
	}
	(*u)[name]++
}

// SayUnanswered notes the requests that got no response: what would have been asked for is not known of them.
func (o *Out) SayUnanswered() {
	names := slices.SortedFunc(maps.Keys(o.unanswered), func(a, b string) int {
		return cmp.Or(cmp.Compare(o.unanswered[b], o.unanswered[a]), cmp.Compare(a, b))
	})
	all, said := 0, []string(nil)
	for n, name := range names {
		if all += o.unanswered[name]; n < saidFailureKinds {
			said = append(said, fmt.Sprintf("%s: %d", name, o.unanswered[name]))
		}
	}
	if all == 0 {
		return
	}
	text := fmt.Sprintf("requests of this file that got no response: %d (%s); who would have asked for credentials there is not known", all, strings.Join(said, ", "))
	if o.unanswered["net::ERR_TUNNEL_CONNECTION_FAILED"] > 0 {
		text += "; net::ERR_TUNNEL_CONNECTION_FAILED stands for any answer of a proxy to CONNECT but 200"
	}
	o.Limited("requests-unanswered", "%s", text)
}
