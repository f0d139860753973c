package capture

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"negotrace/capture/eventlog"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

const (
	iisLog = "#Software: Microsoft Internet Information Services 10.0\r\n#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-substatus\r\n" +
		"1970-01-01 00:00:01 192.0.2.10 GET /a 401 2\r\n1970-01-01 00:00:03 192.0.2.10 GET /a 200 0\r\n"
	apacheLog = "[Thu Jan 01 00:00:02.000000 1970] [auth_gssapi:error] [pid 12] [client 192.0.2.10:50000] GSS ERROR\n"
	frebTrace = "<?xml version=\"1.0\"?>\n<failedRequest url=\"http://web/b?c\" verb=\"GET\" statusCode=\"401.1\">\n" +
		`<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><EventID>0</EventID><TimeCreated SystemTime="1970-01-01T00:00:04Z"/></System><EventData/></Event>` + "\n</failedRequest>"
)

// heard reads sources and returns what came, in its order, and the time that came before logs.
func heard(t *testing.T, sources ...Source) (got []string, begin string, c *httpstream.Counters, err error) {
	t.Helper()
	note := func(format string, args ...any) { got = append(got, fmt.Sprintf(format, args...)) }
	c, err = Read(t.Context(), sources, Sink{
		Logs: func(first httpstream.Time) { note("logs after %d", max(first.UTC().UnixMilli(), 0)) },
		LoggedRequest: func(q *serverlog.Request) {
			note("%v: %s %s %d.%d", q.Pos, q.Method, q.Path, q.Status, q.SubStatus)
		},
		LoggedError:   func(e *serverlog.AuthError) { note("%v: %v %s", e.Pos, e.Client, e.Text) },
		FailedRequest: func(f *eventlog.FailedRequest) { note("%v: %s %d.%d", f.Pos, f.URL, f.Status, f.SubStatus) },
		DNS: func(at httpstream.Pos, _, _ netip.AddrPort, m *dnsmessage.Message) {
			note("%v: %v", at, m.Questions[0].Name)
		},
	}, Options{Begin: func(first httpstream.Time) { begin = first.UTC().Format("05.000") }})
	return got, begin, c, err
}

// TestLogs reads logs alone, beside packets, packed, from a pipe and out of a directory: what is
// in them comes before all packets.
func TestLogs(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, iisLog)
	z.Close()
	lines := []string{"line 3: GET /a 401.2", "line 4: GET /a 200.0"}
	of := func(name string, lines ...string) (all []string) {
		for _, l := range lines {
			place, rest, _ := strings.Cut(l, ":")
			all = append(all, place+" of "+name+":"+rest)
		}
		return all
	}
	join := func(parts ...[]string) (all []string) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	live := source("pipe", []byte(iisLog))
	live.OpensOnce, live.Size = true, 0
	packets := source("a", msFile("a", 1500))
	packet := of("a", "frame 1: a1500.")
	for name, tt := range map[string]struct {
		sources []Source
		want    []string
		begin   string
		records int
	}{
		"W3C alone":     {[]Source{source("x", []byte(iisLog))}, join([]string{"logs after 0"}, lines), "01.000", 2},
		"packed":        {[]Source{source("x", packed.Bytes())}, join([]string{"logs after 0"}, lines), "01.000", 2},
		"a pipe":        {[]Source{live}, join([]string{"logs after 0"}, lines), "01.000", 2},
		"error log":     {[]Source{source("x", []byte(apacheLog))}, []string{"logs after 0", "line 1: 192.0.2.10:50000 GSS ERROR"}, "02.000", 1},
		"FREB":          {[]Source{source("x", []byte(frebTrace))}, []string{"logs after 0", "record 1: http://web/b 401.1"}, "04.000", 1},
		"beside":        {[]Source{packets, source("x", []byte(iisLog))}, join([]string{"logs after 1500"}, of("x", lines...), packet), "01.500", 2},
		"before":        {[]Source{source("x", []byte(iisLog)), packets}, join([]string{"logs after 1500"}, of("x", lines...), packet), "01.500", 2},
		"pipe beside":   {[]Source{packets, live}, join([]string{"logs after 1500"}, of("pipe", lines...), packet), "01.500", 2},
		"two logs":      {[]Source{source("x", []byte(iisLog)), source("y", []byte(apacheLog))}, join([]string{"logs after 0"}, of("x", lines...), of("y", "line 1: 192.0.2.10:50000 GSS ERROR")), "01.000", 3},
		"other columns": {[]Source{source("x", []byte(strings.Replace(iisLog, "1970-01-01 00:00:03", "#Fields: c-ip sc-status\r\n# 1970", 1)))}, join([]string{"logs after 0"}, lines[:1]), "01.000", 1},
	} {
		got, begin, c, err := heard(t, tt.sources...)
		if d := cmp.Diff(tt.want, got); d != "" || err != nil || begin != tt.begin || c.Records != tt.records || len(c.Damage) > 0 {
			t.Errorf("%s: begins at %s, %d records, %v, %v\n%s", name, begin, c.Records, err, c.Damage, d)
		}
	}
	dir := t.TempDir()
	for name, b := range map[string]string{"u_ex.log": iisLog, "readme.txt": "hello"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sources, err := Open([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, c, err := heard(t, sources...); len(got) != 3 || err != nil || len(c.Damage) != 1 || c.Inputs[0].Packets != 4 || c.Inputs[0].First.UTC().Unix() != 1 {
		t.Errorf("a directory: %q, %v, %v", got, err, c)
	}
}

// TestLogsDamaged holds that what is wrong with a log is said with its place, and what is not
// is read.
func TestLogsDamaged(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		log     string
		records int
		want    string
	}{
		"cut":          {iisLog[:len(iisLog)-7], 1, "line 4: the line is cut"},
		"two bad ones": {iisLog + "x\r\ny\r\n", 2, "line 5: 2 lines, of which this is the first, are cut"},
		"FREB cut":     {frebTrace[:len(frebTrace)-8], 1, "record 1: "},
	} {
		_, _, c, err := heard(t, source("x", []byte(tt.log)))
		if err != nil || c.Records != tt.records || len(c.Damage) != 1 || !strings.HasPrefix(c.Damage[0].Pos.String()+": "+c.Damage[0].Text, tt.want) {
			t.Errorf("%s: %d records, %v, %v", name, c.Records, c.Damage, err)
		}
	}
	if _, _, _, err := heard(t, source("x", []byte(frebTrace[:60]))); err == nil {
		t.Error("a trace that is cut in its first tag is no error")
	}
	printed := []byte("Registered ServicePrincipalNames for CN=svc-web,CN=Users,DC=contoso,DC=com:\n\tHTTP/web.contoso.com\n")
	if _, err := Convert(t.Context(), []Source{source("x", printed)}, io.Discard, Conversion{}); err == nil || !strings.Contains(err.Error(), "is a text of klist, setspn, nltest, ipconfig or a Kerberos library: it holds what a command printed, and no packets") {
		t.Errorf("a text of setspn is converted: %v", err)
	}
	for _, sources := range [][]Source{{source("x", []byte(iisLog))}, {source("a", msFile("a", 1)), source("x", []byte(iisLog))}} {
		if _, err := Convert(t.Context(), sources, io.Discard, Conversion{}); err == nil || !strings.Contains(err.Error(), "it holds what a server noted, and no packets") {
			t.Errorf("a log is converted: %v", err)
		}
	}
}
