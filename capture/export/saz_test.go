package export

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/httpstream"
	"negotrace/internal/testcost"

	"github.com/google/go-cmp/cmp"
)

// sazOf makes a Fiddler archive of members.
func sazOf(t testing.TB, members map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range append([]string{"_index.htm"}, slices.Sorted(maps.Keys(members))...) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(members[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sazMetaOf makes the metadata of a session that began at a millisecond.
func sazMetaOf(ms int, reused bool, port int) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="utf-8"?>
<Session SID="1" BitFlags="0">
  <SessionTimers ClientConnected="2026-01-02T03:04:05.0000000+01:00" ClientBeginRequest="2026-01-02T03:04:05.%03d0000+01:00" ClientDoneRequest="2026-01-02T03:04:05.%03d0000+01:00" ServerBeginResponse="2026-01-02T03:04:05.%03d0000+01:00" ServerDoneResponse="0001-01-01T00:00:00" />
  <PipeInfo CltReuse="%t" />
  <SessionFlags>
    <SessionFlag N="x-clientport" V="%d" />
    <SessionFlag N="x-clientIP" V="::ffff:10.0.0.10" />
    <SessionFlag N="x-hostip" V="10.0.0.20" />
  </SessionFlags>
</Session>`, ms, ms, ms+1, reused, port)
}

var sazMembers = map[string]string{
	"raw/1_c.txt":  "CONNECT web.contoso.com:443 HTTP/1.1\r\nHost: web.contoso.com:443\r\n\r\n",
	"raw/1_s.txt":  "HTTP/1.1 200 Connection Established\r\nFiddlerGateway: Direct\r\n\r\n",
	"raw/1_m.xml":  sazMetaOf(1, false, 50000),
	"raw/2_c.txt":  "GET https://web.contoso.com/a?b HTTP/1.1\r\nHost: web.contoso.com\r\n\r\n",
	"raw/2_s.txt":  "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n\r\ndenied",
	"raw/2_m.xml":  sazMetaOf(2, true, 50000),
	"raw/10_c.txt": "POST https://web.contoso.com/a?b HTTP/1.1\nHost: web.contoso.com\nAuthorization: Negotiate\n YII=\n\nbody",
	"raw/10_s.txt": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
	"raw/10_m.xml": sazMetaOf(3, true, 50000),
	"raw/11_c.txt": "GET http://plain.contoso.com/ HTTP/1.1\r\nHost: plain.contoso.com\r\n\r\n",
	"raw/11_m.xml": sazMetaOf(0, false, 50001),
	"raw/12_c.txt": "CONNECT closed.contoso.com:443 HTTP/1.1\r\n\r\n",
	"raw/12_s.txt": "HTTP/1.1 200 Connection Established\r\n\r\n",
	"raw/12_m.xml": sazMetaOf(9, false, 50002),
}

func TestSAZ(t *testing.T) {
	b := sazOf(t, sazMembers)
	if !IsSAZ(b) || IsHAR(b) || IsNetLog(b) {
		t.Error("not recognised as SAZ")
	}
	got := readExport(ReadSAZ, b)
	got.sound(t)
	if got.err != nil || len(got.counters.Damage) > 0 {
		t.Fatalf("err %v, damage %v", got.err, got.counters.Damage)
	}
	want := `11 c1 GET plain.contoso.comhttp://plain.contoso.com/ HTTP/1.1
1 c2 CONNECT web.contoso.com:443web.contoso.com:443 HTTP/1.1 -> 200
2 c3 GET web.contoso.com/a?b HTTP/1.1 -> 401 [Negotiate] [NTLM]
10 c3 POST web.contoso.com/a?b HTTP/1.1 [Negotiate YII=] -> 200
12 c4 CONNECT closed.contoso.com:443 HTTP/1.1 -> 200
`
	if d := cmp.Diff(got.lines(), want); d != "" {
		t.Errorf("exchanges (-got +want):\n%s", d)
	}
	if got.kinds() != "tls-intercepted" || got.counters.Packets != 5 || got.counters.TLSNotOpened["closed.contoso.com:443"] != 1 || len(got.counters.TLSNotOpened) != 1 {
		t.Errorf("limitations %q, %d sessions, closed %v", got.kinds(), got.counters.Packets, got.counters.TLSNotOpened)
	}
	tunnel, denied, post := got.exchanges[1], got.exchanges[2], got.exchanges[3]
	c := denied.Conn
	if c.Client.String() != "10.0.0.10:50000" || c.Server.String() != "10.0.0.20:443" || c.Tunnel != tunnel || !c.Encrypted() || !c.SYN || c.Stream != -1 {
		t.Errorf("connection %+v", c)
	}
	if tunnel.Conn.Encrypted() || !tunnel.Conn.SYN {
		t.Errorf("tunnel's connection %+v", tunnel.Conn)
	}
	if at := denied.Response.Pos.Time; at != httpstream.TimeOf(time.Date(2026, 1, 2, 2, 4, 5, 3e6, time.UTC)) || !denied.Response.Done.Time.IsZero() {
		t.Errorf("response at %v, done %v", at, denied.Response.Done.Time)
	}
	if string(denied.Response.Body) != "denied" || denied.Response.BodyLen != 6 || post.Request.BodyLen != 4 || post.Response.BodyLen != 0 || len(post.Interim) != 1 {
		t.Errorf("bodies %q %d %d %d, interim %v", denied.Response.Body, denied.Response.BodyLen, post.Request.BodyLen, post.Response.BodyLen, post.Interim)
	}
}

func TestSAZRefused(t *testing.T) {
	locked := sazOf(t, sazMembers)
	at := bytes.Index(locked, []byte("PK\x01\x02")) + 8 // flags of the first directory entry
	next := at + bytes.Index(locked[at:], []byte("PK\x01\x02")) + 8
	locked[next] |= 1
	tests := []struct {
		name, want string
		file       []byte
	}{
		{"password", "password", locked},
		{"another archive", "no SAZ", sazOf(t, map[string]string{"word/document.xml": "x"})},
		{"cut short", "cut short", sazOf(t, sazMembers)[:500]},
		{"too many members", "more members", []byte("PK\x03\x04" + strings.Repeat("PK\x01\x02", maxSAZFiles+10))},
	}
	for _, tt := range tests {
		if got := readExport(ReadSAZ, tt.file); got.err == nil || !strings.Contains(got.err.Error(), tt.want) {
			t.Errorf("%s: err %v, want one about %q", tt.name, got.err, tt.want)
		}
	}
}

// Members that are no messages are noted, and the sessions beside them are read.
func TestSAZDamagedMembers(t *testing.T) {
	good := sazMembers["raw/11_c.txt"]
	for _, bad := range []map[string]string{
		{"raw/1_c.txt": ""},
		{"raw/1_c.txt": "hello"},
		{"raw/1_c.txt": strings.Repeat("x", 1<<20)},
		{"raw/1_c.txt": good, "raw/1_s.txt": "HTTP/1.1 abc"},
		{"raw/1_c.txt": good, "raw/1_s.txt": "SSH-2.0\r\n\r\n"},
		{"raw/1_c.txt": good, "raw/1_m.xml": "<Session><SessionTimers"},
		{"raw/1_s.txt": "HTTP/1.1 200 OK\r\n\r\n"},
	} {
		bad["raw/2_c.txt"] = good
		got := readExport(ReadSAZ, sazOf(t, bad))
		got.sound(t)
		if got.err != nil || len(got.counters.Damage) != 1 || got.exchanges[len(got.exchanges)-1].Request.Pos.Frame != 2 {
			t.Errorf("%q: err %v, damage %v, exchanges:\n%s", bad, got.err, got.counters.Damage, got.lines())
		}
	}
}

// Every prefix of an archive is refused, and one with a byte changed is read or
// refused. Two sessions have all that an archive consists of.
func TestSAZPrefixes(t *testing.T) {
	members := maps.Clone(sazMembers)
	maps.DeleteFunc(members, func(name, _ string) bool {
		return !strings.HasPrefix(name, "raw/1_") && !strings.HasPrefix(name, "raw/2_") || name == "raw/2_m.xml"
	})
	b := sazOf(t, members)
	for n := 0; n < len(b); n += testcost.Step(3) {
		if got := readExport(ReadSAZ, b[:n]); got.err == nil {
			t.Fatalf("%d bytes of %d: no error", n, len(b))
		}
		IsSAZ(b[:n])
		changed := bytes.Clone(b)
		changed[n] ^= 0x55
		readExport(ReadSAZ, changed).sound(t)
	}
}

// An archive that unpacks to far more than it holds is read up to a limit.
func TestSAZBomb(t *testing.T) {
	bomb := "GET http://a/ HTTP/1.1\r\n" + strings.Repeat("A: "+strings.Repeat("a", 1000)+"\r\n", 250)
	one := sazOf(t, map[string]string{"raw/0_c.txt": bomb})
	first, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	packed := first.File[1]
	for i := range 300 { // packed once
		packed.Name = fmt.Sprintf("raw/%d_c.txt", i+1)
		if err := z.Copy(packed); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got := readExport(ReadSAZ, b.Bytes())
	got.sound(t)
	if got.err != nil || len(got.counters.Damage) == 0 || len(got.exchanges) >= 300 {
		t.Errorf("err %v, %d damage notes, %d exchanges", got.err, len(got.counters.Damage), len(got.exchanges))
	}
}

func FuzzSAZ(f *testing.F) {
	f.Add(sazOf(f, sazMembers))
	f.Add(sazOf(f, map[string]string{"raw/1_c.txt": "GET / HTTP/1.1\r\n\r\n"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		IsSAZ(b)
		readExport(ReadSAZ, b).sound(t)
	})
}
