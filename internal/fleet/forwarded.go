package fleet

import (
	"net/netip"
	"strings"

	"negotrace/httpstream"
)

// forwardedFor returns the addresses for which the last proxies before the capture point say that
// they forwarded a request. Of X-Forwarded-For and of Forwarded (RFC 7239 section 5.2) it takes
// the last address, which the nearest proxy has added. Anybody may have written the addresses
// before it.
func forwardedFor(h httpstream.Header) []netip.Addr {
	var all []netip.Addr
	if lines := h.Values("X-Forwarded-For"); len(lines) > 0 {
		all = appendAddr(all, lastItem(lines[len(lines)-1]))
	}
	if lines := h.Values("Forwarded"); len(lines) > 0 {
		for pair := range strings.SplitSeq(lastItem(lines[len(lines)-1]), ";") {
			if name, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && strings.EqualFold(name, "for") {
				all = appendAddr(all, strings.Trim(value, `"`))
			}
		}
	}
	return all
}

// lastItem returns the last item of a list with commas.
func lastItem(list string) string {
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}

// appendAddr appends the address in text, which may have a port and brackets.
func appendAddr(all []netip.Addr, text string) []netip.Addr {
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return append(all, a.Unmap())
	}
	if a, err := netip.ParseAddrPort(text); err == nil {
		return append(all, a.Addr().Unmap())
	}
	return all
}
