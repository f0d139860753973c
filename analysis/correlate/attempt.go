package correlate

import (
	"cmp"
	"slices"

	"negotrace/analysis"
)

// An attempt is a handshake while its legs are put together.
type attempt struct {
	analysis.Handshake
	head    *leg             // the leg that was kept first
	last    *leg             // the last of Legs
	legsBuf [3]*analysis.Leg // for Legs: NTLM has three
	asked   []*leg           // of Legs, where the client was challenged on several connections: those

	final bool // it is reported now
	show  bool // it is shown provisionally
}

// A slot is the state of one target on one connection, where one handshake goes on at a time.
// The server (401) and the proxy (407) on a connection have a slot each.
type slot struct {
	target        analysis.Target
	inProgress    *attempt // the target has sent a token and awaits another
	authenticated *attempt // the last one that succeeded here
}

// onlyReset reports whether all legs are HTTP/2 requests that were reset and have no response. It is
// not known why, and that is no handshake. A response stands although its stream is reset: a server
// that does not want the rest of the request resets it then (RFC 9113 section 8.1).
func onlyReset(h *attempt) bool {
	return !slices.ContainsFunc(h.Legs, func(l *analysis.Leg) bool { return l.Reset == "" || l.Response != nil })
}

// append puts l at the end of h.
func (h *attempt) append(l *leg) {
	h.Legs, h.last = append(h.Legs, &l.Leg), l
	if h.head == nil || l.arrival < h.head.arrival {
		h.head = l
	}
}

// recent limits how many earlier handshakes, or challenges, are searched: clients answer soon. Those
// that await credentials are searched by client and server.
func recent[T any](all []T) []T {
	const most = 512
	if len(all) >= most {
		all = append(all[:0], all[len(all)-most/2:]...)
	}
	return all
}

func sortAttempts(attempts []*attempt) {
	slices.SortStableFunc(attempts, func(a, b *attempt) int {
		return cmp.Or(
			a.First().Exchange.Pos().Compare(b.First().Exchange.Pos()),
			cmp.Compare(a.Target, b.Target),
		)
	})
}
