package main

import (
	"runtime/debug"
	"testing"
)

func TestCommit(t *testing.T) {
	t.Parallel()
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	for want, settings := range map[string][]debug.BuildSetting{
		"":                     {{Key: "vcs.modified", Value: "true"}},
		"0123456789ab":         {revision, {Key: "vcs.modified", Value: "false"}},
		"0123456789ab+changes": {revision, {Key: "vcs.modified", Value: "true"}},
	} {
		if got := commit(settings); got != want {
			t.Errorf("%v: %q, want %q", settings, got, want)
		}
	}
}
