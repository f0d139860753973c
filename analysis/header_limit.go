package analysis

import (
	"math"
	"strings"
)

// A HeaderLimit is the size of a request's header that a kind of server accepts by
// default, and the setting that raises it.
type HeaderLimit struct {
	Server  string // how its Server header begins
	Line    int    // bytes of one header line, 0 if a line has no limit of its own
	Total   int    // bytes of the whole header, 0 if it has no limit of its own
	Setting string
}

// headerLimits are those of HTTP.sys (Microsoft KB820129), Kestrel (KestrelServerLimits), Tomcat (HTTP
// connector), Apache httpd (core directives), nginx (ngx_http_core_module), Jetty (HttpConfiguration)
// and squid (request_header_max_size), the more specific names first.
var headerLimits = [...]HeaderLimit{
	{"Microsoft-", 16384, 16384, `HKLM\System\CurrentControlSet\Services\HTTP\Parameters: MaxFieldLength (up to 65534) and MaxRequestBytes (up to 16777216), then restart HTTP`},
	{"Kestrel", 0, 32768, "KestrelServerLimits.MaxRequestHeadersTotalSize"},
	{"Apache-Coyote", 0, 8192, "maxHttpHeaderSize (maxHttpRequestHeaderSize) of the connector"},
	{"Apache", 8190, 0, "LimitRequestFieldSize"},
	{"nginx", 8192, 32768, "large_client_header_buffers"},
	{"openresty", 8192, 32768, "large_client_header_buffers"},
	{"Jetty", 0, 8192, "requestHeaderSize of HttpConfiguration"},
	{"squid", 0, 65536, "request_header_max_size"},
}

// HeaderLimitOf returns the limit of the server with that Server header, nil if it is not
// known.
func HeaderLimitOf(server string) *HeaderLimit {
	for _, l := range headerLimits {
		if strings.HasPrefix(server, l.Server) {
			return &l
		}
	}
	return nil
}

// SmallestHeaderLimit returns the smallest of all limits, in bytes: a request with a
// smaller header is too large for no server that is known.
func SmallestHeaderLimit() int {
	least := math.MaxInt
	for _, l := range headerLimits {
		for _, n := range []int{l.Line, l.Total} {
			if n > 0 {
				least = min(least, n)
			}
		}
	}
	return least
}
