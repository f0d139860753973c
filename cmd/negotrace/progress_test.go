package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestBar holds that the bar shows bytes, rate and time left, that nothing of it is
// left on the line in the end, and nothing is drawn after that.
func TestBar(t *testing.T) {
	for _, total := range []int64{200e6, 0} {
		var out bytes.Buffer
		b := &bar{delayed: delayed{w: &out, from: time.Time{}}}
		b.show(20e6, total)
		for read := int64(20e6); read < 100e6; read += 20e6 {
			b.show(read, total)
		}
		shown := out.String()
		for _, want := range []string{"reading", "MB"} {
			if !strings.Contains(shown, want) {
				t.Errorf("of %d bytes: %q is not shown: %q", total, want, shown)
			}
		}
		if total > 0 && !strings.Contains(shown, "/200 MB") {
			t.Errorf("the total is not shown: %q", shown)
		}
		b.clear()
		lines := strings.Split(strings.TrimRight(out.String(), "\r"), "\r")
		if last := lines[len(lines)-1]; strings.TrimSpace(last) != "" {
			t.Errorf("of %d bytes: left on the line: %q", total, last)
		}
	}
}

// TestBarSilent holds that what is done soon shows no bar, nor does what writes to no
// terminal.
func TestBarSilent(t *testing.T) {
	var out bytes.Buffer
	soon := &bar{delayed: delayed{w: &out, from: time.Now().Add(time.Hour)}}
	soon.show(1, 2)
	soon.clear()
	file := newBar(&out)
	file.delayed.from = time.Time{}
	file.show(1, 2)
	file.clear()
	if out.Len() > 0 {
		t.Errorf("shown: %q", out.String())
	}
}
