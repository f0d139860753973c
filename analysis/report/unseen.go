package report

import (
	"fmt"
	"strings"

	"negotrace/httpstream"
)

const perKind = 8 // hosts, places of damage and the like that are named

// limitations is the check that finds what the section NOT SEEN says in full.
const limitations = "capture-or-har-limitations"

// unseen writes what the capture could not show. It says so, too, when there was
// nothing of the kind: a reader must be able to rely on the silence.
func (p *page) unseen(t *httpstream.Tally) {
	p.title("NOT SEEN")
	if t == nil {
		t = &httpstream.Tally{}
	}
	before := p.Len()
	p.closed(t.TLSClosed)
	p.lost(t)
	p.places("Damage", t.Damage)
	if len(t.Undecoded) > 0 {
		p.dot("Packets not decoded: " + tallied(t.Undecoded) + ".")
	}
	if len(t.Dropped) > 0 {
		p.dot("Given up for a limit of negotrace: " + tallied(t.Dropped) + ".")
	}
	for _, n := range t.Notes {
		p.dot(n.Text + " (" + n.Kind + ").")
	}
	if p.Len() == before {
		p.line("Nothing: everything in this capture could be read.")
		return
	}
	p.item(0, "", "What to do about it: negotrace explain "+limitations)
}

// closed writes the TLS connections that stayed closed, by host.
func (p *page) closed(hosts map[string]int) {
	if len(hosts) == 0 {
		return
	}
	total := 0
	for _, n := range hosts {
		total += n
	}
	p.dot(fmt.Sprintf("%s could not be opened: %s. Record with SSLKEYLOGFILE set in the environment of the browser and give the file with --keylog.",
		count(total, "TLS connection"), tallied(hosts)))
}

// lost writes what the capture holds too little of.
func (p *page) lost(t *httpstream.Tally) {
	if t.MidStream > 0 {
		p.dot(count(t.MidStream, "connection") + " began before the capture did.")
	}
	if t.Gaps > 0 || t.LostBytes > 0 {
		text := count(t.LostBytes, "byte") + " of TCP streams"
		if t.Gaps > 0 {
			text += fmt.Sprintf(", in %s,", count(t.Gaps, "place"))
		}
		p.dot(text + " were sent and are not in the capture.")
	}
	if t.Cut > 0 {
		p.dot(count(t.Cut, "packet") + " cut short by the snap length: record whole packets (tcpdump -s 0).")
	}
	if t.Conflicts > 0 {
		p.dot(count(t.Conflicts, "TCP segment") + " overlapped others with different bytes; the first ones seen were kept.")
	}
}

// places writes notes with their places.
func (p *page) places(what string, notes []httpstream.Note) {
	for i, n := range notes {
		if i == perKind {
			p.dot(fmt.Sprintf("%s in %d more places.", what, len(notes)-i))
			return
		}
		at := what
		if n.Pos.Frame > 0 {
			at += fmt.Sprintf(" at frame %d", n.Pos.Frame)
		}
		if n.Pos.File != "" {
			at += " of " + n.Pos.File
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
