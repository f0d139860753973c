package report

import (
	"io"
)

// An htmlInventory is what the templates of the page of an inventory read.
type htmlInventory struct {
	htmlFrame
	inventory *Inventory
	ranking   ranking
	clock     clock
}

// writeInventoryHTML writes the groups as a page of its own.
func writeInventoryHTML(w io.Writer, i *Inventory, opts Options) error {
	r, err := i.ranking()
	if err != nil {
		return err
	}
	p := &htmlInventory{inventory: i, ranking: r, clock: newClock(&i.Summary, opts.zone())}
	return writePage(w, "inventory", p, &p.htmlFrame)
}

// Title returns the title of the window.
func (p *htmlInventory) Title() string {
	return "negotrace inventory: " + p.inventory.headline(p.ranking)
}

// HeadlineWords returns the words of the view's question and of its answer.
func (p *htmlInventory) HeadlineWords() [][]string {
	return breakable(capital(sentence(p.inventory.headline(p.ranking))))
}

// Span says when it was, "" if no time is known.
func (p *htmlInventory) Span() string {
	s := p.inventory.Summary
	if s.First.Time.IsZero() {
		return ""
	}
	return capital(sentence(p.clock.span(s.First.Time, s.Last.Time)))
}

// Narrowed says what is counted, if that is not everything.
func (p *htmlInventory) Narrowed() string { return sentence(p.inventory.narrowed()) }

// An htmlGroup is a row of the inventory.
type htmlGroup struct {
	*inventoryGroup
	page *htmlInventory
}

// Groups returns the most frequent ones.
func (p *htmlInventory) Groups() []htmlGroup {
	var all []htmlGroup
	for _, g := range p.ranking.groups {
		all = append(all, htmlGroup{g, p})
	}
	return all
}

// Left says how many groups the page leaves out.
func (p *htmlInventory) Left() string { return p.ranking.notListed() }

// MechanismNames returns the mechanisms that there are, by which the rows can be filtered.
func (p *htmlInventory) MechanismNames() []string {
	return distinct(p.ranking.groups, func(g *inventoryGroup) string { return string(g.Mechanism) })
}

// Reasons returns why it was not Kerberos with AES, where it was not.
func (p *htmlInventory) Reasons() []string {
	return distinct(p.ranking.groups, func(g *inventoryGroup) string { return g.Why })
}

// NotSeen returns what the captures could not show.
func (p *htmlInventory) NotSeen() []string { return notSeen(p.inventory.Summary) }

// AllSeen says that everything could be read.
func (p *htmlInventory) AllSeen() string { return allSeen(p.inventory.Summary) }

// HostText names the host.
func (g htmlGroup) HostText() string { return elide(g.host(), maxHTMLText) }

// SPNText returns the service principal name.
func (g htmlGroup) SPNText() string { return elide(g.SPN, maxHTMLText) }

// Clients returns how many clients there are.
func (g htmlGroup) Clients() string { return g.counted(g.clients) }

// Users returns how many users there are whose name is known.
func (g htmlGroup) Users() string { return g.counted(g.users) }

// From returns when the first authentication was.
func (g htmlGroup) From() string { return g.page.clock.show(g.First) }

// To returns when the last one was.
func (g htmlGroup) To() string { return g.page.clock.show(g.Last) }
