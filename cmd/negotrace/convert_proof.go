package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"

	"negotrace/analysis"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/httpstream"
)

// A proof is what a report needs to come out the same again.
type proof struct {
	// exchanges are the places of those with KDCs, by client: what follows a refusal, and who got
	// tickets there, is known by them.
	exchanges map[netip.Addr][]httpstream.Pos
}

func newProof() *proof { return &proof{exchanges: map[netip.Addr][]httpstream.Pos{}} }

// kdc takes an exchange with a KDC.
func (p *proof) kdc(k *analysis.KDCExchange) {
	client := k.Client.Addr()
	p.exchanges[client] = append(p.exchanges[client], k.RequestPos, k.ReplyPos)
}

// of returns the places of the frames that prove findings, of those of the handshakes, and of what
// their clients and KDCs said to each other.
func (p *proof) of(r *analysis.Report) map[httpstream.Pos]bool {
	places := map[httpstream.Pos]bool{}
	add := func(all ...httpstream.Pos) {
		for _, at := range all {
			if at.Frame > 0 && at.InPackets() {
				places[httpstream.Pos{Frame: at.Frame, File: at.File}] = true
			}
		}
	}
	clients := map[netip.Addr]bool{}
	for _, f := range r.Findings {
		add(report.ProofFrames(f)...)
		client, _ := netip.ParseAddrPort(f.Client)
		clients[client.Addr()] = true
	}
	for _, h := range r.Handshakes {
		clients[h.ClientAddr()] = true
		for _, l := range h.Legs {
			add(l.RequestPos(), l.ResponsePos())
			add(l.Also...)
		}
		for _, k := range h.KDC {
			add(k.RequestPos, k.ReplyPos)
		}
		for _, l := range h.DNS {
			add(l.Pos)
		}
	}
	for client := range clients {
		add(p.exchanges[client]...)
	}
	return places
}

// planProof finds the frames that are kept: all of the connections of those that are needed.
func (t *tool) planProof(ctx context.Context, needed map[httpstream.Pos]bool, sources []capture.Source, how *capture.Conversion) error {
	if len(needed) == 0 {
		return errors.New("nothing was found, so there are no frames that prove it: nothing was written")
	}
	bar := newBar(t.stderr)
	only, err := capture.WithConnections(ctx, sources, needed, bar.show)
	bar.clear()
	if err != nil {
		return err
	}
	how.OnlyFrames = only
	how.Comments = append(how.Comments, fmt.Sprintf("The frames of this file are these of %s: %s.", original(sources), report.Frames(only)))
	return nil
}

// original names the sources.
func original(sources []capture.Source) string {
	switch name := sources[0].Name; {
	case len(sources) > 1:
		return fmt.Sprintf("%d files", len(sources))
	case name == standardInput:
		return "standard input"
	default:
		return report.Printable(filepath.Base(name))
	}
}
