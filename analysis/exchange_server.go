package analysis

import (
	"slices"
	"strings"
)

// exchangePaths begin the paths of the applications of Exchange.
var exchangePaths = []string{"/mapi/", "/ews/", "/rpc/rpcproxy.dll", "/owa/", "/ecp/", "/oab/", "/autodiscover/", "/microsoft-server-activesync", "/powershell/"}

func ofExchange(target string) bool {
	path := strings.ToLower(PathOf(target)) + "/"
	return slices.ContainsFunc(exchangePaths, func(begins string) bool { return strings.HasPrefix(path, begins) })
}
