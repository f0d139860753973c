package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/capture"
	"negotrace/internal/diagnosis"
)

// What is in TLS is written as a connection without TLS, so that a report of it cannot be the
// same in all: ports, URLs and numbers of frames differ, there are no channel bindings and
// certificates, and passwords go in the clear. What counts is the same: each handshake, by
// whom, to whom, how, and with which outcome, and each finding that TLS has no part in.

// aboutTLS are checks that say something of TLS, or that find else what these explain.
var aboutTLS = []string{"cleartext-auth-exposure", "ntlm-cbt-mismatch", "ntlm-no-channel-binding", "extended-protection-suspected"}

// sameStory compares what the originals say when TLS is opened with what was written.
func (p *proof) sameStory(ctx context.Context) error {
	original, err := diagnosis.Read(ctx, p.originals, diagnosis.Options{Capture: capture.Options{Secrets: p.secrets}})
	if err != nil {
		return err
	}
	written, err := diagnosis.Read(ctx, p.written, diagnosis.Options{Capture: capture.Options{Sealed: true}})
	if err != nil {
		return err
	}
	different := differences(handshakesOf(original), handshakesOf(written), p.names)
	found := differences(findingsOf(original), findingsOf(written), p.names)
	if c := original.Summary.Counters; c.Gaps+c.Cut > 0 || c.LostBytes > 0 {
		p.found = found
	} else {
		different = append(different, found...)
	}
	if len(different) == 0 {
		return nil
	}
	return fmt.Errorf("the redacted capture would not say what the original says when it is opened, and was not kept: %s", strings.Join(different, "; "))
}

// handshakesOf is what a report says of handshakes that does not depend on TLS. Where packets are
// missing, TLS hides more than they held: of such a handshake nothing is compared.
func handshakesOf(r *analysis.Report) (all []leaf) {
	for _, h := range r.Handshakes {
		if h.Complete {
			said := []string{string(h.Target), h.Scheme, string(h.Mechanism), string(h.Outcome), h.Host, h.User, h.SPN, strings.Join(h.Offered, " ")}
			all = append(all, leaf{"handshake", strings.Join(said, ", ")})
		}
	}
	return all
}

// findingsOf is the same of findings.
func findingsOf(r *analysis.Report) (all []leaf) {
	whole := map[int]bool{0: true}
	for _, h := range r.Handshakes {
		whole[h.ID] = h.Complete
	}
	for _, f := range r.Findings {
		if whole[f.Handshake] && !slices.Contains(aboutTLS, f.Check) && topicOf(r, f.Check) != analysis.View {
			all = append(all, leaf{"finding", fmt.Sprintf("%s, %s, %d times", f.Check, f.Variant, f.Count)})
		}
	}
	return all
}

// topicOf is what the findings of a check are about.
func topicOf(r *analysis.Report, name string) analysis.Topic {
	for _, c := range r.Checks {
		if c.Name == name {
			return c.Topic
		}
	}
	return ""
}
