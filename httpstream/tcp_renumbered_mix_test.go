package httpstream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// TestRenumberedMixed plays logons of which a capture has both sides of a firewall that changes sequence numbers,
// without some of the SYNs, from somewhere in the opening on, with one side late, or out of order: each message is
// read once.
func TestRenumberedMixed(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testcost.Count(400, 20_000)) {
		r := rand.New(rand.NewPCG(seed, 3))
		all, whole, how := mixedSides(r)
		want := logonRead
		if !whole {
			want = slices.Concat([]string{"- > 401 +10; its request is not in the capture"}, logonRead[1:])
		}
		read, _, w := play(inFileOrder(all))
		if !slices.Equal(read, want) || w.counters.Conflicts > 0 || w.a.shared.held != 0 {
			t.Errorf("seed %d, %s: %d connections, %q, %+v", seed, how, w.counters.Connections, read, w.counters)
		}
	}
}

// mixedSides returns a logon as both sides of a firewall show it, and whether the first request is all there.
func mixedSides(r *rand.Rand) (all []Segment, whole bool, how string) {
	const least = 16 << 20 // nearer, with one chance in 128, some could be later bytes of the same side
	change := [2]uint32{least + r.Uint32N(1<<32-2*least), least + r.Uint32N(1<<32-2*least)}
	if n := r.IntN(3); n < 2 {
		change[n] = 0
	}
	c := newTape()
	c.next = [2]uint32{r.Uint32(), r.Uint32()}
	c.mss = []int{1460, 200, 100}[r.IntN(3)]
	c.noAcks = r.IntN(3) == 0
	c.open()
	c.logon()
	if r.IntN(2) == 0 {
		c.close()
	}
	const own = 1 << 20 // which is the other side, until the segments are played
	for i, s := range c.segments {
		from := toInt(isOf(Server)(s))
		s.At.Frame = i
		other := s
		other.Seq += change[from]
		if s.Flags&FlagACK != 0 {
			other.Ack += change[from^1]
		}
		other.At.Frame |= own
		later := &other
		if from == int(Server) {
			later = &s
		}
		later.TTL--
		later.At.Time = later.At.Time.Add(time.Millisecond / 2)
		all = append(all, s, other)
	}
	byTime := func(a, b Segment) int { return a.At.Time.Compare(b.At.Time) }
	slices.SortStableFunc(all, byTime)
	fault := r.IntN(5)
	switch fault {
	case 0: // one or two SYNs are missing
		for range 1 + r.IntN(2) {
			i := r.IntN(4)
			for all[i].Flags&FlagSYN == 0 {
				i--
			}
			all = slices.Delete(all, i, i+1)
		}
		how = "without SYNs"
	case 1:
		n := r.IntN(8)
		all, how = all[n:], fmt.Sprintf("from %d on", n)
	case 2:
		late, by := r.IntN(2), time.Duration(r.IntN(3000))*time.Microsecond
		for i := range all {
			if all[i].At.Frame/own == late {
				all[i].At.Time = all[i].At.Time.Add(by)
			}
		}
		slices.SortStableFunc(all, byTime)
		how = fmt.Sprintf("one side late by %v", by)
	}
	if fault != 2 && r.IntN(2) == 0 {
		for range 1 + r.IntN(4) {
			i := r.IntN(14)
			to := i + 1 + r.IntN(4)
			s := all[i]
			all = slices.Insert(slices.Delete(all, i, i+1), to, s)
			how += fmt.Sprintf(", segment %d at %d", i, to)
		}
	}
	has := make(map[int]bool)
	for _, s := range all {
		has[s.At.Frame&^own] = true
	}
	whole = has[3] && has[4] // behind the opening
	return all, whole, fmt.Sprintf("%#x %s", change, how)
}
