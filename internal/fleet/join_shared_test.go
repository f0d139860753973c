package fleet

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// captured writes a capture of a script to where it was captured.
func captured(t *testing.T, to, script string) string {
	t.Helper()
	c, err := capturetest.Parse("time 2026-03-02T09:00:00Z\n" + script)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, c.Pcap(), 0o644); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestCredentialsWithoutToken captures logons with Basic and Digest at two places: those that
// are one count once, and it is said which may be.
func TestCredentialsWithoutToken(t *testing.T) {
	t.Parallel()
	const basic, digest = `Basic {basic alice:x}`, `Digest username="alice", realm="r", nonce="n", uri="/app", qop=auth, nc=00000001, cnonce="c", response="0123"`
	logon := func(ends, credentials, more string) string {
		return "conn c " + ends + "\n> GET /app HTTP/1.1\n> Host: app.contoso.com\n> Authorization: " + credentials + "\n" + more + "< HTTP/1.1 200 OK\n"
	}
	front := func(credentials string) string { return logon("10.1.0.1:50001 > 10.0.0.5:80", credentials, "") }
	const forwarded = "> X-Forwarded-For: 10.1.0.1\n"
	for name, c := range map[string]struct {
		first, second string
		kinds         string
		counted       int
	}{
		"both ends":              {front(basic), front(basic), "sighting proven", 1},
		"the proxy's address":    {front(basic), logon("10.0.0.5:6000 > 10.0.0.9:80", basic, ""), "proxy inferred", 1},
		"X-Forwarded-For":        {front(basic), logon("10.0.0.6:6000 > 10.0.0.9:80", basic, forwarded), "proxy inferred", 1},
		"nothing but the time":   {front(basic), logon("10.0.0.6:6000 > 10.0.0.9:80", basic, ""), "unsure hint", 2},
		"an hour later":          {front(basic), "wait 3600s\n" + logon("10.0.0.5:6000 > 10.0.0.9:80", basic, ""), "", 2},
		"another password":       {front(basic), logon("10.0.0.5:6000 > 10.0.0.9:80", `Basic {basic alice:y}`, ""), "", 2},
		"another connection":     {front(basic), logon("10.1.0.1:50002 > 10.0.0.5:80", basic, ""), "", 2},
		"Digest through a proxy": {front(digest), logon("10.0.0.6:6000 > 10.0.0.9:80", digest, ""), "proxy inferred", 1},
	} {
		dir := t.TempDir()
		r := run(t, setsOf(captured(t, dir+"/a/a.pcap", c.first), captured(t, dir+"/b/a.pcap", c.second)), 1, 2)
		kinds := ""
		for _, j := range linesOf[Join](t, r, joinTable) {
			kinds += j.Kind + " " + string(j.Evidence)
		}
		counted := 0
		for _, n := range inventoryOf(t, r) {
			counted += n
		}
		if kinds != c.kinds || counted != c.counted {
			t.Errorf("%s: joined as %q and counted %d, want %q and %d", name, kinds, counted, c.kinds, c.counted)
		}
		if says := strings.Contains(r.files["overview.html"], "may count twice"); says != strings.HasPrefix(c.kinds, unsure) {
			t.Errorf("%s: that it may count twice is said: %v", name, says)
		}
	}
}

// TestSharedInOrder holds that of many requests with the same credentials each is joined with
// one, in whatever order the records come, and that those which one side lacks stay.
func TestSharedInOrder(t *testing.T) {
	t.Parallel()
	var all [][]byte
	add := func(set, client, server string, handshake, second int) {
		all = append(all, encode(&requestRecord{versioned: versioned{version}, Shared: true, Place: Place{Set: set, CaptureHost: set, Handshake: handshake}, Method: "GET", Target: "/",
			Client: netip.MustParseAddrPort(client), Server: netip.MustParseAddrPort(server), At: httpstream.UnixTime(1_772_452_800+int64(second), 0)}))
	}
	for i := range 50 {
		add("front", fmt.Sprintf("10.1.0.1:%d", 5000+i), "10.0.0.5:80", i, 400*i)
		if i%2 == 0 { // half of them were captured on the other side
			add("back", fmt.Sprintf("10.0.0.5:%d", 6000+i), "10.0.0.9:80", i, 400*i+1)
		}
	}
	for range 2 {
		rows, cases := group{}, group{}
		if err := JoinRequests((group{"": all}).values(""), 1, JoinOut{Row: rows.add, Case: cases.add}); err != nil {
			t.Fatal(err)
		}
		for _, b := range rows["joins 0"] {
			row, err := decode[Row](b)
			if err != nil {
				t.Fatal(err)
			}
			j, err := decode[Join](row.Record)
			if err != nil || j.Kind != "proxy" || j.First.Set != "front" || j.Second.Set != "back" || j.First.Handshake != j.Second.Handshake {
				t.Errorf("%+v, %v", j, err)
			}
		}
		if len(rows["joins 0"]) != 25 || len(cases) != 25 {
			t.Errorf("%d joins and %d handshakes that are not counted, want 25", len(rows["joins 0"]), len(cases))
		}
		slices.Reverse(all)
	}
}

// TestSharedMany holds that very many requests with the same credentials are joined in time
// that does not grow with their square.
func TestSharedMany(t *testing.T) {
	t.Parallel()
	const n = 5_000
	var all [][]byte
	for i := range n {
		for set, ends := range map[string][2]string{"front": {fmt.Sprintf("10.1.0.1:%d", 5000+i), "10.0.0.5:80"}, "back": {fmt.Sprintf("10.0.0.5:%d", 6000+i), "10.0.0.9:80"}} {
			all = append(all, encode(&requestRecord{versioned: versioned{version}, Shared: true, Place: Place{Set: set, Handshake: i}, Method: "GET", Target: "/",
				Client: netip.MustParseAddrPort(ends[0]), Server: netip.MustParseAddrPort(ends[1]), At: httpstream.UnixTime(1_772_452_800, int64(i))}))
		}
	}
	joined := 0
	err := JoinRequests((group{"": all}).values(""), 1, JoinOut{Row: func(string, []byte) { joined++ }, Case: func(string, []byte) {}})
	if err != nil || joined != n {
		t.Errorf("%d are joined, %v; want %d", joined, err, n)
	}
}
