package main

// A mix is a kind of traffic.
type mix struct {
	name   string
	about  string
	open   int        // connections at once
	shares []share    // of the conversations
	hurt   impairment // of the packets of TCP
	midway int        // per cent of the first connections whose beginning is missing
	opened int        // per cent of the connections that never close
	flood  int        // SYNs that nobody answers, for each turn of a conversation
}

// A share says how many of a hundred conversations are of a kind.
type share struct {
	percent int
	kind    func(*generator) conversation
}

// An impairment is what goes wrong with packets on their way into the capture, in
// hundredths of a per cent.
type impairment struct {
	lost, late, twice, swapped int
}

var (
	mild  = impairment{lost: 1, late: 20, twice: 30, swapped: 50}
	harsh = impairment{lost: 200, late: 200, twice: 200, swapped: 500}
	none  impairment

	usual = []share{{50, bulkHTTP}, {10, chunkedHTTP}, {20, shortHTTP}, {12, tlsLike}, {5, smbLike}, {2, nameLookup}, {1, kerberosTCP}}
)

var mixes = []mix{
	{name: "mixed", about: "what an office network carries", open: 4000, shares: usual, hurt: mild, midway: 25, opened: 5},
	{name: "short", about: "only short HTTP, on three of seven connections a handshake first", open: 4000, shares: []share{{100, shortHTTP}}, hurt: mild, midway: 25, opened: 5},
	{name: "bulk", about: "only long bodies", open: 4000, shares: []share{{80, bulkHTTP}, {20, chunkedHTTP}}, hurt: mild, opened: 5},
	{name: "lossy", about: "mixed, 2 % of the packets lost, 2 % late, 5 % out of order", open: 4000, shares: usual, hurt: harsh, midway: 25, opened: 5},
	{name: "flows", about: "256,000 connections open at once", open: 256_000, shares: []share{{100, idleHTTP}}, opened: 100},
	{name: "halfopen", about: "mixed under a flood of SYNs", open: 4000, shares: usual, hurt: mild, opened: 5, flood: 100},
	{name: "heads", about: "on each connection 64 KB of a head that does not end", open: 1 << 20, shares: []share{{100, endlessHead}}, opened: 100},
	{name: "many", about: "nothing but handshakes", open: 1000, shares: []share{{100, handshake}}, hurt: none},
}

func mixNames() []string {
	var names []string
	for _, m := range mixes {
		names = append(names, m.name)
	}
	return names
}
