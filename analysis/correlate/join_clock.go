package correlate

import (
	"slices"
	"time"

	"negotrace/httpstream"
)

// The clock of a file is the clock that its times were taken from. Exchanges and connections
// that two files have in common show how far their clocks are apart.

// clockOf returns by how much the clock of a file is ahead of that of the packets, or of the
// best other file, if anything shows it.
func (j *joiner) clockOf(f httpstream.File) (ahead time.Duration, known bool) {
	with, best := httpstream.File{}, -1
	for p := range j.offsets {
		if p.file == f && (best < 0 || j.rank[p.better] < best || j.rank[p.better] == best && p.better.String() < with.String()) {
			with, best = p.better, j.rank[p.better]
		}
	}
	if best < 0 {
		return j.endpoints.ahead(f)
	}
	return j.offset(filePair{f, with})
}

// ahead returns how much later an export has the beginnings of connections than the packets. It is
// known if that is only seconds, or if several connections agree.
func (e endpoints) ahead(f httpstream.File) (ahead time.Duration, known bool) {
	var all []time.Duration
	for _, seen := range e {
		for _, own := range seen {
			for _, o := range seen {
				if own.start.File == f && o.start.InPackets() {
					all = append(all, own.start.Time.Sub(o.start.Time))
				}
			}
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	middle := all[len(all)/2]
	agree := 0
	for _, d := range all {
		if (d - middle).Abs() < otherClock {
			agree++
		}
	}
	const few = 3
	return middle, middle.Abs() < maxPortOffset || agree >= few && agree > len(all)/2
}

// clocksFor returns the clocks to which those of an exchange are added. An export beside
// packets has clocks of its own, since it is not yet known how far the clock of the export is
// ahead.
func (e *engine) clocksFor(x *httpstream.Exchange) *clocks {
	f := x.Pos().File
	if !e.joiner.mayBeDuplicate(x) {
		return &e.knowledge.clocks
	}
	c := e.joiner.clocks[f]
	if c == nil {
		of := newClocks(e.dropped)
		c = &of
		e.joiner.clocks[f] = c
	}
	return c
}

// addClocks adds what exports show of the clocks of machines that packets do not show.
func (j *joiner) addClocks(files []httpstream.File, to *clocks) {
	for _, f := range files {
		ahead, known := j.clockOf(f)
		if j.clocks[f] == nil || !known {
			continue
		}
		for _, k := range j.clocks[f].list {
			if to.latest[k.Machine] == nil {
				k.Ahead += ahead
				to.list = append(to.list, k)
			}
		}
		for _, k := range j.clocks[f].list {
			to.latest[k.Machine] = k
		}
	}
}
