package fleet

import (
	"iter"
	"strings"

	"negotrace/analysis/inventory"
)

// A caseRecord is how a handshake is counted, or what a join says about that.
type caseRecord struct {
	versioned
	Place
	Case *inventory.Case `json:"case,omitempty"`
	// Uncounted is the kind of the join with another handshake, because of which this one does not
	// count.
	Uncounted string `json:"uncounted,omitempty"`
	// Unsure says that it may be the same handshake as another one that counts.
	Unsure bool `json:"unsure,omitempty"`
	// Asked says that its client asked a KDC. Found names the checks that found something in that
	// exchange.
	Asked bool     `json:"asked,omitempty"`
	Found []string `json:"found,omitempty"`
}

// An entryRecord is an entry of the inventory, of one handshake or of many.
type entryRecord struct {
	versioned
	Type string `json:"type"` // "inventory"
	inventory.Entry
}

// CountCase puts together the records of one handshake, and emits its entry of the inventory under
// the key of the entry. A handshake that does not count has none.
func CountCase(records iter.Seq[[]byte], entry func(key string, entry []byte), overview func([]byte)) error {
	var one *inventory.Case
	joins := map[string]int{}
	var found []string
	for b := range records {
		r, err := decode[caseRecord](b)
		if err != nil {
			return err
		}
		if r.Case != nil {
			one = r.Case
		}
		if r.Uncounted != "" {
			joins[r.Uncounted] = 1
		}
		if r.Asked {
			joins[askedKDC] = 1
		}
		if r.Unsure {
			joins[unsure] = 1
		}
		found = append(found, r.Found...)
	}
	if len(joins) > 0 {
		overview((&Overview{versioned: versioned{version}, Joins: joins}).Encode())
	}
	if one == nil || joins[proxied]+joins[sighted] > 0 {
		return nil
	}
	if joins[askedKDC] > 0 {
		one.AskedKDC(found)
	}
	entry(entryKey(&one.Key), encode(&entryRecord{versioned: versioned{version}, Type: "inventory", Entry: one.Entry}))
	return nil
}

// entryKey returns text that differs if keys differ.
func entryKey(k *inventory.Key) string {
	return strings.Join([]string{k.Host, string(k.Target), k.Server, k.SPN, string(k.Mechanism), k.Version, k.Why, k.Client, k.User, k.Program}, "\x00")
}

// SumEntries adds up the entries of one key. It emits the row for them, and their entry under the
// key of the group to which it belongs.
func SumEntries(key string, records iter.Seq[[]byte], shards int, row, group func(key string, record []byte)) error {
	var sum *entryRecord
	for b := range records {
		e, err := decode[entryRecord](b)
		if err != nil {
			return err
		}
		if sum == nil {
			sum = e
		} else {
			sum.Add(&e.Entry)
		}
	}
	if sum == nil {
		return nil
	}
	text := encode(sum)
	row(inventoryTable.shard(Partition(sum.Host, shards)), encode(&Row{versioned{version}, key, text}))
	of := sum.Key
	of.Client, of.User, of.Program = "", "", ""
	group(entryKey(&of), text)
	return nil
}

// GroupEntries combines the clients of a server for the overview.
func GroupEntries(records iter.Seq[[]byte], overview func([]byte)) error {
	g := &Group{}
	clients, users := map[string]bool{}, map[string]bool{}
	for b := range records {
		e, err := decode[entryRecord](b)
		if err != nil {
			return err
		}
		clients[e.Client] = true
		if e.User != "" {
			users[e.User] = true
		}
		g.Key = e.Key
		g.Add(&e.Entry)
	}
	g.Clients, g.Users = len(clients), len(users)
	g.Client, g.User, g.Program = "", "", ""
	overview((&Overview{versioned: versioned{version}, Counts: map[string]int64{"groups": 1}, Groups: []*Group{g}}).Encode())
	return nil
}
