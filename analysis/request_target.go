package analysis

import (
	"strings"

	"negotrace/httpstream"
)

// TargetAuthority returns the authority of a request target in absolute form, or "".
func TargetAuthority(target string) string {
	_, rest, ok := strings.Cut(target, "://")
	if !ok {
		return ""
	}
	authority, _, _ := strings.Cut(rest, "/")
	return authority
}

// RequestHost is the host of a request in one spelling, without the usual ports.
func RequestHost(r *httpstream.Request) string {
	host := r.Host
	if authority := TargetAuthority(r.Target); authority != "" {
		host = authority
	}
	if host == "" {
		host = r.Target // of a CONNECT
	}
	host = strings.ToLower(host)
	return strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")
}

// RequestPath is the path of a request with its query.
func RequestPath(r *httpstream.Request) string {
	if r.Method == "CONNECT" {
		return ""
	}
	if authority := TargetAuthority(r.Target); authority != "" {
		_, rest, _ := strings.Cut(r.Target, authority)
		return rest
	}
	return r.Target
}
