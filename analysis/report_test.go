package analysis

import "testing"

// TestGravity holds that a headline is as grave as the worst that follows from what it speaks of.
func TestGravity(t *testing.T) {
	t.Parallel()
	cause, other := &Finding{ID: 1, Severity: Warning}, &Finding{ID: 2, Severity: Error}
	effect := &Finding{ID: 3, Severity: Error, RootID: 1}
	r := &Report{Findings: []*Finding{cause, other}}
	if got := r.Gravity(cause); got != Warning {
		t.Errorf("alone: %v", got)
	}
	r.Findings = append(r.Findings, effect)
	if got := r.Gravity(cause); got != Error {
		t.Errorf("with its effect: %v", got)
	}
}
