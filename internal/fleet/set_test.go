package fleet

import (
	"strings"
	"testing"
)

func TestSetOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, set, host string }{
		{"captures/web01/ring_00001_20260302120000.pcapng", "captures/web01/ring.pcapng", "web01"},
		{"captures/web01/ring_00002_20260302130000.pcapng.gz", "captures/web01/ring.pcapng", "web01"},
		{"captures/web01/trace.pcap", "captures/web01/trace.pcap", "web01"},
		{"captures/web01/trace.pcap12", "captures/web01/trace.pcap", "web01"},
		{"captures/web01/day-3.pcap", "captures/web01/day.pcap", "web01"},
		{"captures/web01/2026-03-02.pcap", "captures/web01/2026.pcap", "web01"},
		{"gs://bucket/dc2/auth.etl", "gs://bucket/dc2/auth.etl", "dc2"},
		{`C:\captures\dc1\auth.etl`, "C:/captures/dc1/auth.etl", "dc1"},
		{"web01.pcap", "web01.pcap", ""},
		// A name that ends with a number, and an address, are no counters.
		{"captures/all/web01.pcap", "captures/all/web01.pcap", "all"},
		{"captures/all/10.0.0.1.pcap", "captures/all/10.0.0.1.pcap", "all"},
		{"captures/all/web-10.0.0.12.pcap", "captures/all/web-10.0.0.12.pcap", "all"},
	} {
		if set, host := SetOf(c.name); set != c.set || host != c.host {
			t.Errorf("%s: set %q of host %q, want %q of %q", c.name, set, host, c.set, c.host)
		}
	}
}

func TestNewSet(t *testing.T) {
	t.Parallel()
	s := NewSet("s", []File{{Name: "b", Host: "h"}, {Name: "a", Host: "h"}, {Name: "b", Host: "h"}})
	if len(s.Files) != 2 || s.Files[0].Name != "a" || s.Host != "h" {
		t.Errorf("%+v", s)
	}
}

func TestReadManifest(t *testing.T) {
	t.Parallel()
	all, err := ReadManifest(strings.NewReader("# set, host, pattern\nfront, web01, in/a*.pcap\n,,in/b.pcap\n"))
	if err != nil || len(all) != 2 || all[0] != (Pattern{Set: "front", Host: "web01", Glob: "in/a*.pcap"}) || all[1] != (Pattern{Glob: "in/b.pcap"}) {
		t.Errorf("%+v, %v", all, err)
	}
	if set, f := all[0].Assign("in/a1.pcap"); set != "front" || f.Host != "web01" {
		t.Errorf("set %q, %+v", set, f)
	}
	if set, f := all[1].Assign("in/b.pcap"); set != "in/b.pcap" || f.Host != "in" {
		t.Errorf("set %q, %+v", set, f)
	}
	for _, text := range []string{"a,b\n", "a,b,\n", "a,\"b,c\n", "a,b,c,d\n"} {
		if _, err := ReadManifest(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add("front,web01,in/a*.pcap\n# comment\n")
	f.Add("\"a\nb\", c ,d\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ReadManifest(strings.NewReader(text))
		for _, p := range all {
			if p.Glob == "" && err == nil {
				t.Error("a pattern is empty")
			}
			p.Assign(p.Glob)
		}
	})
}
