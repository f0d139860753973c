package fleet

import (
	"maps"
	"net/netip"
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
)

// joinShared joins requests for one path with credentials that do not identify a request, as those
// of Basic. A request is joined with at most one of another set, and both sets keep their order in
// time. Requests that may be the same by their times only are not joined: they count, and are
// reported as unsure.
func joinShared(all []*requestRecord, shards int, out JoinOut) {
	const same = "the same credentials for the same path"
	gone := map[*requestRecord]bool{}             // is the same as another one
	taken := map[*requestRecord]map[string]bool{} // is joined with one of this set
	for _, second := range bySet(all) {
		pairUp(all, second, endsOf, endsOf, func(first, second *requestRecord) bool { return first.Set < second.Set && !gone[first] }, func(first, second *requestRecord) {
			gone[second] = true
			markJoined(taken, first, second)
			out.pair(sighted, first, second, analysis.Proven, same+" on the same connection", shards)
		})
	}
	single := slices.DeleteFunc(slices.Clone(all), func(p *requestRecord) bool { return gone[p] || p.ToProxy })
	from := map[*requestRecord]*requestRecord{} // which request a proxy forwarded as this one
	for _, rule := range sharedRules {
		for _, second := range bySet(single) {
			rest := slices.DeleteFunc(second, func(p *requestRecord) bool { return from[p] != nil })
			pairUp(single, rest, rule.first, rule.second, func(first, second *requestRecord) bool {
				return correlate.MayBeForwarded(first.exchange(), second.exchange()) && !comesFrom(first, second, from)
			}, func(first, second *requestRecord) {
				from[second] = first
				markJoined(taken, first, second)
				out.pair(proxied, first, second, analysis.Inferred, same+rule.by, shards)
			})
		}
	}
	all = slices.DeleteFunc(single, func(p *requestRecord) bool { return from[p] != nil })
	for _, second := range bySet(all) {
		pairUp(all, second, anyKey, anyKey, func(first, second *requestRecord) bool {
			return first.Set < second.Set && !taken[first][second.Set] && !taken[second][first.Set] && !onOtherConn(first, second)
		}, func(first, second *requestRecord) {
			out.join(&Join{Kind: unsure, First: &first.Place, Second: &second.Place, Evidence: analysis.Hint,
				By: same + "; nothing shows whether they are one, and both count", User: first.User, URL: first.URL}, shards)
			out.Case(second.key(), encode(&caseRecord{versioned: versioned{version}, Place: second.Place, Unsure: true}))
		})
	}
}

// sharedRules decide by an address that both have whether a proxy forwarded one request as the
// other. Clocks alone do not, because an account may be used at two places.
var sharedRules = []struct {
	first, second func(*requestRecord) []string
	by            string
}{
	{clientOf, forwardedForOf, sentOnRules[0].by},
	{serverOf, clientOf, sentOnRules[1].by},
}

// markJoined notes that two requests are joined.
func markJoined(taken map[*requestRecord]map[string]bool, first, second *requestRecord) {
	for of, set := range map[*requestRecord]string{first: second.Set, second: first.Set} {
		if taken[of] == nil {
			taken[of] = map[string]bool{}
		}
		taken[of][set] = true
	}
}

// onOtherConn reports whether two requests are of one client to one server, on different connections.
func onOtherConn(a, b *requestRecord) bool {
	return a.Client.Addr() == b.Client.Addr() && a.Server == b.Server
}

func anyKey(*requestRecord) []string { return []string{""} }

func endsOf(p *requestRecord) []string { return []string{p.Client.String() + " " + p.Server.String()} }

func clientOf(p *requestRecord) []string { return []string{addrKey(p.Client.Addr())} }

func serverOf(p *requestRecord) []string { return []string{addrKey(p.Server.Addr())} }

func forwardedForOf(p *requestRecord) (all []string) {
	for _, a := range p.ForwardedFor {
		all = append(all, addrKey(a))
	}
	return all
}

func addrKey(a netip.Addr) string { return a.Unmap().String() }

// bySet returns the requests of each set, in the order of the sets' names.
func bySet(all []*requestRecord) [][]*requestRecord {
	by := map[string][]*requestRecord{}
	for _, p := range all {
		by[p.Set] = append(by[p.Set], p)
	}
	var sets [][]*requestRecord
	for _, name := range slices.Sorted(maps.Keys(by)) {
		sets = append(sets, by[name])
	}
	return sets
}

// pairUp pairs each request of a set with the first one of the other sets that fits, has a key in
// common with it, and is not taken. Both sides are in the order of their times, as far as clocks
// allow.
func pairUp(firsts, seconds []*requestRecord, keysOfFirst, keysOfSecond func(*requestRecord) []string, fits func(first, second *requestRecord) bool, pair func(first, second *requestRecord)) {
	if len(seconds) == 0 {
		return
	}
	waiting := map[string][]*requestRecord{}
	for _, p := range firsts {
		if p.Set != seconds[0].Set {
			for _, key := range keysOfFirst(p) {
				waiting[key] = append(waiting[key], p)
			}
		}
	}
	for _, second := range seconds {
		for _, key := range keysOfSecond(second) {
			queue := waiting[key]
			for len(queue) > 0 && queue[0].At.Before(second.At) && !clocksAgree(queue[0].At, second.At) {
				queue = queue[1:] // also too early for all that follow
			}
			waiting[key] = queue
			i := slices.IndexFunc(queue[:min(len(queue), maxSkipped)], func(first *requestRecord) bool { return clocksAgree(first.At, second.At) && fits(first, second) })
			if i >= 0 {
				pair(queue[i], second)
				waiting[key] = slices.Delete(queue, i, i+1)
				break
			}
		}
	}
}
