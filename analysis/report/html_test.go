package report

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/tokens"
)

// htmlOf returns the report as HTML.
func htmlOf(t *testing.T, r *analysis.Report) string {
	t.Helper()
	return written(t, writeHTML, r)
}

// written returns what a writer writes.
func written[T any](t *testing.T, write Writer[T], result T) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, result, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// element returns what is inside the only element of that name.
func element(t *testing.T, page, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "<"+name+">")
	inside, after, closed := strings.Cut(rest, "</"+name+">")
	if !ok || !closed || strings.Contains(after, "<"+name) {
		t.Fatalf("the page has not one %s", name)
	}
	return inside
}

var policy = regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`)

// The page allows its own style sheet and script, and nothing else.
func TestHTMLPolicy(t *testing.T) {
	t.Parallel()
	page := htmlOf(t, load(t, "testdata/mixed.json"))
	want := fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'",
		digest(element(t, page, "style")), digest(element(t, page, "script")))
	m := policy.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("no policy")
	}
	if got := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(m[1]); got != want {
		t.Errorf("the policy is\n%s\nwant\n%s", got, want)
	}
	if i, j := strings.Index(page, "http-equiv"), strings.Index(page, "<style"); i > j {
		t.Error("the policy comes after the style sheet")
	}
}

// hostile are names that try to leave the place where they stand.
var hostile = []string{
	`<script>alert(1)</script>`,
	`</style><script>alert(1)</script>`,
	`</script><script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	"` onfocus=alert(1) autofocus",
	`</svg><script>alert(1)</script>`,
	`</title></textarea></pre></details><base href=http://192.0.2.1/>`,
	`<!--<script>`, `--!>`, `<![CDATA[`, `{{.Policy}}`, `&lt;script&gt;`, `\u003cscript\u003e`,
	`javascript:alert(1)`, `http://192.0.2.1/`, `url(http://192.0.2.1/)`, `expression(alert(1))`,
}

// tag finds what a browser takes for the beginning of an element.
var tag = regexp.MustCompile(`<[!/?a-zA-Z][^<]*?>`)

// verdict is the title of a page, which has a span around each long name.
var verdict = regexp.MustCompile(`(?s)<h1>.*?</h1>`)

// shape returns the tags of a page, without the text between them.
func shape(page string) string {
	return strings.Join(tag.FindAllString(verdict.ReplaceAllString(page, ""), -1), "\n")
}

// Whatever a name is, the page has the same elements and attributes.
func TestHTMLHostileNames(t *testing.T) {
	t.Parallel()
	hostileNames(t, func(name string) string { return withNames(t, name) })
}

// hostileNames holds that a page in which everything has a hostile name has the same
// elements as with a plain one.
func hostileNames(t *testing.T, pageOf func(name string) string) {
	t.Helper()
	plain := shape(pageOf("name"))
	for _, name := range hostile {
		got := strings.ReplaceAll(pageOf(name), "\n", " ")
		for _, unescaped := range []string{name, "alert(1)>", "<script>alert", "onerror=alert(1)>"} {
			if strings.ContainsAny(name, `<>"`) && strings.Contains(got, unescaped) {
				t.Errorf("%q stands in the page as it is", unescaped)
			}
		}
		if tags := strings.Count(shape(got), "\n"); tags != strings.Count(plain, "\n") {
			t.Errorf("with %q the page has %d tags, not %d", name, tags, strings.Count(plain, "\n"))
		}
	}
}

// withNames returns a page in which every string that comes from a capture is s.
func withNames(t *testing.T, s string) string {
	t.Helper()
	r := nasty(s)
	h := refusedAtKDC()
	h.Client, h.Server, h.Host, h.URL, h.User, h.UserFrom, h.SPN, h.Program, h.OutcomeReason = s, s, s, s, s, s, s, s, s
	h.Offered = []string{s}
	h.Legs[0].Request.Method, h.Legs[0].Request.Target, h.Legs[1].ErrorText = s, s, s
	h.DNS[0].Name = s
	h.Outcome = analysis.Failed
	h.Candidates = []analysis.Candidate{{Check: s, Label: s, Status: analysis.Possible, Because: s, Fix: []string{s}}}
	h.Compared = &analysis.Comparison{With: 1, Differs: []analysis.Difference{{What: s, Bad: s, Good: s}}}
	r.Handshakes = append(r.Handshakes, h)
	r.Checks[0].Means, r.Checks[0].Proof, r.Checks[0].Not, r.Checks[0].Sources = s, s, s, []string{s}
	return htmlOf(t, r)
}

// Nothing in the page leads out of it.
func TestHTMLStaysInside(t *testing.T) {
	t.Parallel()
	page := withNames(t, "http://192.0.2.1/")
	for _, m := range regexp.MustCompile(`(?i)\b(?:href|src|action|data|xlink:href|poster|srcset|background)\s*=\s*"?([^" >]*)`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") {
			t.Errorf("the page refers to %q", m[1])
		}
	}
	for _, outside := range []string{"url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "eval("} {
		if style, script := element(t, page, "style"), element(t, page, "script"); strings.Contains(style+script, outside) {
			t.Errorf("style sheet or script has %q", outside)
		}
	}
	if strings.Contains(page, "style=") || regexp.MustCompile(`\son[a-z]+="`).MatchString(page) {
		t.Error("an attribute holds style or script")
	}
}

// Every link leads to a place in the page, and no place has two elements.
func TestHTMLLinks(t *testing.T) {
	t.Parallel()
	for _, page := range []string{htmlOf(t, load(t, "testdata/mixed.json")), htmlOf(t, load(t, "testdata/clean.json")), withNames(t, "name"), htmlOf(t, many(100, 20))} {
		ids := map[string]int{}
		for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if ids[m[1]]++; ids[m[1]] == 2 {
				t.Errorf("two elements are called %q", m[1])
			}
		}
		for _, m := range regexp.MustCompile(`\s(?:href="#|aria-labelledby="|for=")([^"]*)"`).FindAllStringSubmatch(page, -1) {
			for name := range strings.FieldsSeq(m[1]) {
				if ids[name] == 0 {
					t.Errorf("nothing is called %q", name)
				}
			}
		}
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"the KDC refused":      "The KDC refused.",
		"web.lab.test refused": "web.lab.test refused.",
		"theo was refused.":    "theo was refused.",
		"":                     "",
	} {
		if got := sentence(message); got != want {
			t.Errorf("%q becomes %q, want %q", message, got, want)
		}
	}
	for s, want := range map[string]string{"frame 1": "Frame 1", "élan": "Élan", "\xff": "\xff", "": ""} {
		if got := capital(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}

func TestHTMLDeterministic(t *testing.T) {
	t.Parallel()
	r := many(50, 7)
	if once, again := htmlOf(t, r), htmlOf(t, r); once != again {
		t.Error("the same report gives two pages")
	}
}

// Of many handshakes those that were not let in are listed, and the others are counted.
func TestHTMLOfMany(t *testing.T) {
	t.Parallel()
	r := many(2*maxHTMLRows, 2*maxHTMLRows)
	page := htmlOf(t, r)
	if !strings.Contains(page, fmt.Sprintf(`id="h%d"`, len(r.Handshakes))) {
		t.Error("the one that failed is not listed")
	}
	if want := fmt.Sprintf("%d handshakes more: handshakes of --format json.", len(r.Handshakes)-maxHTMLRows); !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
	if len(page) > 8<<20 {
		t.Errorf("%d bytes", len(page))
	}
}

// Of a very long handshake the beginning and the end are drawn.
func TestHTMLLongLadder(t *testing.T) {
	t.Parallel()
	h := refusedAtKDC()
	last := h.Legs[1]
	h.Legs = slices.Repeat(h.Legs[:1], 500)
	h.Legs = append(h.Legs, last)
	page := htmlOf(t, &analysis.Report{Handshakes: []*analysis.Handshake{h}})
	if n := strings.Count(page, `<span class="ms">`); n != 1+headSteps+tailSteps {
		t.Errorf("%d steps are drawn", n-1)
	}
	for _, text := range []string{"A web: NXDOMAIN", "200 OK", "945 messages left out: negotrace show 1 FILE."} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

// Whatever a capture holds, a page stays small enough for a browser.
func TestHTMLSize(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long/", 1000)
	fields := []tokens.Field{{Name: "NTLM"}}
	for range 170 {
		fields = append(fields, tokens.Field{Name: "flags", Value: long[:100]})
	}
	r := &analysis.Report{}
	for id := range 210 {
		h := refusedAtKDC()
		h.ID, h.Client = id+1, fmt.Sprintf("10.0.%d.%d:50000", id/250, id%250)
		h.User, h.URL, h.SPN, h.OutcomeReason = long, long, long, "frame 16"
		h.Legs[1].Request.Target = long
		h.Legs[1].Sent = &tokens.Auth{Scheme: "Negotiate", Len: 8, Token: &tokens.Token{Len: 6, Fields: fields}}
		h.Legs = slices.Repeat(h.Legs[1:], 3)
		r.Handshakes = append(r.Handshakes, h)
	}
	page := htmlOf(t, r)
	if len(page) > 12<<20 {
		t.Errorf("%d bytes", len(page))
	}
	for _, text := range []string{"left out: negotrace show 200 --decode FILE", "200 of 210 rows have their ladders here"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}
