package capture

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A log is read out of what a container or syslog put around its lines, also compressed and with what the container
// wrote to its two streams mixed.
func TestWrappedLogs(t *testing.T) {
	t.Parallel()
	const access = `192.0.2.10 - alice [01/Jan/1970:00:00:01 +0000] "GET /a HTTP/1.1" 200 12`
	container := []byte(`{"log":"` + strings.ReplaceAll(access, `"`, `\"`) + `\n","stream":"stdout"}` + "\n" +
		`{"log":"` + strings.TrimSpace(apacheLog) + `\n","stream":"stderr"}` + "\n")
	syslog := []byte("Jan  1 00:00:01 web1 httpd[12]: " + access + "\nJan  1 00:00:01 web1 httpd[12]: " + apacheLog)
	want := []string{"logs after 0", "line 1: GET /a 200.0", "line 2: 192.0.2.10:50000 GSS ERROR"}
	for name, file := range map[string][]byte{"container": container, "syslog": syslog, "packed": gzipped(t, container)} {
		got, _, c, err := heard(t, source(name, file))
		if d := cmp.Diff(got, want); d != "" || err != nil || len(c.Damage) > 0 {
			t.Errorf("%s: %v, damage %v, (-got +want)\n%s", name, err, c.Damage, d)
		}
	}
	parts := "2026-03-02T10:00:00Z stdout P 192.0.2.9 - - [01/Jan/1970:00:00:00 +0000] \n2026-03-02T10:00:00Z stdout P \"GET /b HTTP/1.1\" \n2026-03-02T10:00:00Z stdout F 200 3\n2026-03-02T10:00:01Z stdout F " + access + "\n"
	got, _, _, err := heard(t, source("parts", []byte(parts)))
	if d := cmp.Diff(got, []string{"logs after 0", "line 1: GET /b 200.0", "line 4: GET /a 200.0"}); d != "" || err != nil {
		t.Errorf("a line in parts: %v, (-got +want)\n%s", err, d)
	}
	several := "web-1  | " + access + "\nweb-2  | " + strings.Replace(access, "/a", "/b", 1) + "\nweb-1  | " + strings.Replace(access, "/a", "/c", 1) + "\n"
	got, _, _, err = heard(t, source("several", []byte(several)))
	if d := cmp.Diff(got, []string{"logs after 0", "line 1: GET /a 200.0", "line 2: GET /b 200.0", "line 3: GET /c 200.0"}); d != "" || err != nil {
		t.Errorf("several containers: %v, (-got +want)\n%s", err, d)
	}
	announced := strings.Repeat("+ web-7f9c6d-x2bcd \u203a httpd\n", 3) + "web-7f9c6d-x2bcd httpd " + access + "\n"
	got, _, _, err = heard(t, source("stern", []byte(announced)))
	if d := cmp.Diff(got, []string{"logs after 0", "line 4: GET /a 200.0"}); d != "" || err != nil {
		t.Errorf("lines behind those that announce pods: %v, (-got +want)\n%s", err, d)
	}
	for name, text := range map[string]string{
		"container": `{"log":"nothing that is known\n","stream":"stdout"}` + "\n",
		"syslog":    "Jan  1 00:00:01 web1 httpd[12]: nothing that is known\n",
	} {
		if _, _, _, err := heard(t, source(name, []byte(text))); err == nil || !strings.Contains(err.Error(), "is in no known format") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
