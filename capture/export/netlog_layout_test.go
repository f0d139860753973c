package export

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"negotrace/internal/testcost"
)

// TestUsualEvent reads each event of real logs as encoding/json reads it, and gives
// prefixes and every other order of members back to that.
func TestUsualEvent(t *testing.T) {
	t.Parallel()
	logs, err := filepath.Glob("../../testdata/*.netlog.json")
	if err != nil || len(logs) == 0 {
		t.Fatal("no NetLogs in testdata", err)
	}
	unexported := cmpopts.IgnoreUnexported(netlogEvent{})
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var log struct{ Events []json.RawMessage }
		if err := json.Unmarshal(text, &log); err != nil {
			t.Fatal(err)
		}
		for i, event := range log.Events {
			if i%testcost.Step(7) != 0 {
				continue
			}
			var want netlogEvent
			if err := json.Unmarshal(event, &want); err != nil {
				t.Fatal(err)
			}
			got, ok := usualEvent(event)
			if d := cmp.Diff(want, got, unexported); !ok || d != "" {
				t.Fatalf("%s: event %d: %v\n%s\n%s", path, i+1, ok, event, d)
			}
			if i%50 > 0 {
				continue
			}
			for n := 0; n < len(event); n += testcost.Step(3) {
				if _, ok := usualEvent(event[:n]); ok {
					t.Fatalf("%s is taken for an event", event[:n])
				}
			}
		}
	}
	for _, other := range []string{
		`{"type":1,"phase":1,"source":{"id":1,"type":1},"time":"1"}`, `{"phase":1.5,"source":{"id":1,"type":1},"time":"1","type":1}`,
		`{"params":{},"x":1,"phase":1,"source":{"id":1,"type":1},"time":"1","type":1,"y":1}`, `"phase":`, `x"phase":1`, `{"params":"phase":1,"source":{"id":1,"type":1},"time":"1","type":1}`,
	} {
		if e, ok := usualEvent([]byte(other)); ok && !json.Valid([]byte(other)) && !bytes.HasPrefix(e.Params, []byte("{")) {
			t.Errorf("%s is taken for an event", other)
		}
	}
}
