package report

import (
	"fmt"
	"strings"

	"negotrace/analysis"
)

const perKind = 8 // hosts, places of damage and the like that are named

// limitations is the check that finds what the section NOT SEEN says in full.
const limitations = "capture-or-har-limitations"

// unseen writes what the capture could not show. It says so, too, when there was
// nothing of the kind: a reader must be able to rely on the silence.
func (p *page) unseen(s analysis.Summary) {
	p.title("NOT SEEN")
	if s.Counters == nil {
		p.line("Nothing was read.")
		return
	}
	before := p.Len()
	p.closed(s)
	p.lost(s)
	p.damage(s)
	if len(s.Undecoded) > 0 {
		p.dot("Packets not decoded: " + tallied(s.Undecoded) + ".")
	}
	p.unread(s)
	if len(s.Dropped) > 0 {
		p.dot("Given up for a limit of negotrace: " + tallied(s.Dropped) + ".")
	}
	for _, n := range s.Notes {
		p.dot(n.Text + " (" + n.Kind + ").")
	}
	if p.Len() == before {
		p.line("Nothing: everything in this capture could be read.")
		return
	}
	p.item(0, "", "What to do about it: negotrace explain "+limitations)
}

// closed writes the TLS connections that stayed closed: those without a key log by host,
// the others by what stood in the way.
func (p *page) closed(s analysis.Summary) {
	if hosts := s.WithoutKeyLog(); len(hosts) > 0 {
		p.dot(fmt.Sprintf("%s could not be opened: %s. Record with SSLKEYLOGFILE set in the environment of the browser and give the file with --keylog.",
			count(sum(hosts), "TLS connection"), tallied(hosts)))
	}
	var reasons []string
	hosts := map[string]map[string]int{} // by reason
	for _, o := range s.TLSObstacles {
		how := " could not be opened, "
		if o.Opened {
			how = " could be opened in part only, "
		}
		reason := how + o.String()
		if hosts[reason] == nil {
			hosts[reason] = map[string]int{}
			reasons = append(reasons, reason)
		}
		hosts[reason][o.Host] += o.Connections
	}
	for i, reason := range reasons {
		if i == perKind {
			p.dot(fmt.Sprintf("TLS connections could not be opened for %d more reasons.", len(reasons)-i))
			return
		}
		how, why, _ := strings.Cut(reason, ", ")
		p.dot(fmt.Sprintf("%s%s: %s. To %s.", count(sum(hosts[reason]), "TLS connection"), how, why, tallied(hosts[reason])))
	}
}

func sum(m map[string]int) (n int) {
	for _, k := range m {
		n += k
	}
	return n
}

// lost writes what the capture holds too little of.
func (p *page) lost(s analysis.Summary) {
	if s.MidStream > 0 {
		p.dot(count(s.MidStream, "connection") + " began before the capture did.")
	}
	if s.Gaps > 0 || s.LostBytes > 0 {
		text := count(s.LostBytes, "byte") + " of TCP streams"
		if s.Gaps > 0 {
			text += fmt.Sprintf(", in %s,", count(s.Gaps, "place"))
		}
		p.dot(text + " were sent and are not in the capture.")
	}
	if s.Cut > 0 {
		p.dot(count(s.Cut, "packet") + " cut short by the snap length: record whole packets (tcpdump -s 0).")
	}
	if s.UnreadBytes > 0 {
		p.dot(count(s.UnreadBytes, "byte") + " on HTTP connections came in place of a message and could not be read.")
	}
	if s.BytesAfterEnd > 0 {
		p.dot(count(s.BytesAfterEnd, "byte") + " came after the end of their TCP connections and were not read.")
	}
	if s.Conflicts > 0 {
		p.dot(count(s.Conflicts, "TCP segment") + " overlapped others with different bytes; the first ones seen were kept.")
	}
}

// unread writes what was captured and is of protocols that are not read.
func (p *page) unread(s analysis.Summary) {
	if len(s.UnreadUDP) > 0 {
		p.dot("UDP of protocols that are not read: " + tallied(s.UnreadUDP) + ".")
	}
	if len(s.UnreadTCP) > 0 {
		p.dot("TCP connections of protocols that are not read: " + tallied(s.UnreadTCP) + ".")
	}
}

// damage writes where the file itself is damaged.
func (p *page) damage(s analysis.Summary) {
	for i, n := range s.Damage {
		if i == perKind {
			p.dot(fmt.Sprintf("Damage in %d more places.", len(s.Damage)-i))
			return
		}
		at := "Damage"
		if n.Pos.Frame > 0 {
			at += fmt.Sprintf(" at frame %d", n.Pos.Frame)
		}
		if !n.Pos.File.IsZero() {
			at += " of " + n.Pos.File.String()
		}
		p.dot(at + ": " + n.Text)
	}
}

func (p *page) dot(text string) { p.item(0, "- ", text) }

// tallied writes counts by name, the highest first.
func tallied(m map[string]int) string {
	var parts []string
	for i, k := range byCount(m) {
		if i == perKind {
			parts = append(parts, fmt.Sprintf("%d more", len(m)-i))
			break
		}
		if m[k] > 1 {
			k = fmt.Sprintf("%s (%d)", k, m[k])
		}
		parts = append(parts, k)
	}
	return strings.Join(parts, ", ")
}
