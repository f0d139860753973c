package httpstream

// Places are where each kind of what was not read is first: of Counters, by the same names.
type Places struct {
	Undecoded            map[string]Pos `json:"undecoded,omitempty"`
	UnreadUDP            map[string]Pos `json:"unread_udp,omitempty"`
	UnreadTCP            map[string]Pos `json:"unread_tcp,omitempty"` // the first packets of connections
	Cut                  Pos            `json:"cut_packets,omitzero"`
	MidStream            Pos            `json:"mid_stream_connections,omitzero"`
	Gaps                 Pos            `json:"gaps,omitzero"`       // the packet behind the hole
	LostBytes            Pos            `json:"lost_bytes,omitzero"` // the packet behind them, or that is cut
	UnreadBytes          Pos            `json:"unread_bytes,omitzero"`
	BytesAfterEnd        Pos            `json:"bytes_after_end,omitzero"`
	Conflicts            Pos            `json:"conflicting_segments,omitzero"` // the copy that came late
	ConflictingFragments Pos            `json:"conflicting_fragments,omitzero"`
	Decoys               Pos            `json:"decoy_segments,omitzero"` // what was left out
	WrongSums            Pos            `json:"wrong_checksums,omitzero"`
	TLSNotOpened         map[string]Pos `json:"tls_closed,omitempty"` // the first packets of connections
	OpenedByRedact       Pos            `json:"opened_by_redact,omitzero"`
	Dropped              map[string]Pos `json:"dropped,omitempty"` // where the limit was reached, if it has a place
}

// include moves the places to those of more that come before them.
func (p *Places) include(more *Places) {
	includeAll(&p.Undecoded, more.Undecoded)
	includeAll(&p.UnreadUDP, more.UnreadUDP)
	includeAll(&p.UnreadTCP, more.UnreadTCP)
	p.Cut.orEarlier(more.Cut)
	p.MidStream.orEarlier(more.MidStream)
	p.Gaps.orEarlier(more.Gaps)
	p.LostBytes.orEarlier(more.LostBytes)
	p.UnreadBytes.orEarlier(more.UnreadBytes)
	p.BytesAfterEnd.orEarlier(more.BytesAfterEnd)
	p.Conflicts.orEarlier(more.Conflicts)
	p.ConflictingFragments.orEarlier(more.ConflictingFragments)
	p.Decoys.orEarlier(more.Decoys)
	p.WrongSums.orEarlier(more.WrongSums)
	includeAll(&p.TLSNotOpened, more.TLSNotOpened)
	p.OpenedByRedact.orEarlier(more.OpenedByRedact)
	includeAll(&p.Dropped, more.Dropped)
}

// Contradictions returns the first places of packets that contradict others, or are not believed.
func (p *Places) Contradictions() (all []Pos) {
	for _, at := range [...]Pos{p.Conflicts, p.ConflictingFragments, p.Decoys, p.WrongSums} {
		if at.Frame != 0 {
			all = append(all, at)
		}
	}
	return all
}

// orEarlier makes p the earlier one of two places; the zero Pos is none.
func (p *Pos) orEarlier(at Pos) {
	if at.Frame != 0 && (p.Frame == 0 || at.Compare(*p) < 0) {
		*p = at
	}
}

// placeFirst notes one more place of what is counted under a name.
func placeFirst(in *map[string]Pos, what string, at Pos) {
	if at.Frame == 0 {
		return
	}
	if known, ok := (*in)[what]; ok && known.Compare(at) <= 0 {
		return
	}
	if *in == nil {
		*in = make(map[string]Pos)
	}
	(*in)[what] = at
}

func includeAll(in *map[string]Pos, more map[string]Pos) {
	for what, at := range more {
		placeFirst(in, what, at)
	}
}
