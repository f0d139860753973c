package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"negotrace/analysis"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
)

// A proof checks that the reports of the written files equal those of the originals.
type proof struct {
	originals, written []capture.Source // under the same names
	names              *pseudonym.Names
	secrets            *httpstream.Secrets
	opened             bool // packets were made of what is in TLS or HTTP/2
	// found are findings that differ where packets are missing, see sameStory.
	found []string
	// original is the report of the originals as they are, which can be made meanwhile; nil if
	// it was not asked for.
	original chan reportOrError
}

// A reportOrError is a report, or why there is none.
type reportOrError struct {
	report *analysis.Report
	err    error
}

// reportMeanwhile analyses sources in a goroutine.
func reportMeanwhile(ctx context.Context, sources []capture.Source) chan reportOrError {
	out := make(chan reportOrError, 1)
	go func() {
		r, err := reportOn(ctx, sources)
		out <- reportOrError{r, err}
	}()
	return out
}

// prove reads what was written again. Its report must be that of the originals, with names
// replaced; where packets were made, of the originals with these packets, and of the originals
// when they are opened, see sameStory. No replaced name may be in what was written.
func (p *proof) prove(ctx context.Context) error {
	var redacted *analysis.Report
	var errRedacted, errNames error
	both := sync.WaitGroup{}
	both.Go(func() {
		redacted, errRedacted = reportOn(ctx, p.written)
		for _, s := range p.written {
			errNames = errors.Join(errNames, checkNoNames(s, p.names))
		}
	})
	original, err := p.reportOnOriginals(ctx)
	both.Wait()
	if err := errors.Join(err, errRedacted); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err := (comparison{names: p.names}).same(original, redacted); err != nil {
		return err
	}
	if p.opened {
		if err := p.compareOpened(ctx, redacted); err != nil {
			return err
		}
	}
	return errNames
}

// reportOnOriginals returns the report of the originals, with the packets that were made.
func (p *proof) reportOnOriginals(ctx context.Context) (*analysis.Report, error) {
	switch {
	case p.opened:
		return reportOn(ctx, capture.WithPlainCopies(ctx, p.originals, p.secrets))
	case p.original != nil:
		r := <-p.original
		p.original <- r // for another attempt
		return r.report, r.err
	}
	return reportOn(ctx, p.originals)
}

// reportOn analyses sources, without any keys.
func reportOn(ctx context.Context, sources []capture.Source) (*analysis.Report, error) {
	return diagnosis.Read(ctx, sources, diagnosis.Options{Capture: capture.Options{IgnoreCaptureSecrets: true}})
}

// asJSON returns a report as JSON.
func asJSON(r *analysis.Report) io.ReadCloser {
	i := slices.IndexFunc(report.Formats(), func(f report.Format) bool { return f.Name == "json" })
	in, out := io.Pipe()
	go func() {
		out.CloseWithError(report.Formats()[i].Report(out, r, report.Options{}))
	}()
	return in
}

// A comparison is how reports are compared.
type comparison struct {
	names      *pseudonym.Names
	renumbered bool // frames and streams have other numbers
}

// notCompared are the members of a report that name a file, or that are made of addresses or
// nonces.
var notCompared = []string{"inputs", "tool", "exit", "damage", "community_id", "community_ids", "nonce", "filter",
	"packets", "record of something else than a packet"} // formats count them otherwise

// maxDifferences is how many differences are said.
const maxDifferences = 3

// same compares two reports, the first one with names replaced. Of the summary the order does
// not count: hosts that are counted there are sorted by their names.
func (c comparison) same(x, y *analysis.Report) error {
	original, redacted := asJSON(x), asJSON(y)
	defer original.Close()
	defer redacted.Close()
	a, b := c.leavesOf(original), c.leavesOf(redacted)
	names := c.names
	var different []string
	var summary [2][]leaf
	for len(different) < maxDifferences {
		x, errX := a.nextOutside("summary/", &summary[0])
		y, errY := b.nextOutside("summary/", &summary[1])
		if err := errors.Join(errX, errY); err != nil {
			return err
		}
		if x == y && x.path == "" {
			different = append(different, differences(summary[0], summary[1], names)...)
			break
		}
		if !x.same(y, names) {
			different = append(different, fmt.Sprintf("%s: %q is %s: %q", x.path, x.value, y.path, y.value))
			if x.path != y.path {
				break
			}
		}
	}
	if len(different) == 0 {
		return nil
	}
	return fmt.Errorf("the redacted capture would not say what the original says, and was not kept: %s", strings.Join(different, "; "))
}

// differences pairs equal values, in any order, and lists those without a partner.
func differences(a, b []leaf, names *pseudonym.Names) []string {
	gone, more := unmatched(a, b, names)
	different := append(gone, more...)
	return different[:min(len(different), maxDifferences)]
}

// unmatched lists the values of a and of b that have no partner.
func unmatched(a, b []leaf, names *pseudonym.Names) (gone, more []string) {
	for _, x := range a {
		i := slices.IndexFunc(b, func(y leaf) bool { return x.same(y, names) })
		if i < 0 {
			gone = append(gone, fmt.Sprintf("%s: %q is gone", x.path, x.value))
			continue
		}
		b = slices.Delete(b, i, i+1)
	}
	for _, y := range b {
		more = append(more, fmt.Sprintf("%s: %q is new", y.path, y.value))
	}
	return gone, more
}

// A leaf is a value of a report, and where it is.
type leaf struct{ path, value string }

// same reports whether a value of the redacted report is that of the original: it is as long,
// and each word is the same, its pseudonym, or noise.
func (x leaf) same(y leaf, names *pseudonym.Names) bool {
	return (x.path == y.path || names.MayReplace(x.path, y.path)) && (x.value == y.value || names.MayReplace(x.value, y.value) || isToken(x.value) && isToken(y.value) && len(x.value) == len(y.value))
}

// isToken reports whether a value is a token in base64: what it says is in the report field by
// field where it can be read.
func isToken(value string) bool {
	return len(value) >= 40 && strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == ""
}

// A valueReader reads the values of a report in JSON, in order.
type valueReader struct {
	d     *json.Decoder
	open  []json.Delim
	keys  []string
	isKey bool

	renumbered bool // see comparison
}

func (c comparison) leavesOf(r io.Reader) *valueReader {
	return &valueReader{d: json.NewDecoder(r), renumbered: c.renumbered}
}

// ends is the value of the end of an object or a list.
const ends = "end"

// nextOutside returns the next value whose path does not begin with prefix, the zero leaf at
// the end. Those that do are added to within.
func (w *valueReader) nextOutside(prefix string, within *[]leaf) (leaf, error) {
	for {
		x, err := w.next()
		switch {
		case err == io.EOF:
			return leaf{}, nil
		case err != nil || !strings.HasPrefix(x.path, prefix):
			return x, err
		}
		if x.value != ends {
			*within = append(*within, x)
		}
	}
}

// next returns the next value that is compared.
func (w *valueReader) next() (leaf, error) {
	for {
		token, err := w.d.Token()
		if err != nil {
			return leaf{}, err
		}
		if d, ok := token.(json.Delim); ok {
			switch d {
			case '{', '[':
				w.open = append(w.open, d)
				w.keys = append(w.keys, "")
			default:
				w.open, w.keys = w.open[:len(w.open)-1], w.keys[:len(w.keys)-1]
			}
			w.isKey = len(w.open) > 0 && w.open[len(w.open)-1] == '{'
			if d == '{' || d == '[' || w.isSkipped() {
				continue
			}
			return leaf{strings.Join(w.keys, "/"), ends}, nil
		}
		if w.isKey {
			w.keys[len(w.keys)-1] = fmt.Sprint(token)
			w.isKey = false
			continue
		}
		w.isKey = len(w.open) > 0 && w.open[len(w.open)-1] == '{'
		if !w.isSkipped() {
			return leaf{strings.Join(w.keys, "/"), w.text(token)}, nil
		}
	}
}

// isSkipped reports whether the place is inside of what is not compared.
func (w *valueReader) isSkipped() bool {
	isIn := func(all []string) bool {
		return slices.ContainsFunc(w.keys, func(k string) bool { return slices.Contains(all, k) })
	}
	return isIn(notCompared) || w.renumbered && (isIn(movedMembers) || slices.Contains(movedMembers, strings.Join(w.keys, "/")))
}

// text returns a value as it is compared.
func (w *valueReader) text(token json.Token) string {
	text := fmt.Sprint(token)
	if w.renumbered {
		return withoutNumbers(text)
	}
	return text
}

// errNameInNoise is the error of a replaced name that is in the noise by chance.
var errNameInNoise = errors.New("a name is in the redacted capture")
