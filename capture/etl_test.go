package capture

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"negotrace/internal/packettest"
)

// etlFile returns an event trace of packets at times in milliseconds after 1970, like msFile.
func etlFile(letter string, ms ...int) []byte {
	tr := packettest.NewTrace(time.UnixMilli(0))
	var events [][]byte
	for _, t := range ms {
		query := packettest.Ethernet(0x0800, packettest.Query(fmt.Sprintf("%s%d", letter, t)))
		events = append(events, tr.Event(packettest.NDIS(time.UnixMilli(int64(t)), query)))
	}
	return packettest.Join(tr.Header(), tr.Buffer(0, events...))
}

// netmonFile returns the same as a capture of Network Monitor, with an event that is no packet in
// front of each.
func netmonFile(letter string, ms ...int) []byte {
	n := &packettest.Netmon{Minor: 3, Start: time.UnixMilli(0)}
	var frames []packettest.NetmonFrame
	for _, t := range ms {
		at := time.UnixMilli(int64(t))
		query := packettest.Ethernet(0x0800, packettest.Query(fmt.Sprintf("%s%d", letter, t)))
		frames = append(frames, n.EventFrame(packettest.Event{At: at, Provider: packettest.WinINet}),
			packettest.NetmonFrame{At: at, Network: packettest.NetmonEthernet, Data: query})
	}
	return n.File(frames...)
}

// kerberosOnly returns an event trace without packets.
func kerberosOnly() []byte {
	tr := packettest.NewTrace(time.UnixMilli(0))
	return packettest.Join(tr.Header(), tr.Buffer(0, tr.Event(packettest.Event{At: time.UnixMilli(1), Provider: "98e6cfcb-ee0a-41e0-a57b-622d4e1b30b1"})))
}

// TestWindowsFiles reads Windows' files as they are, packed, from a pipe, and as a part of a
// timeline with others.
func TestWindowsFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	onDisk := func(name string, b []byte) Source {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		sources, err := Open([]string{path}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return sources[0]
	}
	live := source("-", etlFile("x", 1, 2, 3))
	live.OpensOnce = true
	for name, s := range map[string]Source{
		"ETL": source("x", etlFile("x", 1, 2, 3)), "ETL on disk": onDisk("x.etl", etlFile("x", 1, 2, 3)), "ETL from a pipe": live,
		"ETL in gzip": source("x", gzipped(t, etlFile("x", 1, 2, 3))), "ETL in zip": source("x", zipped(t, zip.Deflate, true, zipEntry{"a/x.etl", etlFile("x", 1, 2, 3)})),
		"Network Monitor": source("x", netmonFile("x", 1, 2, 3)), "Network Monitor on disk": onDisk("x.cap", netmonFile("x", 1, 2, 3)),
	} {
		got, counters, err := rows(t, s)
		var names []string
		for _, r := range got {
			names = append(names, fmt.Sprint(r.Frame, " ", r.Name, " ", r.Time))
		}
		want := []string{"1 x1 00.001000000", "2 x2 00.002000000", "3 x3 00.003000000"}
		if strings.HasPrefix(name, "Network") {
			want = []string{"2 x1 00.001000000", "4 x2 00.002000000", "6 x3 00.003000000"}
			if counters.UnreadEvents["WinINet"] != 3 {
				t.Errorf("%s: other events %v", name, counters.UnreadEvents)
			}
		}
		if d := cmp.Diff(want, names); d != "" || err != nil || len(counters.Damage) > 0 || counters.Packets != 3 {
			t.Errorf("%s: %d packets, %v, %v\n%s", name, counters.Packets, counters.Damage, err, d)
		}
	}
	for _, file := range []string{"a.etl", "a.cap"} {
		b := etlFile("a", 1, 4000, 8000)
		if file == "a.cap" {
			b = netmonFile("a", 1, 4000, 8000)
		}
		got, _, err := rows(t, source("b", msFile("b", 2, 5000, 9000)), onDisk(file, b))
		var names []string
		for _, r := range got {
			names = append(names, r.Name)
		}
		if d := cmp.Diff([]string{"a1", "b2", "a4000", "b5000", "a8000", "b9000"}, names); d != "" || err != nil {
			t.Errorf("%s beside a pcap: %v\n%s", file, err, d)
		}
	}
}

// TestWithoutPackets refuses traces that have none, and reads what is beside them.
func TestWithoutPackets(t *testing.T) {
	t.Parallel()
	const none = `"k.etl": event trace (ETL) that holds no packets but events of Kerberos (1). Record packets with`
	got, counters, err := rows(t, source("k.etl", kerberosOnly()))
	if err == nil || !strings.HasPrefix(err.Error(), none) || len(got) != 0 || counters.Packets != 0 {
		t.Errorf("%v, %v", got, err)
	}
	got, _, err = rows(t, source("k.etl", kerberosOnly()), source("x", msFile("x", 1, 2)))
	if err == nil || !strings.HasPrefix(err.Error(), none) || len(got) != 2 {
		t.Errorf("beside a capture: %v, %v", got, err)
	}
	found := source("k.etl", kerberosOnly())
	found.FoundInDirectory = true
	got, counters, err = rows(t, found, source("x", msFile("x", 1, 2)))
	if err != nil || len(got) != 2 || len(counters.Damage) != 1 || !strings.Contains(counters.Damage[0].Text, "passed over: "+none) {
		t.Errorf("in a directory: %v, %v, %v", got, err, counters.Damage)
	}
}
