package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
)

// A proof is what it takes to know that what was written says what the originals say.
type proof struct {
	originals, written []capture.Source // under the same names
	names              *pseudonym.Names
	secrets            *httpstream.Secrets
	opened             bool // packets were made of what is in TLS or HTTP/2
	// found are findings that differ where packets are missing, see sameStory.
	found []string
}

// prove reads what was written again. Its report must be that of the originals, with names
// replaced; where packets were made, of the originals with these packets. Then what the
// originals say when they are opened must be in it as well, see sameStory. No replaced name may
// be in what was written.
func (p *proof) prove(ctx context.Context) error {
	sources := p.originals
	if p.opened {
		sources = capture.Plain(ctx, p.originals, p.secrets)
	}
	originals, err := reportOn(ctx, sources)
	if err != nil {
		return err
	}
	redacted, err := reportOn(ctx, p.written)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err := sameReport(originals, redacted, p.names); err != nil {
		return err
	}
	if p.opened {
		if err := p.sameStory(ctx); err != nil {
			return err
		}
	}
	for _, s := range p.written {
		if err := noNamesIn(s, p.names); err != nil {
			return err
		}
	}
	return nil
}

// reportOn analyses sources, without any keys, and returns the report as JSON.
func reportOn(ctx context.Context, sources []capture.Source) (io.ReadCloser, error) {
	r, err := diagnosis.Read(ctx, sources, diagnosis.Options{Capture: capture.Options{Sealed: true}})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(report.Formats(), func(f report.Format) bool { return f.Name == "json" })
	in, out := io.Pipe()
	go func() {
		out.CloseWithError(report.Formats()[i].Report(out, r, report.Options{}))
	}()
	return in, nil
}

// notCompared are the members of a report that name a file, or that are made of addresses or
// nonces.
var notCompared = []string{"inputs", "tool", "exit", "damage", "community_id", "community_ids", "nonce", "filter",
	"packets", "record of something else than a packet"} // formats count them otherwise

// maxDifferences is how many differences are said.
const maxDifferences = 3

// sameReport compares two reports, the first one with names replaced. Of the summary the order
// does not count: hosts that are counted there are sorted by their names.
func sameReport(original, redacted io.ReadCloser, names *pseudonym.Names) error {
	defer original.Close()
	defer redacted.Close()
	a, b := leavesOf(original), leavesOf(redacted)
	var different []string
	var summary [2][]leaf
	for len(different) < maxDifferences {
		x, errX := a.beyond("summary/", &summary[0])
		y, errY := b.beyond("summary/", &summary[1])
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

// differences pairs values, in whatever order, and says which have no partner.
func differences(a, b []leaf, names *pseudonym.Names) (different []string) {
	for _, x := range a {
		i := slices.IndexFunc(b, func(y leaf) bool { return x.same(y, names) })
		if i < 0 {
			different = append(different, fmt.Sprintf("%s: %q is gone", x.path, x.value))
			continue
		}
		b = slices.Delete(b, i, i+1)
	}
	for _, y := range b {
		different = append(different, fmt.Sprintf("%s: %q is new", y.path, y.value))
	}
	return different[:min(len(different), maxDifferences)]
}

// A leaf is a value of a report, and where it is.
type leaf struct{ path, value string }

// same reports whether a value of the redacted report is that of the original: it is as long,
// and each word is the same, its pseudonym, or noise.
func (x leaf) same(y leaf, names *pseudonym.Names) bool {
	return (x.path == y.path || names.Stands(x.path, y.path)) && (x.value == y.value || names.Stands(x.value, y.value) || isToken(x.value) && isToken(y.value) && len(x.value) == len(y.value))
}

// isToken reports whether a value is a token in base64: what it says is in the report field by
// field where it can be read.
func isToken(value string) bool {
	return len(value) >= 40 && strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == ""
}

// A leaves goes over the values of a report, in their order.
type leaves struct {
	d     *json.Decoder
	open  []json.Delim
	keys  []string
	isKey bool
}

func leavesOf(r io.Reader) *leaves { return &leaves{d: json.NewDecoder(r)} }

// ends is the value of the end of an object or a list.
const ends = "end"

// beyond returns the next value whose path does not begin so, the zero leaf at the end, and
// adds those that do to within.
func (w *leaves) beyond(prefix string, within *[]leaf) (leaf, error) {
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
func (w *leaves) next() (leaf, error) {
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
			return leaf{strings.Join(w.keys, "/"), fmt.Sprint(token)}, nil
		}
	}
}

// isSkipped reports whether the place is inside of what is not compared.
func (w *leaves) isSkipped() bool {
	return slices.ContainsFunc(w.keys, func(k string) bool { return slices.Contains(notCompared, k) })
}

// errByChance is of a name that is in the noise.
var errByChance = errors.New("a name is in the redacted capture")
