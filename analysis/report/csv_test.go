package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestCSV holds that there is a row for each handshake with the checks that found something
// on it, and that each line has all columns.
func TestCSV(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := streamCSV(&b, Options{Zone: time.FixedZone("east", 2*60*60)})
	r := many(3, 3)
	for i, h := range r.Handshakes {
		s.Handshake(h)
		if i > 0 {
			s.Finding(r.Findings[i])
			s.Finding(r.Findings[i])
		}
	}
	s.Finding(&analysis.Finding{Check: "of-none", Severity: analysis.Error})
	if err := s.End(&analysis.Report{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		got = append(got, strings.Join([]string{cells["id"], cells["time"], cells["user"], cells["outcome"], cells["warnings"], cells["errors"], cells["legs"]}, "|"))
	}
	want := []string{
		`1|2026-03-02T11:00:00+02:00|LAB\user0|succeeded|||3`,
		`2|2026-03-02T11:00:01+02:00|LAB\user1|succeeded|ntlm-authenticated||3`,
		`3|2026-03-02T11:00:02+02:00|LAB\user2|failed|ntlm-authenticated||3`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCSVFormulas holds that nothing of a capture begins a formula, and no cell becomes
// two.
func TestCSVFormulas(t *testing.T) {
	t.Parallel()
	for _, s := range append(nastyStrings, "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1", "\n@x", `a","=1+1`, "a\n=1+1", "-", "-1", "＝1+1", "＠x") {
		var b bytes.Buffer
		stream := streamCSV(&b, Options{})
		h := nasty(s).Handshakes[0]
		h.Start.Stream, h.Start.File = -1, httpstream.FileOf(s, s, httpstream.Frames)
		stream.Handshake(h)
		if err := stream.End(&analysis.Report{}); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(b.String(), "\r\n"); lines != 2 || strings.Count(b.String(), "\n") != 2 {
			t.Errorf("%q: %d lines", s, lines)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		for i, cell := range rows[1] {
			if strings.HasPrefix(cell, "-1") && len(cell) == 2 {
				continue // a number
			}
			if cell != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", []rune(cell)[0]) {
				t.Errorf("column %s of %q begins a formula: %q", rows[0][i], s, cell)
			}
		}
	}
}
