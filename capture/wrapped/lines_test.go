package wrapped

import (
	"io"
	"strings"
	"testing"

	"negotrace/capture/block"
)

// unwrapped returns what Lines reads out of a text.
func unwrapped(t *testing.T, text string) string {
	t.Helper()
	s := block.NewSync(t.Context(), strings.NewReader(text), block.Sequential)
	defer s.Close()
	r, err := Lines(block.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(got)
}

// wrapped are texts with something around each line.
var wrapped = map[string]string{
	"Docker":                 `{"log":"GET / \"a\"\n","stream":"stdout","time":"2026-03-02T10:00:01.123456789Z"}` + "\n" + `{"log":"se","stream":"stderr","time":"2026-03-02T10:00:01Z"}` + "\n" + `{"log":"cond\n","stream":"stderr"}` + "\n",
	"journald":               `{"__REALTIME_TIMESTAMP":"1772445601123456","PRIORITY":"3","MESSAGE":"GET / \"a\""}` + "\n" + `{"MESSAGE":"second"}` + "\n",
	"Filebeat":               `{"@timestamp":"2026-03-02T10:00:01.123Z","log":{"offset":1},"message":"GET / \"a\""}` + "\n" + `{"message":"second","log":{}}` + "\n",
	"Google Cloud":           `{"textPayload":"GET / \"a\"","severity":"INFO"}` + "\n" + `{"textPayload":"second\n"}` + "\n",
	"Kubernetes":             "2026-03-02T10:00:01.123456789Z stdout F GET / \"a\"\n2026-03-02T10:00:01+01:00 stderr P se\n2026-03-02T10:00:01Z stderr F cond\n",
	"kubectl":                "[pod/web-7f9/httpd] GET / \"a\"\n[pod/web-7f9/httpd] second\n",
	"with times":             "2026-03-02T10:00:01.123Z GET / \"a\"\n2026-03-02T10:00:01Z second\n",
	"stern":                  "web-7f9c6d-x2bcd httpd GET / \"a\"\nweb-7f9c6d-x2bcd httpd second\n",
	"stern in colours":       "\x1b[32mweb-0\x1b[0m \x1b[92mhttpd\x1b[0m GET / \"a\"\n\x1b[32mweb-0\x1b[0m \x1b[92mhttpd\x1b[0m second\n",
	"Compose":                "web-1  | GET / \"a\"\nweb-1  | second\n",
	"Compose in colours":     "\x1b[36mweb-1  | \x1b[0mGET / \"a\"\n\x1b[36mweb-1  | \x1b[0msecond\n",
	"syslog":                 "Mar  2 10:00:01 web1 httpd[12]: GET / \"a\"\nMar 12 10:00:01 web1 httpd: second\n",
	"syslog with priorities": "<134>Mar  2 10:00:01 web1 httpd[12]: GET / \"a\"\n<134>Mar  2 10:00:01 web1 httpd[12]: second\n",
	"rsyslog":                "2026-03-02T10:00:01.123456+00:00 web1 httpd[12]: GET / \"a\"\n2026-03-02T10:00:01Z web1 httpd[12]: second\n",
	"RFC 5424":               "<134>1 2026-03-02T10:00:01.123Z web1 httpd 12 - - GET / \"a\"\n<134>1 2026-03-02T10:00:01.123Z web1 httpd 12 id [a@1 b=\"c\\\"] \\]\"][d] \ufeffsecond\n",
}

// What containers and collectors put around a line is taken away, also in UTF-16 and with the ends of Windows.
func TestLines(t *testing.T) {
	t.Parallel()
	const want = "GET / \"a\"\nsecond\n"
	for name, text := range wrapped {
		if got := unwrapped(t, text); strings.ReplaceAll(got, Filler, "") != want || strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%s: %q", name, got)
		}
		if got := unwrapped(t, "\ufeff"+strings.TrimSuffix(text, "\n")); strings.TrimSuffix(strings.ReplaceAll(got, Filler, ""), "\n") != strings.TrimSuffix(want, "\n") {
			t.Errorf("%s, with a byte order mark: %q", name, got)
		}
		if got := unwrapped(t, strings.ReplaceAll(text, "\n", "\r\n")); strings.ReplaceAll(strings.ReplaceAll(got, "\r", ""), Filler, "") != want {
			t.Errorf("%s, with ends of Windows: %q", name, got)
		}
		if got, ok := LinesOf([]byte(text)); string(got) != want || !ok {
			t.Errorf("%s: %q, %t", name, got, ok)
		}
		for n := range len(text) {
			if got := unwrapped(t, text[:n]); len(got) > n {
				t.Fatalf("%s, %d bytes: %q", name, n, got)
			}
		}
	}
}

// Lines without anything around them, and those that are too long, are left as they are.
func TestLinesAsTheyAre(t *testing.T) {
	t.Parallel()
	const first = "web-1  | first\n"
	long := "web-1  | " + strings.Repeat("x", 2*maxLine) + "\n"
	for text, want := range map[string]string{
		"no wrapper\n" + first:   "no wrapper\n" + first,
		"host-apple user line\n": "host-apple user line\n",
		"+ web-7f9c6d-x2bcd \u203a httpd\nweb-7f9c6d-x2bcd httpd a\n": "\na\n",
		first + "traceback\n":      "first\ntraceback\n",
		first + long + first:       "first\n" + long[len("web-1  | "):] + "first\n",
		`{"MESSAGE":[1,2]}` + "\n": "\n",
		`{"message":1}` + "\n" + `{"message":"a"}` + "\n" + "{broken\n": "\na\n{broken\n",
		`{"other":"x"}` + "\n": `{"other":"x"}` + "\n",
		"":                     "",
	} {
		if got := unwrapped(t, text); got != want {
			t.Errorf("%.60q: %.200q, want %.200q", text, got, want)
		}
	}
}

// TestContainers holds that the lines of each of several containers are known as its own.
func TestContainers(t *testing.T) {
	t.Parallel()
	for _, around := range []string{"%s  | ", "[pod/%s/httpd] "} {
		line := func(name, text string) string { return strings.Replace(around, "%s", name, 1) + text + "\n" }
		second := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(strings.TrimSuffix(line("web-2", ""), "\n")), "["), "]")
		second = strings.TrimSpace(strings.TrimSuffix(second, "|"))
		got := unwrapped(t, line("web-1", "a")+line("web-1", "b")+line("web-2", "c")+"d\n"+line("web-1", "e"))
		if want := "a\nb\n" + Container + second + "\nc\nd\n" + Container + "\ne\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestContainersOfStern holds the same for stern, which names the pod and the container.
func TestContainersOfStern(t *testing.T) {
	t.Parallel()
	got := unwrapped(t, "web-7f9c6d-x2bcd iis a\nweb-7f9c6d-x2bcd proxy b\nweb-7f9c6d-x2bcd iis c\n")
	if want := "a\n" + Container + "web-7f9c6d-x2bcd/proxy\nb\n" + Container + "\nc\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if head, ok := LinesOf([]byte("+ web-7f9c6d-x2bcd \u203a iis\n+ web-7f9c6d-x2bcd \u203a proxy\nweb-7f9c6d-x2bcd iis a\n")); string(head) != "a\n" || !ok {
		t.Errorf("%q, %t", head, ok)
	}
}

func FuzzLines(f *testing.F) {
	for _, text := range wrapped {
		f.Add(text)
	}
	f.Add("\n\x000") // UTF-16 that ends within a unit
	f.Fuzz(func(t *testing.T, text string) {
		LinesOf([]byte(text))
		s := block.NewSync(t.Context(), strings.NewReader(text), block.Sequential)
		defer s.Close()
		r, err := Lines(block.NewReader(s))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); err != nil && err != io.ErrUnexpectedEOF || n > int64(2*len(text)) {
			t.Fatalf("%d bytes of %d, %v", n, len(text), err)
		}
	})
}
