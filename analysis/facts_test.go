package analysis

import (
	"slices"
	"testing"

	"negotrace/analysis/fact"
)

// TestSystemFacts expects advice for Windows only where the client does not name another
// system.
func TestSystemFacts(t *testing.T) {
	zone := Advice{Text: "zone", If: []fact.Fact{fact.ClientChromium, fact.OnWindows}}
	for userAgent, want := range map[string]bool{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36":       true,
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36":                 false,
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36": false,
		"Chrome/156.0.0.0": true, // it does not say
	} {
		facts := append([]fact.Fact{clientFact(userAgent)}, systemFacts(userAgent)...)
		got, _ := zone.fits(facts)
		if got != want {
			t.Errorf("%s: advice for Windows fits: %v, want %v", userAgent, got, want)
		}
	}
	if facts := systemFacts("curl/8.5.0"); slices.Contains(facts, fact.OnUnix) {
		t.Error("curl names no system")
	}
}

// TestRecorderFacts holds that a program that records itself is known, and one that records others is not taken for
// the client.
func TestRecorderFacts(t *testing.T) {
	for program, want := range map[string][]fact.Fact{
		"curl": {fact.ClientCurl}, "Firefox": {fact.ClientFirefox}, "Python's requests": {fact.ClientPython}, "Java's java.net.http": {fact.ClientJava},
		".NET's HttpClient": {fact.ClientDotNet}, "mitmproxy": nil, "haproxy": nil, "": nil,
	} {
		if got := recorderFacts(program); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", program, got, want)
		}
	}
}
