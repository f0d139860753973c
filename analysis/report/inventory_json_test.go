package report

import (
	"encoding/json"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/inventory"
)

// TestInventoryJSON holds that the object has every entry of the view, as it is when it is
// written as a whole, and what the inventory was narrowed to.
func TestInventoryJSON(t *testing.T) {
	t.Parallel()
	for _, hosts := range []int{0, 1, maxInventory + 50} {
		i := inventoryOf("web", hosts)
		i.Summary.Filter = &analysis.Filtered{Text: "--host web*"}
		text := written(t, writeInventoryJSON, i)
		var got Inventory
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%v:\n%.500s", err, text)
		}
		if len(got.Entries) != hosts || got.View != inventory.NTLM || got.Summary.Filter == nil || got.Summary.Filter.Text != "--host web*" {
			t.Errorf("%d hosts: %d entries, view %q, filter %+v", hosts, len(got.Entries), got.View, got.Summary.Filter)
		}
		whole, err := encode(got, "")
		if err != nil || string(whole) != text {
			t.Errorf("%d hosts: %v, written differently as a whole:\n%.600s\nand entry by entry:\n%.600s", hosts, err, whole, text)
		}
	}
	if text := written(t, writeInventoryJSON, inventoryOf("a\u202eb\x1b[2J", 1)); strings.ContainsAny(text, "\u202e\x1b") {
		t.Errorf("characters that steer a terminal come through: %q", text)
	}
}
