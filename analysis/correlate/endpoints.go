package correlate

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
)

// endpoints are the connections of several files, by their two ends.
type endpoints map[[2]netip.AddrPort][]endpointsSeen

// An endpointsSeen is one of them in one file.
type endpointsSeen struct {
	start       httpstream.Pos
	undecrypted bool // TLS that was not decrypted
}

// add adds a connection that has ended. One inside of a tunnel is left out: the packets show
// the tunnel.
func (e endpoints) add(c *httpstream.Conn) {
	ends := [2]netip.AddrPort{c.Client, c.Server}
	if !c.Client.IsValid() || !c.Server.IsValid() || c.Tunnel != nil || len(e[ends]) == 0 && len(e) >= maxEndpoints {
		return
	}
	const most = 8 // times that ports were used again
	if len(e[ends]) < most {
		e[ends] = append(e[ends], endpointsSeen{c.Start, c.TLS != nil && !c.TLS.Opened})
	}
}

// shared counts the connections that both the packets and an export show, and how many of them
// only the export shows decrypted. ahead is how far the clock of the export is ahead.
func (e endpoints) shared(f httpstream.File, ahead time.Duration) (both, decrypted int) {
	for _, all := range e {
		for _, own := range all {
			if own.start.File != f {
				continue
			}
			i := slices.IndexFunc(all, func(o endpointsSeen) bool {
				return o.start.InPackets() && (own.start.Time.Sub(o.start.Time)-ahead).Abs() < maxPortOffset
			})
			if i < 0 {
				continue
			}
			both++
			if all[i].undecrypted {
				decrypted++
			}
		}
	}
	return both, decrypted
}
