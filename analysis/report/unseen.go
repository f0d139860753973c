package report

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

const perKind = 8 // hosts, places of damage and the like that are named

// limitations is the check whose findings the section NOT SEEN replaces.
const limitations = "capture-or-har-limitations"

// unseen writes what the capture could not show. If there is nothing, it says so: a reader must be
// able to rely on it.
func (p *page) unseen(s analysis.Summary) {
	p.title("NOT SEEN")
	all := notSeen(s)
	if len(all) == 0 {
		p.line(allSeen(s))
		return
	}
	for _, text := range all {
		p.item(0, "- ", text)
	}
	p.item(0, "", "What to do about it: negotrace explain "+limitations)
}

// allSeen says that everything could be read.
func allSeen(s analysis.Summary) string {
	if s.Counters == nil {
		return "Nothing was read."
	}
	if s.Packets == 0 && s.Records == 0 {
		return "Nothing: there is nothing in it."
	}
	return "Nothing: everything in this capture could be read."
}

// notSeen returns what the capture could not show, a sentence for each kind.
func notSeen(s analysis.Summary) []string {
	if s.Counters == nil {
		return nil
	}
	all := slices.Concat(closed(s), failed(s), lost(s), damage(s))
	if len(s.Undecoded) > 0 {
		all = append(all, undecoded(s)+": "+tallied(s.Undecoded, s.Places.Undecoded)+".")
	}
	all = append(all, unread(s)...)
	if len(s.Dropped) > 0 {
		all = append(all, "Given up for a limit of negotrace: "+tallied(s.Dropped, s.Places.Dropped)+".")
	}
	for _, n := range s.Notes {
		all = append(all, n.String()+" ("+n.Kind+").")
	}
	return all
}

// undecoded says why some packets were not decoded.
func undecoded(s analysis.Summary) string {
	packets, others := false, false
	for _, in := range s.Inputs {
		packets = packets || in.File.Unit() == httpstream.Frames
		others = others || in.File.Unit() != httpstream.Frames
	}
	switch {
	case !others:
		return "Packets not decoded"
	case !packets:
		return "Entries left out"
	}
	return "Packets not decoded, entries left out"
}

// closed names the TLS connections that could not be opened: those without a key log by host, the
// others by the obstacle.
func closed(s analysis.Summary) (all []string) {
	if hosts := s.WithoutKeyLog(); len(hosts) > 0 {
		text := fmt.Sprintf("%s could not be opened: %s.", plural.Count(sum(hosts), "TLS connection"), tallied(hosts, firstClosed(s, hosts)))
		for _, in := range s.Inputs {
			if in.Opened > 0 {
				text += fmt.Sprintf(" What %d of them carried is in %s.", in.Opened, in.File.Label())
			}
		}
		all = append(all, text+" Record with SSLKEYLOGFILE set in the environment of the browser and give the file with --keylog.")
	}
	var reasons []string
	hosts := map[string]map[string]int{} // by reason
	first := map[string]map[string]httpstream.Pos{}
	for _, o := range s.TLSObstacles {
		how := " could not be opened, "
		if o.Opened {
			how = " could be opened in part only, "
		}
		reason := how + o.String()
		if hosts[reason] == nil {
			hosts[reason], first[reason] = map[string]int{}, map[string]httpstream.Pos{}
			reasons = append(reasons, reason)
		}
		hosts[reason][o.Host] += o.Connections
		first[reason][o.Host] = o.First // there is one with that reason and host
	}
	for i, reason := range reasons {
		if i == perKind {
			all = append(all, fmt.Sprintf("TLS connections could not be opened for %d more reasons.", len(reasons)-i))
			return all
		}
		how, why, _ := strings.Cut(reason, ", ")
		all = append(all, fmt.Sprintf("%s%s: %s. To %s.", plural.Count(sum(hosts[reason]), "TLS connection"), how, why, tallied(hosts[reason], first[reason])))
	}
	return all
}

// failed says why TLS connections carried nothing, or no more.
func failed(s analysis.Summary) (all []string) {
	for i, o := range s.TLSFailed {
		if i == perKind {
			all = append(all, fmt.Sprintf("TLS connections failed for %d more reasons.", len(s.TLSFailed)-i))
			break
		}
		all = append(all, fmt.Sprintf("%s to %s%s failed: %s.", plural.Count(o.Connections, "TLS connection"), o.Host, where(o.Connections, o.First), o.Reason))
	}
	return all
}

// lost says what is missing in the capture.
func lost(s analysis.Summary) (all []string) {
	if n := s.OpenedByRedact; n > 0 {
		all = append(all, countFrom(n, "connection", s.Places.OpenedByRedact)+" opened by negotrace redact, which wrote the packets: only its word says that they were TLS or HTTP/2.")
	}
	if s.MidStream > 0 {
		began := " began before the capture did."
		if s.GivenUp() > 0 {
			began = " began before the capture did, or went on after they were given up for a limit of negotrace."
		}
		all = append(all, countFrom(s.MidStream, "connection", s.Places.MidStream)+began)
	}
	if s.Gaps > 0 || s.LostBytes > 0 {
		text := plural.Count(s.LostBytes, "byte") + " of TCP streams"
		if s.Gaps > 0 {
			text += fmt.Sprintf(", in %s,", countFrom(s.Gaps, "place", s.Places.Gaps))
		} else {
			text += where(s.LostBytes, s.Places.LostBytes)
		}
		all = append(all, text+" were sent and are not in the capture.")
	}
	if s.Cut > 0 {
		all = append(all, countFrom(s.Cut, "packet", s.Places.Cut)+" cut short by the snap length: record whole packets (tcpdump -s 0, pktmon --pkt-size 0).")
	}
	if s.UnreadBytes > 0 {
		all = append(all, plural.Count(s.UnreadBytes, "byte")+" on HTTP connections"+where(s.UnreadBytes, s.Places.UnreadBytes)+" came in place of a message and could not be read.")
	}
	if s.BytesAfterEnd > 0 {
		all = append(all, countFrom(s.BytesAfterEnd, "byte", s.Places.BytesAfterEnd)+" came with or after the end of their TCP connections and were not read.")
	}
	if s.Conflicts > 0 {
		all = append(all, countFrom(s.Conflicts, "TCP segment", s.Places.Conflicts)+" overlapped others with different bytes; the first ones seen were kept.")
	}
	if n := s.ConflictingFragments; n > 0 {
		all = append(all, countFrom(n, "IP fragment", s.Places.ConflictingFragments)+" overlapped others with different bytes; the first ones seen were kept, and a receiver may have dropped the whole packet (RFC 5722).")
	}
	if s.Decoys > 0 {
		all = append(all, countFrom(s.Decoys, "TCP segment", s.Places.Decoys)+" contradicted others and had a wrong checksum, few hops to live, an old timestamp or numbers that do not fit: no end took them, and they were left out.")
	}
	if s.WrongSums > 0 {
		all = append(all, countFrom(s.WrongSums, "TCP segment", s.Places.WrongSums)+" had a wrong checksum, few hops to live, an old timestamp or an ACK that does not fit, and was read anyway: the capture holds no other copy.")
	}
	return all
}

// unread says what was captured but belongs to protocols that are not read.
func unread(s analysis.Summary) (all []string) {
	if len(s.UnreadUDP) > 0 {
		all = append(all, "UDP of protocols that are not read: "+tallied(s.UnreadUDP, s.Places.UnreadUDP)+".")
	}
	if len(s.UnreadTCP) > 0 {
		all = append(all, "TCP connections of protocols that are not read: "+tallied(s.UnreadTCP, s.Places.UnreadTCP)+".")
	}
	if len(s.UnreadEvents) > 0 {
		all = append(all, "Events in the trace that hold no packets and are not read: "+tallied(s.UnreadEvents, nil)+".")
	}
	return all
}

// damage says where the file itself is damaged.
func damage(s analysis.Summary) (all []string) {
	for i, n := range s.Damage {
		if i == perKind {
			all = append(all, fmt.Sprintf("Damage in %d more places.", len(s.Damage)-i))
			return all
		}
		at := "Damage"
		switch {
		case n.Pos.Frame > 0 && n.Pos.InPackets():
			at += " after " + n.Pos.String()
		case n.Pos.Frame > 0:
			at += " at " + n.Pos.String()
		case !n.Pos.File.IsZero():
			at += " of " + n.Pos.File.Label()
		}
		all = append(all, at+": "+n.Text)
	}
	return all
}

// firstClosed returns where TLS connections to these hosts begin that could not be opened, for hosts
// to which none has another obstacle.
func firstClosed(s analysis.Summary, hosts map[string]int) map[string]httpstream.Pos {
	first := map[string]httpstream.Pos{}
	for host, n := range hosts {
		if n == s.TLSNotOpened[host] {
			first[host] = s.Places.TLSNotOpened[host]
		}
	}
	return first
}
