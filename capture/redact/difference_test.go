package redact

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// other is a name that is as long as the canary, and written in the same case.
const other = "Wqbkjf3Pdghm"

// withOther returns messages with another name in place of the canary.
func withOther(messages []string) (all []string) {
	b64 := base64.StdEncoding.EncodeToString
	forms := strings.NewReplacer(canary, other, wide(canary), wide(other), netBIOS(canary), netBIOS(other),
		strings.ToLower(canary), strings.ToLower(other), strings.ToUpper(canary), strings.ToUpper(other), canary[:10], other[:10], canary[:4], other[:4], "\x00"+strings.Join(strings.Split(canary, ""), "\x00"), "\x00"+strings.Join(strings.Split(other, ""), "\x00"),
		b64([]byte(canary+":"+canary)), b64([]byte(other+":"+other)), b64([]byte(canary)), b64([]byte(other)),
		b64([]byte(`{"alg":"`+canary+`"}`)), b64([]byte(`{"alg":"`+other+`"}`)), b64([]byte(`{"sub":"`+canary+`"}`)), b64([]byte(`{"sub":"`+other+`"}`)))
	for _, m := range messages {
		all = append(all, forms.Replace(m))
	}
	return all
}

// TestOtherNamesMakeNoDifference holds that captures which differ only in names and secrets of
// the same form become the same to the byte: nothing of them can be left in any form.
func TestOtherNamesMakeNoDifference(t *testing.T) {
	t.Parallel()
	check := func(name string, a, b [][]byte) {
		for i, one := range redacted(t, linkRaw, a) {
			two := redacted(t, linkRaw, b)[i]
			if at := firstDifference(one, two); at < len(one) {
				t.Errorf("%s: packet %d differs at %d: %q and %q", name, i, at, one[max(at-30, 0):min(at+30, len(one))], two[max(at-30, 0):min(at+30, len(two))])
			}
		}
	}
	for name, messages := range streams() {
		check(name, talked(1460, messages...), talked(1460, withOther(messages)...))
	}
	for i := range canaries() {
		check("canary "+canaries()[i][:12], talked(1460, canaries()[i]), talked(1460, withOther(canaries()[i:i+1])...))
	}
	for name, packet := range places() {
		check(name, [][]byte{packet}, [][]byte{[]byte(withOther([]string{string(packet)})[0])})
	}
}

// firstDifference returns where bytes differ.
func firstDifference(a, b []byte) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return max(len(a), len(bytes.TrimSpace(b)))
}
