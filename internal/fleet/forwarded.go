package fleet

import (
	"net/netip"
	"strings"

	"negotrace/httpstream"
)

// forwardedFor returns for whom the last proxies before the capture point say that they sent
// a request on: of X-Forwarded-For and of Forwarded (RFC 7239 section 5.2) the last address,
// which the nearest proxy has added. What stands before it anybody may have written.
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

// lastItem is the last one of a list with commas.
func lastItem(list string) string {
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}

// appendAddr appends the address that text is, with or without a port and brackets.
func appendAddr(all []netip.Addr, text string) []netip.Addr {
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return append(all, a.Unmap())
	}
	if a, err := netip.ParseAddrPort(text); err == nil {
		return append(all, a.Addr().Unmap())
	}
	return all
}
