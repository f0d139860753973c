package capturetest

import (
	"slices"
	"testing"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	for sentence, want := range map[string][]string{
		"web answered 401 to alice":                             {"401"},
		"web refused it: KRB_AP_ERR_MODIFIED (41)":              {"KRB_AP_ERR_MODIFIED"},
		"the page has 401.1 0x8009030C":                         {"401.1", "0x8009030C"},
		"Chrome gave up with net::ERR_MISSING_AUTH_CREDENTIALS": {"ERR_MISSING_AUTH_CREDENTIALS"},
		`squid says "ERR_ACCESS_DENIED 0" and "answered 401"`:   nil,
		"web refused alice (403.4)":                             {"403.4"},
		"the ticket names 452 groups":                           nil,
	} {
		if got := Codes(sentence); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", sentence, got, want)
		}
	}
}
