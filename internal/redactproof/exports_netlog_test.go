package redactproof_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// secretNetLog has a zebra in every place where a NetLog may have a secret or a name.
const secretNetLog = `{"constants": {"logEventTypes":{"URL_REQUEST_START_JOB":2,"HTTP_TRANSACTION_SEND_REQUEST_HEADERS":3,"AUTH_GENERATE_TOKEN":4,"zebra":9},
"clientInfo":{"command_line":"--user=zebra","name":"Chrome"},"timeTickOffset":1700000000000,"logCaptureMode":"IncludeSensitive","activeFieldTrialGroups":["zebra"]},
"events": [
{"params":{"url":"https://zebrauser:zebrapw@zebrahost.example/zebra?zebra","method":"GET","initiator":"https://zebrahost.example","network_isolation_key":"zebra","load_flags":0},"phase":1,"source":{"id":7,"start_time":"10","type":1},"time":"10","type":2},
{"params":{"line":"GET /zebra?zebra HTTP/1.1\r\n","headers":["Host: zebrahost.example","Cookie: zebra=zebra","Authorization: Basic emVicmE6emVicmE=","X-Zebra-value: zebra",":path: /zebra"]},"phase":1,"source":{"id":7,"type":1},"time":"11","type":3},
{"params":{"headers":{"host":"zebrahost.example","cookie":"zebra\u0000zebra"},"request_headers":"accept: */*\r\nAuthorization: Bearer zebra\r\n\r\n","bytes":"emVicm","hex_encoded_bytes":"7A65627261"},"phase":1,"source":{"id":7,"type":1},"time":"11","type":3},
{"params":{"request_headers":{"line":"GET /zebra HTTP/1.1\r\n","headers":["Authorization: Bearer zebra"],"zebra":"zebra"}},"phase":1,"source":{"id":7,"type":1},"time":"11","type":3},
{"params":{"spn":"HTTP/zebrahost.example","user":"zebra","domain":"ZEBRA","context":{"source":{"name":"zebra@ZEBRA.EXAMPLE"},"mechanism":{"bytes":"KoZIhvcSAQIC"}},"status":{"function":"gss_init_sec_context","major_status":{"status":851968,"message":["zebra failed"]}},
"address":"10.11.12.13:80","address_list":["10.11.12.13:80"],"certificates":["zebra"],"reason":"zebra","library_name":"/home/zebra/lib.so","method_name":"gss_init_sec_context","zebra":1},"phase":0,"source":{"id":8,"type":2},"time":"12","type":4}],
"polledData":{"zebra":"zebra"}}`

func TestNetLogSecrets(t *testing.T) {
	r := newRedactor()
	out := redacted(t, r, []byte(secretNetLog))
	if !json.Valid(out) {
		t.Fatalf("no JSON:\n%s", out)
	}
	for _, gone := range []string{"zebra", "Zebra", "ZEBRA", "emVicm", "7A65627261", "10.11.12.13"} {
		if bytes.Contains(out, []byte(gone)) {
			t.Errorf("%q is still there:\n%s", gone, out)
		}
	}
	for _, stays := range []string{`"time":"12"`, `"start_time":"10"`, "GET /", "gss_init_sec_context", "851968", "KoZIhvcSAQIC", ":80", "1700000000000", "Authorization: B"} {
		if !bytes.Contains(out, []byte(stays)) {
			t.Errorf("%s is gone:\n%s", stays, out)
		}
	}
	if r.Counts.Events != 5 || r.Counts.LeftOut["members of the parameters of events"] == 0 {
		t.Errorf("counts %+v", r.Counts)
	}
	if lines := strings.Split(string(out), "\n"); !strings.HasPrefix(lines[6], `{"params":{"spn":`) {
		t.Errorf("event 5 is not on line 7:\n%s", out)
	}
}

// TestNetLogMemory rewrites a NetLog that is far larger than what may be held of it.
func TestNetLogMemory(t *testing.T) {
	b, err := os.ReadFile("../../testdata/chromium-kerberos.netlog.json")
	if err != nil {
		t.Fatal(err)
	}
	head, events, _ := bytes.Cut(b, []byte("\"events\":[\n"))
	event, _, _ := bytes.Cut(events, []byte("\n"))
	const times = 25_000
	src, w := io.Pipe()
	go func() {
		fmt.Fprintf(w, "%s\"events\":[\n", head)
		for range times {
			w.Write(event)
			w.Write([]byte("\n"))
		}
		w.Write(bytes.TrimSuffix(event, []byte(",")))
		w.Write([]byte("]}"))
		w.Close()
	}()
	r := newRedactor()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if err := r.NetLog(src, io.Discard); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if r.Counts.Events != times+1 {
		t.Errorf("%d events", r.Counts.Events)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes are held behind %d events", grown, times)
	}
}

func BenchmarkNetLog(b *testing.B) {
	text, err := os.ReadFile("../../testdata/chromium-kerberos.netlog.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := newRedactor().NetLog(bytes.NewReader(text), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// TestNetLogDamaged holds that events which are damaged are passed over in what a log becomes, too, and all others
// say the same.
func TestNetLogDamaged(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../testdata/chromium-kerberos.netlog.json")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for what, damage := range map[string]func(string) string{
		"without a quotation mark": func(s string) string { return strings.Replace(s, `"`, "", 1) },
		"without a colon":          func(s string) string { return strings.Replace(s, ":", " ", 1) },
		"with a name in it":        func(s string) string { return strings.Replace(s, ":", ":Canary7Zebra", 1) },
		"without a value":          func(s string) string { return "{Canary7Zebra}," },
	} {
		for _, every := range []int{2, 3, 7} {
			changed := slices.Clone(lines)
			for i := 2 + every; i < len(lines)-2; i += every {
				changed[i] = damage(lines[i])
			}
			whole := []byte(strings.Join(changed, "\n"))
			r := newRedactor()
			out := redacted(t, r, whole)
			before, errBefore := read(whole)
			after, errAfter := read(out)
			if errBefore != nil || errAfter != nil {
				t.Errorf("%s, every %d: %v, %v", what, every, errBefore, errAfter)
				continue
			}
			if diff := cmp.Diff(summary(before, r.Names.Text), summary(after, func(s string) string { return s })); diff != "" {
				t.Errorf("%s, every %d: -original +redacted\n%s", what, every, diff)
			}
			if bytes.Contains(out, []byte("Canary7")) {
				t.Errorf("%s, every %d: what is damaged is left", what, every)
			}
		}
	}
}
