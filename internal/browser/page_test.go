package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/inventory"
	"negotrace/analysis/report"
	"negotrace/internal/testcost"
)

// incidents are captures of what reports are written about.
var incidents = []string{
	"spn-missing-ntlm-fallback.pcapng", "tomcat-wrong-key.pcapng", "lb-nginx-identity-leak.backend.pcapng",
	"token-too-large.pcapng", "clock-skew-server.pcapng", "binding-missing.pcapng",
}

// TestPage opens pages in Chromium, which all parts of the test share: to start it takes
// longer than what they do with it.
func TestPage(t *testing.T) {
	b := start(t)
	pages := map[string]string{}
	seen := slices.Concat(incidents[:testcost.Count(1, 5)], incidents[5:])
	for _, name := range seen {
		pages[name] = save(t, analyse(t, name))
	}
	refused := pages["binding-missing.pcapng"]
	authentications := analyse(t, "ntlm-loop.pcapng", "keytab-stale.pcapng", "kerberos-mit.pcapng")
	several := save(t, authentications)
	for _, name := range seen {
		t.Run("first screen/"+name, func(t *testing.T) { firstScreen(t, b, pages[name]) })
	}
	contrast := saved(t, html().Contrast, correlate.Contrast(analyse(t, "kerberos-mit.pcapng"), analyse(t, "keytab-stale.pcapng")))
	counted := saved(t, html().Inventory, count(authentications))
	for i, file := range []string{several, refused, contrast, counted, pages[incidents[0]]}[:testcost.Count(4, 5)] {
		t.Run("layout", func(t *testing.T) { layouts(t, b, file, widths[i%2:][:testcost.Count(1, 2)]...) })
	}
	t.Run("accessibility", func(t *testing.T) { accessible(t, b, refused) })
	t.Run("keyboard", func(t *testing.T) { keyboard(t, b, refused) })
	t.Run("filter", func(t *testing.T) { filter(t, b, several) })
	t.Run("filter of groups", func(t *testing.T) { filterGroups(t, b, counted) })
	t.Run("links", func(t *testing.T) { links(t, b, refused) })
	t.Run("print", func(t *testing.T) { prints(t, b, refused) })
	for _, file := range []string{contrast, counted} {
		t.Run("paper", func(t *testing.T) { onPaper(t, b, file) })
	}
	t.Run("hostile names", func(t *testing.T) { hostile(t, b, analyse(t, "ntlm-loop.pcapng")) })
	t.Run("no script", func(t *testing.T) { noScript(t, b, refused) })
}

// Who, when, why and what to do stand on the first screen, on a telephone and on a desk.
func firstScreen(t *testing.T, b *browser, file string) {
	media(t, b, "screen", "light")
	b.do(t, chromedp.EmulateViewport(1400, 900))
	b.open(t, file)
	for _, screen := range [][2]int64{{1400, 900}, {400, 800}} {
		b.do(t, chromedp.EmulateViewport(screen[0], screen[1]))
		expect(t, b, `[...document.querySelectorAll(".first > div")].slice(0, 4).map((d) => d.querySelector("dt").textContent).join()`, "Who,When,Why,What to do")
		if bottom := ask[float64](t, b, `document.querySelectorAll(".first > div")[3].getBoundingClientRect().bottom`); bottom > float64(screen[1]) {
			t.Errorf("at %d by %d pixels what to do ends at %v", screen[0], screen[1], bottom)
		}
	}
}

// media sets on what the page is shown, and the colours that the reader prefers.
func media(t *testing.T, b *browser, on, scheme string) {
	t.Helper()
	call(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: on, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// wrong reports what the functions of audit.js find.
func wrong(t *testing.T, b *browser, where string, audits ...string) {
	t.Helper()
	for _, audit := range audits {
		for _, problem := range ask[[]string](t, b, audit+"()") {
			t.Errorf("%s: %s", where, problem)
		}
	}
	for _, complaint := range b.complaints {
		t.Errorf("%s: the browser complains: %s", where, complaint)
	}
}

// widths are those of a telephone and of a desk, and of a telephone again: tests take one after the
// other, from either.
var widths = []int64{400, 1400, 400}

// Nothing lies on anything else or leaves the page, on a telephone and on a desk, and
// everything can be read, in both themes.
func layouts(t *testing.T, b *browser, file string, widths ...int64) {
	for _, width := range widths {
		b.do(t, chromedp.EmulateViewport(width, 20_000)) // what is far below is not laid out
		media(t, b, "screen", "light")
		b.open(t, file)
		wrong(t, b, fmt.Sprint(width), "badLayout")
		b.script(t, `document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
		wrong(t, b, fmt.Sprint(width, " unfolded"), "badLayout", "poorContrast", "badHeadings", "badStructure")
		media(t, b, "screen", "dark")
		expect(t, b, `getComputedStyle(document.body).backgroundColor`, "rgb(20, 22, 26)")
		wrong(t, b, fmt.Sprint(width, " dark"), "poorContrast")
	}
}

// Everything that can be used, and every picture and region, has a name.
func accessible(t *testing.T, b *browser, file string) {
	b.open(t, file)
	found := map[string]int{}
	for _, n := range call(t, b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		found[role]++
		if slices.Contains([]string{"button", "combobox", "searchbox", "link", "image", "img", "region", "navigation", "figure", "heading", "table", "DisclosureTriangle"}, role) {
			if n.Name == nil || strings.Trim(string(n.Name.Value), `" `) == "" {
				t.Errorf("a %s has no name", role)
			}
		}
	}
	for _, role := range []string{"main", "navigation", "region", "heading", "image", "searchbox", "combobox", "list", "table"} {
		if found[role] == 0 {
			t.Errorf("the page has no %s: %v", role, found)
		}
	}
}

// The page is used without a mouse.
func keyboard(t *testing.T, b *browser, file string) {
	b.do(t, chromedp.EmulateViewport(1400, 900))
	b.open(t, file)
	b.do(t, chromedp.KeyEvent(kb.Tab))
	expect(t, b, `document.activeElement.className`, "skip")
	expect(t, b, `document.activeElement.getBoundingClientRect().top >= 0`, true)
	b.do(t, chromedp.KeyEvent(kb.Enter))
	expect(t, b, `location.hash`, "#main")

	b.script(t, `document.querySelector("#checks summary").focus()`)
	expect(t, b, `document.querySelector("#checks details").open`, false)
	b.do(t, chromedp.KeyEvent(kb.Enter))
	expect(t, b, `document.querySelector("#checks details").open`, true)
	b.do(t, chromedp.KeyEvent(" "))
	expect(t, b, `document.querySelector("#checks details").open`, false)

	// Whatever has the focus shows it.
	b.script(t, `document.querySelector(".skip").focus()`)
	for range 25 {
		b.do(t, chromedp.KeyEvent(kb.Tab))
		expect(t, b, `getComputedStyle(document.activeElement).outlineStyle !== "none"`, true)
	}
}

// The list shows what is asked for.
func filter(t *testing.T, b *browser, file string) {
	b.open(t, file)
	const shown = `document.querySelectorAll(".handshakes > li:not([hidden])").length`
	all := ask[int](t, b, shown)
	if all < 3 {
		t.Fatalf("%d rows", all)
	}
	// Chromium numbers all items of a list anew for each that is hidden: seconds for thousands.
	expect(t, b, `[...document.querySelectorAll(".handshakes > li")].some((row) => getComputedStyle(row).display === "list-item")`, false)
	b.do(t, chromedp.SendKeys("#text", "#7 nobody"))
	expect(t, b, shown, 0)
	expect(t, b, `document.getElementById("matches").value`, fmt.Sprintf("0 of %d shown", all))
	expect(t, b, `document.querySelector("#handshakes h3").checkVisibility()`, false)
	b.script(t, `filter.reset(); filter.elements.text.focus()`)
	b.do(t, chromedp.KeyEvent("ALICE kerberos"))
	some := ask[int](t, b, shown)
	if some == 0 || some == all {
		t.Errorf("%d of %d rows have both words", some, all)
	}
	b.script(t, `filter.reset(); filter.elements.outcome.value = "failed"; filter.dispatchEvent(new Event("input"))`)
	expect(t, b, `[...document.querySelectorAll(".handshakes > li")].every((row) => row.hidden === (row.dataset.o !== "failed"))`, true)
	b.script(t, `filter.reset(); filter.dispatchEvent(new Event("input"))`)
	b.do(t, chromedp.Click("#open"))
	expect(t, b, `[...document.querySelectorAll(".handshakes > li > details")].every((d) => d.open)`, true)
	b.do(t, chromedp.Click("#close"))
	expect(t, b, `[...document.querySelectorAll(".handshakes > li > details")].some((d) => d.open)`, false)
	wrong(t, b, "filter")
}

// count counts the authentications of a report.
func count(r *analysis.Report) *report.Inventory {
	counter := inventory.NewCounter("", 0)
	for _, h := range r.Handshakes {
		counter.Sink().Handshake(h)
	}
	return &report.Inventory{View: inventory.All, Counter: counter, Summary: r.Summary}
}

// The groups of an inventory are filtered alike.
func filterGroups(t *testing.T, b *browser, file string) {
	b.open(t, file)
	const shown = `document.querySelectorAll(".groups > tr:not([hidden])").length`
	all := ask[int](t, b, shown)
	if all < 2 {
		t.Fatalf("%d rows", all)
	}
	b.do(t, chromedp.SendKeys("#text", "nobody"))
	expect(t, b, shown, 0)
	expect(t, b, `document.getElementById("matches").value`, fmt.Sprintf("0 of %d shown", all))
	b.script(t, `filter.reset(); filter.elements.mechanism.value = "kerberos"; filter.dispatchEvent(new Event("input"))`)
	expect(t, b, `[...document.querySelectorAll(".groups > tr")].every((row) => row.checkVisibility() === (row.dataset.m === "kerberos"))`, true)
	if some := ask[int](t, b, shown); some == 0 || some == all {
		t.Errorf("%d of %d rows are of Kerberos", some, all)
	}
	wrong(t, b, "filter of groups")
}

// A link unfolds what it leads to, and a display filter can be copied.
func links(t *testing.T, b *browser, file string) {
	b.open(t, file)
	expect(t, b, `document.querySelector("#checks details").open`, false)
	b.do(t, chromedp.Click(`#findings .meta a`))
	b.await(t, `document.querySelector(location.hash || "body").open`)
	b.script(t, `said = []; copy = document.querySelector("#findings .filter button");
		new MutationObserver(() => said.push(copy.textContent)).observe(copy, {childList: true})`) // what it says is soon over
	b.do(t, chromedp.Click(`#findings .filter button`))
	b.await(t, `said.includes("Copied") || said.includes("Selected")`)
	wrong(t, b, "links")
}

const a4 = 673 // pixels between the margins of the paper

// Pages of tables fit on paper.
func onPaper(t *testing.T, b *browser, file string) {
	b.do(t, chromedp.EmulateViewport(a4, 20_000))
	media(t, b, "print", "dark")
	defer media(t, b, "screen", "light")
	b.open(t, file)
	wrong(t, b, "paper", "badLayout", "poorContrast")
}

// On paper the colours are those of paper, and what was not let in is unfolded.
func prints(t *testing.T, b *browser, file string) {
	b.do(t, chromedp.EmulateViewport(a4, 20_000))
	media(t, b, "print", "dark")
	defer media(t, b, "screen", "light")
	b.open(t, file)
	expect(t, b, `getComputedStyle(document.body).backgroundColor`, "rgb(255, 255, 255)")
	expect(t, b, `[...document.querySelectorAll("nav, .controls, .filter button")].some((e) => e.checkVisibility())`, false)
	b.script(t, `document.querySelectorAll("#handshakes > ul > li > details").forEach((d) => { d.open = false; })`)
	expect(t, b, `document.querySelector(".handshakes > .out .ladder li").checkVisibility()`, true)
	expect(t, b, `document.querySelector("#checks .body").checkVisibility()`, true)
	wrong(t, b, "print", "badLayout", "poorContrast")
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Error("it cannot be printed")
	}
}

// Without script everything is there, and nothing that would need it.
func noScript(t *testing.T, b *browser, file string) {
	call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	defer call(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	b.open(t, file)
	expect(t, b, `[...document.querySelectorAll("form, button")].some((e) => e.checkVisibility())`, false)
	expect(t, b, `document.querySelector(".handshakes > li .ladder li").checkVisibility()`, true)
	expect(t, b, `getComputedStyle(document.querySelector("main")).maxWidth !== "none"`, true)
}

// A name is text, whatever is in it.
func hostile(t *testing.T, b *browser, r *analysis.Report) {
	const name = `</style></script></title></pre></svg><script>window.taken = 1</script><img src=x onerror="window.taken = 1">` +
		"\" onfocus=\"window.taken = 1\" autofocus x='<base href=http://192.0.2.1/>" + "\u202e\u2066<a href=javascript:taken=1>"
	for _, h := range r.Handshakes {
		h.User, h.Host, h.URL, h.SPN, h.Program, h.OutcomeReason = name, name, name, name, name, name
		for _, l := range h.Legs {
			l.Request.Method, l.Request.Target, l.ErrorText = name, name, name
		}
	}
	for _, f := range r.Findings {
		f.Message, f.Cause, f.Filter, f.Causes, f.Fix = name, name, name, []string{name}, []string{name}
	}
	b.open(t, save(t, r))
	expect(t, b, `window.taken === undefined`, true)
	expect(t, b, `document.querySelectorAll("img, base, main script, [autofocus], a:not([href^='#'])").length`, 0)
	expect(t, b, `document.querySelector("#findings h3").textContent`, report.Printable(name)+".")
	b.script(t, `document.querySelectorAll("details").forEach((d) => { d.open = true; })`)
	wrong(t, b, "hostile", "badLayout", "badStructure", "badHeadings")
	expect(t, b, `document.querySelectorAll("body > footer").length`, 1)
}
