package correlate

import (
	"cmp"
	"slices"
	"time"

	"negotrace/analysis"
)

// JoinKDC finds the KDC exchanges of each handshake: the one that issued the very
// ticket presented, and those in which the same client asked for the same host
// meanwhile. Of a handshake it reads the host, the addresses, the times of the legs and the
// ticket. Where there are very many, each is with one handshake at least, and what is left out is counted.
func JoinKDC(handshakes []*analysis.Handshake, kdc []*analysis.KDCExchange, dns *analysis.DNS) {
	if len(kdc) == 0 {
		return
	}
	asked := analysis.KDCByClient(kdc)
	listed := map[*analysis.KDCExchange]bool{}
	for _, h := range handshakes {
		if !h.ClientAddr().IsValid() {
			continue
		}
		_, ap := h.APReq()
		for _, k := range asked[h.ClientAddr()] {
			nameByVia(h, k)
			if k.Issued(ap) || isMeanwhile(h, k, dns) {
				h.KDC = append(h.KDC, k)
			}
		}
		leaveOutKDC(h, listed)
	}
}

// leaveOutKDC leaves with a handshake those exchanges that no other has yet, and up to maxKDC in all: what issued
// its ticket, and what is nearest in time.
func leaveOutKDC(h *analysis.Handshake, listed map[*analysis.KDCExchange]bool) {
	if len(h.KDC) > maxKDC {
		own, others := h.KDC[:0:0], h.KDC[:0:0]
		_, ap := h.APReq()
		rank := func(k *analysis.KDCExchange) time.Duration {
			if k.Issued(ap) {
				return -1
			}
			return k.RequestPos.Time.Sub(h.Start.Time).Abs()
		}
		for _, k := range h.KDC {
			if !listed[k] {
				own = append(own, k)
				continue
			}
			i, _ := slices.BinarySearchFunc(others, rank(k), func(o *analysis.KDCExchange, r time.Duration) int { return cmp.Compare(rank(o), r) })
			if i < maxKDC {
				others = slices.Insert(others[:min(len(others), maxKDC-1)], i, k)
			}
		}
		h.KDCLeftOut = len(h.KDC)
		h.KDC = append(own, others[:min(len(others), max(0, maxKDC-len(own)))]...)
		h.KDCLeftOut -= len(h.KDC)
		slices.SortStableFunc(h.KDC, func(a, b *analysis.KDCExchange) int { return a.RequestPos.Compare(b.RequestPos) })
	}
	for _, k := range h.KDC {
		listed[k] = true
	}
}

// isOfOtherAccount reports whether the KDC gave a ticket to another account than the one that answers an NTLM challenge:
// a service logs on beside the user of the machine.
func isOfOtherAccount(h *analysis.Handshake, k *analysis.KDCExchange) bool {
	_, n3 := h.NTLM(3)
	if n3 == nil || k.Rep() == nil {
		return false
	}
	account, client := analysis.NTLMAccount(n3.Authenticate), k.Rep().Client.String()
	return account != "" && client != "" && !analysis.SameAccount(account, client)
}

// isMeanwhile reports whether k lies around the time of h and asks for a ticket for the same
// host. If h has no ticket, a request for a TGT counts, too.
func isMeanwhile(h *analysis.Handshake, k *analysis.KDCExchange, dns *analysis.DNS) bool {
	s := k.Service()
	if s == nil || isOfOtherAccount(h, k) {
		return false
	}
	end := h.Start.Time
	for _, l := range h.Legs {
		if l.Request != nil && l.Request.Pos.Time.After(end) {
			end = l.Request.Pos.Time
		}
		if l.Response != nil && l.Response.Pos.Time.After(end) {
			end = l.Response.Pos.Time
		}
	}
	if !k.RequestPos.Time.After(h.Start.Time.Add(-analysis.TicketWindow)) || !k.RequestPos.Time.Before(end.Add(analysis.TicketWindow)) {
		return false
	}
	_, ap := h.APReq()
	own := ap == nil && k.Request != nil && !k.TGS()
	return own || s.HTTP() && dns.MaybeSameHost(h, s.Host())
}
