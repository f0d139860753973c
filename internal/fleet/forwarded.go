package fleet

import (
	"net/netip"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// forwardedFor returns the addresses for which the last proxies before the capture point say that
// they forwarded a request. Of X-Forwarded-For and of Forwarded (RFC 7239 section 5.2) it takes
// the last address, which the nearest proxy has added. Anybody may have written the addresses
// before it.
func forwardedFor(h httpstream.Header) []netip.Addr {
	var all []netip.Addr
	add := func(item string) {
		if addr, ok := analysis.ForwardedAddr(item); ok {
			all = append(all, addr)
		}
	}
	if lines := h.Values("X-Forwarded-For"); len(lines) > 0 {
		add(lastItem(lines[len(lines)-1]))
	}
	if lines := h.Values("Forwarded"); len(lines) > 0 {
		for pair := range strings.SplitSeq(lastItem(lines[len(lines)-1]), ";") {
			if name, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && strings.EqualFold(name, "for") {
				add(strings.Trim(value, `"`))
			}
		}
	}
	return all
}

// lastItem returns the last item of a list with commas.
func lastItem(list string) string {
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}
