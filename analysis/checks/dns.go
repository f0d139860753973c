package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// reverseName is the variant in which the client asked for what the reverse look-up of the server's
// address gives.
const reverseName = "reverse-name"

// reverseLookup returns the reverse look-up of the server's address by whose name the client asked a
// KDC, nil if there is none. h is the handshake of the request, nil if it belongs to none.
func reverseLookup(h *analysis.Handshake, k *analysis.KDCExchange) *analysis.Lookup {
	asked := k.Service()
	if h == nil || asked == nil {
		return nil
	}
	name := strings.ToLower(analysis.HostOnly(asked.Host()))
	for i := range h.DNS {
		if l := &h.DNS[i]; l.Type == "PTR" && slices.Contains(l.Targets, name) && !strings.EqualFold(name, h.Host) {
			return l
		}
	}
	return nil
}

// aliasInDNS says how the name that a client asked a KDC for follows from the answers of name
// servers, "" if they say nothing about it. h is the handshake of the request, nil if it belongs
// to none.
func aliasInDNS(p *analysis.Pass, h *analysis.Handshake, k *analysis.KDCExchange) string {
	asked := k.Service()
	if asked == nil {
		return ""
	}
	name := strings.ToLower(analysis.HostOnly(asked.Host()))
	if l := reverseLookup(h, k); l != nil {
		return fmt.Sprintf("The reverse look-up of %v gives %s (%s), and the client asked for that name.", h.ServerAddr(), name, l.Pos)
	}
	l := p.DNS.Alias(k.Client.Addr(), name)
	switch {
	case l == nil:
		return ""
	case l.Name == name:
		return fmt.Sprintf("%s is an alias of %s (DNS, %s), and the client asked for the alias.", l.Name, l.CNAMEs[len(l.CNAMEs)-1], l.Pos)
	case h != nil && strings.EqualFold(name, h.Host):
		return "" // the client asked for the host of its URL, whatever else leads to it
	}
	return fmt.Sprintf("%s is an alias (DNS, %s), and the client asked for the name that it leads to.", l.Name, l.Pos)
}

// machinesInDNS says that name servers gave the client several addresses for the host: the
// machines behind them may hold different keys. It returns "" if they did not.
func machinesInDNS(h *analysis.Handshake) string {
	var addrs []netip.Addr
	var last httpstream.Pos
	for i := range h.DNS {
		l := &h.DNS[i]
		if !l.OfAddress() || !strings.EqualFold(l.Name, h.Host) {
			continue
		}
		for _, a := range l.Addrs {
			if a.Is4() == h.ServerAddr().Is4() && !slices.Contains(addrs, a) {
				addrs, last = append(addrs, a), l.Pos
			}
		}
	}
	if len(addrs) < 2 {
		return ""
	}
	var list []string
	for _, a := range addrs[:min(len(addrs), 4)] {
		list = append(list, a.String())
	}
	if len(addrs) > len(list) {
		list = append(list, fmt.Sprintf("%d more", len(addrs)-len(list)))
	}
	return fmt.Sprintf("%s has the addresses %s (DNS, up to %s): each machine behind the name must have the key, and %v was asked.",
		h.Host, strings.Join(list, ", "), last, h.ServerAddr())
}
