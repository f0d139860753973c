package fleet

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
)

// JoinKDC joins the handshakes of a client with its exchanges with KDCs in other sets. The rules
// are the same as in one capture: an exchange belongs to a handshake if it issued the ticket, or
// if the client asked for the same host during the handshake.
func JoinKDC(records iter.Seq[[]byte], shards int, out JoinOut) error {
	all, left, err := readAll[clientRecord](records, maxClientRecords)
	if err != nil {
		return err
	}
	c := newClientRecords(all)
	if left > 0 {
		out.join(&Join{Kind: leftOut, First: &Place{Set: all[0].Set, CaptureHost: all[0].Host},
			By: fmt.Sprintf("%d more records of the client %s in ten minutes", left, all[0].Client)}, shards)
	}
	for _, h := range c.handshakes {
		known := map[exchangeKey]bool{}
		var others []*analysis.KDCExchange
		of := map[*analysis.KDCExchange]*clientRecord{}
		for _, k := range c.kdc {
			if k.Set == h.Set {
				known[keyOfExchange(k)] = true
			}
		}
		for _, k := range c.kdc {
			if key := keyOfExchange(k); !known[key] && !expectedError(k.KDC) {
				known[key] = true
				others = append(others, k.KDC)
				of[k.KDC] = k
			}
		}
		correlate.JoinKDC([]*analysis.Handshake{h.Handshake}, others, &c.dns)
		for _, k := range h.Handshake.KDC {
			c.join(h, of[k], shards, out)
		}
	}
	return nil
}

// expectedError reports whether a KDC only asked for more, such as pre-authentication. Clients
// then try again.
func expectedError(k *analysis.KDCExchange) bool {
	e := k.Err()
	return e != nil && e.Code.AsksForMore()
}

// newClientRecords restores the records of a group and orders them by time.
func newClientRecords(all []*clientRecord) *clientRecords {
	c := &clientRecords{found: map[foundAt][]string{}}
	var lookups []*clientRecord
	for _, r := range all {
		r.restore()
		switch {
		case r.Handshake != nil:
			c.handshakes = append(c.handshakes, r)
		case r.KDC != nil:
			c.kdc = append(c.kdc, r)
		case r.Lookup != nil:
			lookups = append(lookups, r)
		case r.Check != "":
			at := foundAt{r.Set, r.At}
			c.found[at] = append(c.found[at], r.Check)
		}
	}
	slices.SortStableFunc(c.kdc, func(a, b *clientRecord) int {
		return cmp.Or(a.KDC.RequestPos.Time.Compare(b.KDC.RequestPos.Time), cmp.Compare(a.Set, b.Set), cmp.Compare(a.KDC.RequestPos.Frame, b.KDC.RequestPos.Frame))
	})
	slices.SortStableFunc(lookups, func(a, b *clientRecord) int {
		return cmp.Or(a.Lookup.Pos.Time.Compare(b.Lookup.Pos.Time), cmp.Compare(a.Set, b.Set), cmp.Compare(a.Lookup.Pos.Frame, b.Lookup.Pos.Frame))
	})
	for _, l := range lookups {
		c.dns.Add(*l.Lookup)
	}
	return c
}

// join emits that an exchange of another set belongs to a handshake.
func (c *clientRecords) join(h, k *clientRecord, shards int, out JoinOut) {
	first := Place{Set: h.Set, CaptureHost: h.Host, Handshake: h.Handshake.ID, Time: h.Handshake.Start.Time}
	checks := c.found[foundAt{k.Set, k.KDC.Pos()}]
	slices.Sort(checks)
	checks = slices.Compact(checks)
	e := &Exchange{Set: k.Set, CaptureHost: k.Host, Frame: k.KDC.Pos().Frame, Time: k.KDC.RequestPos.Time,
		Client: k.KDC.Client.String(), KDC: k.KDC.KDC.String(), Checks: checks}
	if s := k.KDC.Service(); s != nil {
		e.SPN = s.String()
	}
	if failed := k.KDC.Err(); failed != nil {
		e.Error = failed.Code.String()
	}
	j := &Join{Kind: askedKDC, First: &first, Exchange: e, Evidence: analysis.Inferred, By: "the client asked for the host meanwhile",
		User: h.Handshake.User, URL: h.Handshake.URL}
	if _, ap := h.Handshake.APReq(); !k.KDC.TGS() {
		j.By = "the client was refused a ticket of its own meanwhile"
	} else if k.KDC.Issued(ap) {
		j.Evidence, j.By = analysis.Proven, "it issued the ticket that the client presented"
	}
	out.join(j, shards)
	out.Case(first.key(), encode(&caseRecord{versioned: versioned{version}, Place: first, Asked: true, Found: checks}))
}
