// Package browser opens reports in Chromium, as their readers do.
package browser

import (
	"bytes"
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/tokens"
)

const captures = "../../testdata/"

// patience is how long Chromium may take for a step, on a machine that does much else.
const patience = 4 * time.Minute

// audit defines functions that look at a page and return what is wrong with it.
//
//go:embed audit.js
var audit string

// A browser is one Chromium with one tab, in which all tests of the package take turns.
type browser struct {
	ctx        context.Context
	mu         sync.Mutex
	complaints []string // of the page: errors on its console, refusals of its policy
}

// start starts Chromium. The test is skipped where there is none.
func start(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("NEGOTRACE_REQUIRE_CHROMIUM") != "" {
			t.Fatal("no Chromium")
		}
		t.Skip("no Chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-software-rasterizer", true), // starts no process that stands for a graphics card
		chromedp.WSURLReadTimeout(patience))
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{ctx: ctx}
	err := chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			b.complaints = append(b.complaints, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			b.complaints = append(b.complaints, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			b.complaints = append(b.complaints, "the page wrote to the console")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	call(t, b, log.Enable, cdp.Empty{})
	return b
}

// do lets the browser take steps, one after the other.
func (b *browser) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// call gives the browser a command of its protocol.
func call[P, R any](t *testing.T, b *browser, command cdp.Command[P, R], params P) R {
	t.Helper()
	result, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// open opens a file.
func (b *browser) open(t *testing.T, file string) {
	t.Helper()
	b.mu.Lock()
	b.complaints = nil
	b.mu.Unlock()
	b.do(t, chromedp.Navigate("file://"+file))
	b.script(t, audit)
}

// script runs a script in the page.
func (b *browser) script(t *testing.T, script string) {
	t.Helper()
	ask[any](t, b, script+"\n;null")
}

// ask returns what an expression is in the page.
func ask[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

// expect reports an expression that is not what it should be.
func expect[T comparable](t *testing.T, b *browser, expression string, want T) {
	t.Helper()
	if got := ask[T](t, b, expression); got != want {
		t.Errorf("%s is %v, want %v", expression, got, want)
	}
}

// await waits until an expression is true.
func (b *browser) await(t *testing.T, expression string) {
	t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience))); err != nil {
		t.Errorf("%s: %v", expression, err)
	}
}

// analyse reads captures of testdata, with the secrets that lie beside them.
func analyse(t *testing.T, names ...string) *analysis.Report {
	t.Helper()
	decoder, secrets := tokens.Decoder{Fields: true}, &httpstream.Secrets{}
	var paths []string
	for _, name := range names {
		paths = append(paths, captures+name)
		base, _, _ := strings.Cut(name, ".")
		if b, err := os.ReadFile(captures + base + ".keytab"); err == nil {
			if decoder.Keytab, err = tokens.ParseKeytab(b); err != nil {
				t.Fatal(err)
			}
		}
		if b, err := os.ReadFile(captures + base + ".keylog"); err == nil {
			if err := secrets.Read(bytes.NewReader(b)); err != nil {
				t.Fatal(err)
			}
		}
	}
	sources, err := capture.Open(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	trace := correlate.NewTrace(correlate.Options{Decoder: decoder, Checks: checks.All()})
	counters, err := capture.Read(t.Context(), sources, capture.Sink{
		Exchange: trace.Exchange, Conn: trace.Conn, Kerberos: trace.Kerberos, DNS: trace.DNS,
	}, capture.Options{Secrets: secrets, Decoder: decoder})
	if err != nil {
		t.Fatal(err)
	}
	return trace.Report(counters)
}

// save writes a report as HTML into a file.
func save(t *testing.T, r *analysis.Report) string {
	t.Helper()
	return saved(t, html().Report, r)
}

// html returns the format of pages.
func html() report.Format {
	all := report.Formats()
	return all[slices.IndexFunc(all, func(f report.Format) bool { return f.Name == "html" })]
}

// saved writes a result into a file.
func saved[T any](t *testing.T, write report.Writer[T], result T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := write(f, result, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return path
}
