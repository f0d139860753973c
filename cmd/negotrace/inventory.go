package main

import (
	"os"

	"github.com/spf13/cobra"

	"negotrace/analysis/correlate"
	"negotrace/analysis/inventory"
	"negotrace/analysis/report"
)

const aboutInventory = `inventory counts who authenticates to what, and how: by server, service
principal name, client, user and program, with the mechanism, its version, and
why it was not Kerberos with AES.

table and html put the clients of a server together; csv, ndjson and json have
every one; json says besides what was read, what of it could not be seen, and
what --host and its like narrowed it to. Counts are exact however many there
are: what does not fit into memory goes to files in the directory of --work.`

const examplesInventory = `  negotrace inventory captures/
  negotrace inventory --view ntlm captures/          what breaks if NTLM is off
  negotrace inventory --view rc4 --format csv ring*  the same for RC4, as rows`

// inventory returns the command that counts authentications.
func (t *tool) inventory() *cobra.Command {
	in, narrow := &inputFlags{}, &filterFlags{}
	view := &choice{value: string(inventory.All), of: []string{string(inventory.All), string(inventory.NTLM), string(inventory.RC4)}}
	work := ""
	c := &cobra.Command{
		Use:                   "inventory [flags] FILE...",
		Short:                 "Count who still uses what, and why",
		Long:                  aboutInventory,
		Example:               examplesInventory,
		Annotations:           formatsThat(func(f report.Format) bool { return f.Inventory != nil }),
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			format, err := t.formatFor(c)
			if err != nil {
				return err
			}
			if work != "" {
				if _, err := os.ReadDir(work); err != nil {
					return err
				}
			}
			filter, err := narrow.filter(t.options().Zone)
			if err != nil {
				return err
			}
			counter := inventory.NewCounter(work, 0)
			r, err := t.read(c.Context(), args, in, correlate.Options{Filter: filter, AllFindings: true, Sink: counter.Sink(), OmitLists: true})
			if r == nil {
				return err
			}
			t.warnNoMatch(r, "")
			return writeResult(t, format.Inventory, &report.Inventory{Tool: r.Tool, Inputs: r.Inputs, View: inventory.View(view.value), Counter: counter, Summary: r.Summary}, t.options())
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.Var(view, "view", "`VIEW`: all, ntlm, rc4\n(ntlm: what breaks without it;\nrc4: what breaks without RC4 and DES)")
	f.StringVar(&work, "work", "", "`DIRECTORY` for what does not fit into memory")
	in.flags(f)
	t.display.times(f)
	f.AddFlagSet(narrow.flags())
	return c
}
