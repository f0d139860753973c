package redact

import (
	"bytes"
	"slices"
	"testing"

	"negotrace/internal/testcost"
)

// TestNameAnywhere puts a name at any place of messages, between what is there or over it, so that
// lengths are wrong and structures end too early.
func TestNameAnywhere(t *testing.T) {
	t.Parallel()
	all := streams()
	for name := range all {
		all[name] = withOther(all[name])
	}
	for name, messages := range rarePlaces(other) {
		all[name] = messages
	}
	for name, messages := range all {
		for k, m := range messages {
			for at := 1; at < len(m); at += testcost.Step(17) {
				for _, end := range []int{at, min(at+len(canary), len(m))} {
					changed := slices.Clone(messages)
					changed[k] = m[:at] + canary + m[end:]
					out := bytes.ToLower(bytes.Join(redacted(t, linkRaw, talked(1460, changed...)), nil))
					for _, part := range []string{"canary", "y7zebr", "7zebra"} {
						if i := bytes.Index(out, []byte(part)); i >= 0 {
							t.Errorf("%s: message %d with a name at %d: %q", name, k, at, out[max(i-30, 0):min(i+20, len(out))])
							break
						}
					}
				}
			}
		}
	}
}
