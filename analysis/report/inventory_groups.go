package report

import (
	"cmp"
	"fmt"
	"slices"

	"negotrace/analysis/inventory"
	"negotrace/internal/plural"
)

// An inventoryGroup is the entries that differ only in client, user and program.
type inventoryGroup struct {
	inventory.Entry // of the first client, with the sums of all
	clients, users  map[string]bool
	more            bool // there are more clients or users than are counted
}

// maxDistinct is how many clients and users of one group are counted.
const maxDistinct = 100_000

func (g *inventoryGroup) add(e *inventory.Entry) {
	g.Count += e.Count
	g.Refused += e.Refused
	if e.First.Before(g.First) || g.First.IsZero() {
		g.First = e.First
	}
	if e.Last.After(g.Last) {
		g.Last = e.Last
	}
	g.more = g.more || len(g.clients) >= maxDistinct || len(g.users) >= maxDistinct
	if !g.more {
		if e.Client != "" { // an export does not name it
			g.clients[e.Client] = true
		}
		if e.User != "" {
			g.users[e.User] = true
		}
	}
}

// host names the host, and says so if it is a proxy.
func (g *inventoryGroup) host() string { return hostOrProxy(g.Host, g.Target) }

// counted says how many clients or users a group has, as far as they were counted.
func (g *inventoryGroup) counted(names map[string]bool) string {
	if g.more {
		return number(len(names)) + "+"
	}
	return number(len(names))
}

// groups groups the entries of a view, which come in the order of their keys.
func (i *Inventory) groups(yield func(*inventoryGroup)) error {
	var g *inventoryGroup
	err := i.entries(func(e *inventory.Entry) error {
		kind := e.Key
		kind.Client, kind.User, kind.Program = "", "", ""
		if g == nil || g.Key != kind {
			if g != nil {
				yield(g)
			}
			g = &inventoryGroup{Entry: inventory.Entry{Key: kind}, clients: map[string]bool{}, users: map[string]bool{}}
		}
		g.add(e)
		return nil
	})
	if g != nil {
		yield(g)
	}
	return err
}

// maxInventory is how many groups a table lists.
const maxInventory = 200

// A ranking is the most frequent groups of a view.
type ranking struct {
	groups []*inventoryGroup // the most frequent first
	left   int               // groups beyond them
	count  int               // authentications of all groups that answer the question
}

func (i *Inventory) ranking() (r ranking, err error) {
	cut := func() {
		slices.SortStableFunc(r.groups, mostFrequent)
		if n := len(r.groups) - maxInventory; n > 0 {
			r.left += n
			r.groups = r.groups[:maxInventory]
		}
	}
	err = i.groups(func(g *inventoryGroup) {
		r.count += g.Count
		if i.View != inventory.All {
			r.count -= g.Refused // who is not let in loses nothing
		}
		r.groups = append(r.groups, g)
		if len(r.groups) >= 2*maxInventory {
			cut()
		}
	})
	cut()
	return r, err
}

// headline answers the question of the view in a number.
func (i *Inventory) headline(r ranking) string {
	return fmt.Sprintf("%s: %d of %s", i.title(), r.count, plural.Count(i.Counter.Total(), "authentication"))
}

// notListed says how many groups are not listed, "" for none.
func (r ranking) notListed() string {
	if r.left == 0 {
		return ""
	}
	return fmt.Sprintf("... and %d more (all of them: --format csv)", r.left)
}

func mostFrequent(a, b *inventoryGroup) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Host, b.Host))
}
