package analysis

import (
	"slices"
	"strings"

	"negotrace/httpstream"
)

// TargetAuthority returns the authority of a request target in absolute form (RFC 9112 section
// 3.2.2), or "". A URL in the query of a target is none.
func TargetAuthority(target string) string {
	authority, _ := cutAuthority(target)
	return authority
}

// PathOf returns the path of a request target with its query, also of one in absolute form.
func PathOf(target string) string {
	_, path := cutAuthority(target)
	return path
}

func cutAuthority(target string) (authority, path string) {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || scheme == "" || strings.ContainsAny(scheme, "/?#") {
		return "", target
	}
	end := strings.IndexAny(rest, "/?#")
	switch {
	case end < 0:
		return rest, "/"
	case rest[end] != '/':
		return rest[:end], "/" + rest[end:]
	}
	return rest[:end], rest[end:]
}

// RequestHost returns the host of a request in one spelling, without the usual ports.
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

// RequestPath returns the path of a request with its query, empty for a CONNECT.
func RequestPath(r *httpstream.Request) string {
	if r.AsksTunnel() {
		return ""
	}
	return PathOf(r.Target)
}

// exchangePaths begin the paths of the applications of Exchange.
var exchangePaths = []string{"/mapi/", "/ews/", "/rpc/rpcproxy.dll", "/owa/", "/ecp/", "/oab/", "/autodiscover/", "/microsoft-server-activesync", "/powershell/"}

func ofExchange(target string) bool {
	path := strings.ToLower(PathOf(target)) + "/"
	return slices.ContainsFunc(exchangePaths, func(begins string) bool { return strings.HasPrefix(path, begins) })
}
