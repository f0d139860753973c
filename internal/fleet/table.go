package fleet

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis/report"
)

// A Row is a row of a table: its place in the order of rows, and the record.
type Row struct {
	versioned
	Order  string          `json:"order"`
	Record json.RawMessage `json:"row,omitempty"`
}

// A tableName is the name of a table and of its files.
type tableName string

// The tables.
const (
	handshakeTable tableName = "handshakes"
	kdcTable       tableName = "kdc"
	dnsTable       tableName = "dns"
	findingTable   tableName = "findings"
	inventoryTable tableName = "inventory"
	joinTable      tableName = "joins"
	captureTable   tableName = "captures"
	setTable       tableName = "sets"
)

// shard returns the key of the rows in one shard of a table.
func (t tableName) shard(n int) string { return string(t) + " " + strconv.Itoa(n) }

// Shards returns the keys of all shards. Each has files, even without rows.
func Shards(shards int) []string {
	var all []string
	for _, t := range tables {
		for n := range shards {
			all = append(all, t.name.shard(n))
		}
	}
	return all
}

// EmptyRow returns a row that only says that its shard exists.
func EmptyRow() []byte { return encode(&Row{versioned: versioned{version}}) }

// FileName returns the name of a file with a shard: handshakes-00000-of-00001.ndjson.
func FileName(key string, shards int, format string) (string, error) {
	name, n, err := shardOf(key)
	return fmt.Sprintf("%s-%05d-of-%05d.%s", name, n, shards, format), err
}

func shardOf(key string) (tableName, int, error) {
	name, n, _ := strings.Cut(key, " ")
	number, err := strconv.Atoi(n)
	if err != nil {
		return "", 0, fmt.Errorf("%q names no shard", key)
	}
	return tableName(name), number, nil
}

// WriteShard writes the rows of a shard in order, as lines of JSON and as CSV. Rows that come
// twice are written once, so that repeated work changes nothing.
func WriteShard(key string, records iter.Seq[[]byte], ndjson, table io.Writer) error {
	name, _, err := shardOf(key)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(tables, func(t tableOf) bool { return t.name == name })
	if i < 0 {
		return fmt.Errorf("there is no table %q", name)
	}
	var rows []*Row
	for b := range records {
		r, err := decode[Row](b)
		if err != nil {
			return err
		}
		if r.Record != nil {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b *Row) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), slices.Compare(a.Record, b.Record))
	})
	rows = slices.CompactFunc(rows, func(a, b *Row) bool {
		return a.Order == b.Order && (name == joinTable || slices.Equal(a.Record, b.Record))
	})
	out := csv.NewWriter(table)
	out.UseCRLF = true
	if err := out.Write(tables[i].columns); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := ndjson.Write(append(report.EscapeJSON(r.Record), '\n')); err != nil {
			return err
		}
		cells, err := tables[i].cells(r.Record)
		if err != nil {
			return err
		}
		for n := range cells {
			cells[n] = report.CSVCell(cells[n])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
