package analysis

import "testing"

func TestTargetAuthority(t *testing.T) {
	t.Parallel()
	for target, want := range map[string][2]string{
		"/a?b=c":                           {"", "/a?b=c"},
		"/logon?back=https://b.test/c":     {"", "/logon?back=https://b.test/c"},
		"/to/https://b.test/c":             {"", "/to/https://b.test/c"},
		"http://a.test/b?c=https://d.test": {"a.test", "/b?c=https://d.test"},
		"http://a.test:8080":               {"a.test:8080", "/"},
		"http://a.test?b=c":                {"a.test", "/?b=c"},
		"a.test:443":                       {"", "a.test:443"},
		"*":                                {"", "*"},
		"://a.test/b":                      {"", "://a.test/b"},
	} {
		if got := [2]string{TargetAuthority(target), PathOf(target)}; got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
}
