package fleet

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// linesOf decodes the lines of a table.
func linesOf[T any](t *testing.T, r result, table tableName) (all []*T) {
	t.Helper()
	for line := range strings.Lines(r.files[string(table)+"-00000-of-00001.ndjson"]) {
		one := new(T)
		if err := json.Unmarshal([]byte(line), one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// inventoryOf sums the inventory up, by mechanism, version and reason.
func inventoryOf(t *testing.T, r result) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, e := range linesOf[entryRecord](t, r, inventoryTable) {
		all[fmt.Sprint(e.Mechanism, "/", e.Entry.Version, "/", e.Why)] += e.Count
	}
	return all
}

// copied copies a capture of the lab to where it was captured, keeping the packets that pass.
func copied(t *testing.T, capture, to string, passes func(gopacket.Packet) bool) string {
	t.Helper()
	in, err := os.Open("../../testdata/" + capture)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := pcapgo.NewNgReader(in, pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := pcapgo.NewWriterNanos(out)
	if err := w.WriteFileHeader(1<<18, r.LinkType()); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for {
		data, info, err := r.ReadPacketData()
		if err != nil {
			break
		}
		if passes == nil || passes(gopacket.NewPacket(data, r.LinkType(), gopacket.Default)) {
			info.InterfaceIndex = 0
			if err := w.WritePacket(info, data); err != nil {
				t.Fatal(err)
			}
			kept++
		}
	}
	if kept == 0 {
		t.Fatalf("%s: no packet passes", capture)
	}
	return to
}

// kerberosPort reports whether a packet is one to or from a KDC.
func kerberosPort(p gopacket.Packet) bool {
	if l, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP); ok {
		return l.SrcPort == 88 || l.DstPort == 88
	}
	l, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP)
	return ok && (l.SrcPort == 88 || l.DstPort == 88)
}

func otherPort(p gopacket.Packet) bool { return !kerberosPort(p) }

// TestProxyPairs captures both sides of a proxy on two hosts: the handshake of the server's
// side is joined with the client's, and counts once.
func TestProxyPairs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"lb-haproxy", "lb-nginx-kerberos", "lb-nginx-pool", "proxy-then-server"} {
		dir := t.TempDir()
		front := copied(t, name+".pcapng", dir+"/client/a.pcap", nil)
		back := copied(t, name+".backend.pcapng", dir+"/server/a.pcap", nil)
		r := run(t, setsOf(front, back), 1, 1)
		pairs := 0
		for _, j := range linesOf[Join](t, r, joinTable) {
			if j.Kind != "proxy" {
				continue
			}
			pairs++
			if j.First.CaptureHost != "client" || j.Second.CaptureHost != "server" {
				t.Errorf("%s: %s is said to be before %s: %s", name, j.First.CaptureHost, j.Second.CaptureHost, j.By)
			}
		}
		if pairs == 0 {
			t.Errorf("%s: no handshake of the server's side is joined", name)
		}
		whole := run(t, []Set{NewSet("both", []File{{versioned: versioned{version}, Name: front}, {versioned: versioned{version}, Name: back}})}, 1, 1)
		if got, want := inventoryOf(t, r), inventoryOf(t, whole); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the inventory has %v, of one timeline %v", name, got, want)
		}
	}
}

// TestKDCElsewhere captures a client's messages to the KDC on the KDC: they are joined with
// its handshakes, and the inventory has the same reasons as of one capture.
func TestKDCElsewhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		evidence analysis.Evidence
		fails    string
	}{
		"spn-missing-ntlm-fallback": {analysis.Inferred, "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"},
		"kerberos-ad":               {analysis.Proven, ""},
	} {
		dir := t.TempDir()
		web := copied(t, name+".pcapng", dir+"/web/a.pcap", otherPort)
		kdc := copied(t, name+".pcapng", dir+"/dc1/a.pcap", kerberosPort)
		r := run(t, setsOf(web, kdc), 1, 1)
		joined := false
		for _, j := range linesOf[Join](t, r, joinTable) {
			if j.Kind != "kdc" || j.First.CaptureHost != "web" || j.Exchange.CaptureHost != "dc1" {
				t.Errorf("%s: %+v", name, j)
			}
			joined = joined || j.Exchange.Error == c.fails && j.Evidence == c.evidence
		}
		if !joined {
			t.Errorf("%s: the exchange with the KDC is not joined: %s", name, r.files["joins-00000-of-00001.csv"])
		}
		whole := run(t, setsOf(copied(t, name+".pcapng", dir+"/all/a.pcap", nil)), 1, 1)
		if got, want := inventoryOf(t, r), inventoryOf(t, whole); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the inventory has %v, of one capture %v", name, got, want)
		}
		alone := run(t, setsOf(web), 1, 1)
		if c.fails != "" && fmt.Sprint(inventoryOf(t, alone)) == fmt.Sprint(inventoryOf(t, whole)) {
			t.Errorf("%s: the exchange with the KDC makes no difference", name)
		}
	}
}

// TestSightings captures one conversation at both ends: it counts once.
func TestSightings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := run(t, setsOf(copied(t, "kerberos-ad.pcapng", dir+"/client/a.pcap", nil), copied(t, "kerberos-ad.pcapng", dir+"/server/a.pcap", nil)), 1, 1)
	one := run(t, setsOf(dir+"/client/a.pcap"), 1, 1)
	if got, want := inventoryOf(t, r), inventoryOf(t, one); fmt.Sprint(got) != fmt.Sprint(want) || len(want) == 0 {
		t.Errorf("seen twice the inventory has %v, seen once %v", got, want)
	}
	for _, j := range linesOf[Join](t, r, joinTable) {
		if j.Kind != "sighting" {
			t.Errorf("joined is %+v", j)
		}
	}
}

// TestNotJoined holds that captures of different clients at other times stay apart.
func TestNotJoined(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := run(t, setsOf(copied(t, "kerberos-ipv6.pcapng", dir+"/a/a.pcap", nil), copied(t, "spn-missing-ntlm-fallback.pcapng", dir+"/b/a.pcap", kerberosPort)), 1, 1)
	if joins := linesOf[Join](t, r, joinTable); len(joins) > 0 {
		t.Errorf("joined is %+v", joins[0])
	}
}

// TestSentOnRules holds by what it is known which of two requests with one token was first:
// what the proxy says and its address come before the clocks.
func TestSentOnRules(t *testing.T) {
	t.Parallel()
	at := func(seconds int) httpstream.Time {
		return httpstream.UnixTime(1_772_452_800+int64(seconds), 0)
	}
	request := func(set, client, server string, seconds int) *requestRecord {
		return &requestRecord{versioned: versioned{version}, Place: Place{Set: set, CaptureHost: set, Handshake: 1}, Method: "GET", Target: "/",
			Client: netip.MustParseAddrPort(client), Server: netip.MustParseAddrPort(server), At: at(seconds)}
	}
	named := request("b", "10.0.0.5:6000", "10.0.0.9:80", 0)
	named.ForwardedFor = []netip.Addr{netip.MustParseAddr("10.0.0.1")}
	other := request("b", "10.0.0.5:6000", "10.0.0.9:80", 1)
	other.Target = "/other"
	for name, c := range map[string]struct {
		a, b *requestRecord
		want string
	}{
		"the proxy names the client":   {request("a", "10.0.0.1:5000", "10.0.0.4:80", 30), named, "a before b, proven"},
		"it has the proxy's address":   {request("a", "10.0.0.1:5000", "10.0.0.5:80", 30), request("b", "10.0.0.5:6000", "10.0.0.9:80", 0), "a before b, proven"},
		"the clocks":                   {request("a", "10.0.0.1:5000", "10.0.0.4:80", 1), request("b", "10.0.0.5:6000", "10.0.0.9:80", 0), "b before a, inferred"},
		"the clocks are too far apart": {request("a", "10.0.0.1:5000", "10.0.0.4:80", 1000), request("b", "10.0.0.5:6000", "10.0.0.9:80", 0), ""},
		"another request":              {request("a", "10.0.0.1:5000", "10.0.0.4:80", 0), other, ""},
		"the same client":              {request("a", "10.0.0.1:5000", "10.0.0.4:80", 0), request("b", "10.0.0.1:6000", "10.0.0.9:80", 0), ""},
		"one set":                      {request("a", "10.0.0.1:5000", "10.0.0.5:80", 0), request("a", "10.0.0.5:6000", "10.0.0.9:80", 0), ""},
		"the same connection":          {request("a", "10.0.0.1:5000", "10.0.0.4:80", 0), request("b", "10.0.0.1:5000", "10.0.0.4:80", 9), "a before b, proven"},
	} {
		rows, cases := group{}, group{}
		for _, records := range []group{{"": {encode(c.a), encode(c.b)}}, {"": {encode(c.b), encode(c.a)}}} {
			if err := JoinRequests(records.values(""), 1, JoinOut{Row: rows.add, Case: cases.add}); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]bool{}
		for _, b := range slices.Concat(slices.Collect(maps.Values(rows))...) {
			row, err := decode[Row](b)
			if err != nil {
				t.Fatal(err)
			}
			j, err := decode[Join](row.Record)
			if err != nil {
				t.Fatal(err)
			}
			got[fmt.Sprintf("%s before %s, %s", j.First.Set, j.Second.Set, j.Evidence)] = true
		}
		if text := strings.Join(slices.Collect(maps.Keys(got)), "; "); text != c.want {
			t.Errorf("%s: %q, want %q", name, text, c.want)
		}
	}
}

// TestLeftOut holds that what is beyond a limit is said.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	var all [][]byte
	for i := range maxRequests + 700 {
		all = append(all, encode(&requestRecord{versioned: versioned{version}, Place: Place{Set: fmt.Sprintf("set%05d", i), Handshake: 1}, Method: "GET", Target: "/",
			Client: netip.MustParseAddrPort("10.0.0.1:5000"), Server: netip.MustParseAddrPort("10.0.0.4:80"), At: httpstream.UnixTime(1_772_452_800, 0)}))
	}
	rows := group{}
	if err := JoinRequests((group{"": all}).values(""), 1, JoinOut{Row: rows.add, Case: func(string, []byte) {}}); err != nil {
		t.Fatal(err)
	}
	var lines, table strings.Builder
	if err := WriteShard("joins 0", rows.values("joins 0"), &lines, &table); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(table.String(), "700 more requests with the token of this one") {
		t.Error("nothing says that some were left out")
	}
	if n := strings.Count(table.String(), "sighting,"); n != maxRequests-1 {
		t.Errorf("%d are joined, want %d", n, maxRequests-1)
	}
}

// TestNamesElsewhere joins a request for a ticket under another name of the host: that it is
// one, the answer of a name server says that a third capture has.
func TestNamesElsewhere(t *testing.T) {
	t.Parallel()
	at := httpstream.UnixTime(1_772_452_800, 0)
	client := netip.MustParseAddr("10.0.0.1")
	request := &httpstream.Exchange{Request: &httpstream.Request{Pos: httpstream.Pos{Frame: 1, Time: at}}}
	handshake := &clientRecord{versioned: versioned{version}, Set: "web", Client: client, Server: netip.MustParseAddrPort("10.0.0.9:80"),
		Handshake: &analysis.Handshake{ID: 1, Host: "alias.corp.test", Start: request.Request.Pos, Legs: []*analysis.Leg{{Exchange: request}}}}
	refused := &tokens.KRBError{Code: tokens.KDCErrSPrincipalUnknown, Server: tokens.Principal{Name: []string{"HTTP", "real.corp.test"}, Realm: "CORP.TEST"}}
	kdc := &clientRecord{versioned: versioned{version}, Set: "dc", Client: client, KDC: &analysis.KDCExchange{
		Client: netip.AddrPortFrom(client, 6000), KDC: netip.MustParseAddrPort("10.0.0.2:88"), RequestPos: httpstream.Pos{Frame: 3, Time: at},
		Request: &tokens.Kerberos{MsgType: tokens.MsgTGSReq, KDCReq: &tokens.KDCReq{Server: refused.Server}},
		Reply:   &tokens.Kerberos{MsgType: tokens.MsgKRBError, Error: refused}, ReplyPos: httpstream.Pos{Frame: 4, Time: at},
	}}
	lookup := &clientRecord{versioned: versioned{version}, Set: "dns", Client: client, Lookup: &analysis.Lookup{Pos: httpstream.Pos{Frame: 1, Time: at},
		Name: "alias.corp.test", Type: "A", CNAMEs: []string{"real.corp.test"}, Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.9")}}}
	found := &clientRecord{versioned: versioned{version}, Set: "dc", Client: client, Check: "spn-not-found", At: httpstream.Pos{Frame: 4, Time: at}}
	for _, c := range []struct {
		records []*clientRecord
		joined  int
	}{{[]*clientRecord{handshake, kdc, lookup, found}, 1}, {[]*clientRecord{handshake, kdc, found}, 0}} {
		rows := group{}
		var cases []*caseRecord
		var all [][]byte
		for _, r := range c.records {
			all = append(all, encode(r))
		}
		err := JoinKDC((group{"": all}).values(""), 1, JoinOut{Row: rows.add, Case: func(_ string, b []byte) {
			one, err := decode[caseRecord](b)
			if err != nil {
				t.Fatal(err)
			}
			cases = append(cases, one)
		}})
		if err != nil || len(cases) != c.joined || len(rows["joins 0"]) != c.joined {
			t.Errorf("%d are joined, %v; want %d", len(cases), err, c.joined)
		}
		for _, one := range cases {
			if !one.Asked || !slices.Equal(one.Found, []string{"spn-not-found"}) {
				t.Errorf("%+v", one)
			}
		}
	}
}
