package main

// A mix is a kind of traffic.
type mix struct {
	name   string
	title  string     // in the tables
	open   int        // connections at once
	shares []share    // of the conversations
	hurt   impairment // of TCP packets
	midway int        // per cent of the first connections that began before the capture
	opened int        // per cent of the connections that never close
	flood  int        // SYNs that nobody answers, for each turn of a conversation
	sealed bool       // there is TLS, with a key log
	relay  bool       // a balancer lies between, and the capture has both of its sides
}

func (m mix) String() string { return m.name }

// A share says how many of a hundred conversations are of a kind.
type share struct {
	percent int
	kind    func(*generator) conversation
}

// An impairment says how many packets are lost, delayed, repeated or swapped before they are
// captured, in hundredths of a per cent.
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
	{name: "mixed", title: "mixed traffic", open: 4000, shares: usual, hurt: mild, midway: 25, opened: 5},
	{name: "short", title: "short HTTP only", open: 4000, shares: []share{{100, shortHTTP}}, hurt: mild, midway: 25, opened: 5},
	{name: "relay", title: "short HTTP, both sides of a balancer", open: 4000, shares: []share{{100, shortHTTP}}, hurt: mild, midway: 25, opened: 5, relay: true},
	{name: "bulk", title: "long bodies only", open: 4000, shares: []share{{80, bulkHTTP}, {20, chunkedHTTP}}, hurt: mild, opened: 5},
	{name: "tls", title: "HTTPS, opened with a key log", open: 1000, shares: []share{{20, overTLS(bulkHTTP)}, {80, overTLS(shortHTTP)}}, hurt: mild, opened: 5, sealed: true},
	{name: "lossy", title: "mixed, 2 % lost", open: 4000, shares: usual, hurt: harsh, midway: 25, opened: 5},
	{name: "flows", title: "256,000 connections open at once", open: 256_000, shares: []share{{100, idleHTTP}}, opened: 100},
	{name: "halfopen", title: "mixed, under a flood of SYNs", open: 4000, shares: usual, hurt: mild, opened: 5, flood: 100},
	{name: "heads", title: "64 KB of a head on every connection", open: 1 << 20, shares: []share{{100, endlessHead}}, opened: 100},
	// Some 180 handshakes a MB: a million in 5,600 MB.
	{name: "many", title: "nothing but handshakes", open: 1000, shares: []share{{100, handshake}}, hurt: none},
}
