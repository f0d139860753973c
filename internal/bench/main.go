// Command bench measures negotrace against cat, tcpdump and tshark on captures that it
// makes itself, and prints tables of the ratios.
//
//	go run ./internal/bench [-table speed] [-mb 256,1024,4096] [-mix mixed,short] [-rounds 7] [-tshark 1]
//	go run ./internal/bench -mb 256 -mix mixed [-pack gzip] -o FILE
//
// The tables are
//
//	speed   against the other programs; for the mix tls also against the crypto alone
//	packed  on what gzip and zstd make of the captures, against unpacking alone
//	cores   with one core and with two; the reports must be the same bytes
//
// The programs take turns on the same file in the page cache, and what is printed are
// medians of the ratios of neighbouring runs: other work on the machine slows both.
// With -o a capture is written and nothing measured. The same seed gives the same
// capture. The mix tls writes two more files beside it, of its secrets and of its sealed
// records.
//
// With -crypto or -unpack it is one of the programs that are measured: it opens sealed
// records and prints how long that took, or it unpacks a file and discards the result.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	list := f.String("table", "speed", "what to measure: "+strings.Join(names(tables, table.String), ", "))
	sizes := f.String("mb", "256", "sizes of the captures in MB, with commas between")
	kinds := f.String("mix", "mixed", "kinds of traffic: "+strings.Join(names(mixes, mix.String), ", "))
	seed := f.Uint64("seed", 1, "of the captures")
	file := f.String("o", "", "write one capture to this file, and measure nothing")
	pack := f.String("pack", "", "how to compress it: "+strings.Join(names(packings, packing.String), ", "))
	sealed := f.String("crypto", "", "open the sealed records in this file")
	packed := f.String("unpack", "", "unpack this file")
	dir := f.String("dir", os.TempDir(), "where captures are put meanwhile")
	rounds := f.Int("rounds", 5, "runs of each program")
	tshark := f.Int("tshark", 1, "runs of tshark among them; it is slow")
	program := f.String("negotrace", "", "the program to measure; built from the source if empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch {
	case *sealed != "":
		return crypto(*sealed, out)
	case *packed != "":
		return unpack(*packed)
	}
	plan, err := jobs(*kinds, *sizes, *seed)
	if err != nil {
		return err
	}
	if *file != "" {
		if *pack != "" {
			p, err := pick(packings, packing.String, *pack)
			if err != nil {
				return err
			}
			plan[0].pack = &p[0]
		}
		return plan[0].generate(*file)
	}
	chosen, err := pick(tables, table.String, *list)
	if err != nil {
		return err
	}
	b := &bench{dir: *dir, rounds: *rounds, tshark: *tshark, program: *program}
	return b.run(out, chosen, plan)
}

// jobs returns the captures to be made: of each kind all sizes.
func jobs(kinds, sizes string, seed uint64) ([]job, error) {
	chosen, err := pick(mixes, mix.String, kinds)
	if err != nil {
		return nil, err
	}
	var plan []job
	for _, m := range chosen {
		for size := range strings.SplitSeq(sizes, ",") {
			mb, err := strconv.Atoi(size)
			if err != nil || mb < 1 {
				return nil, fmt.Errorf("size %q", size)
			}
			plan = append(plan, job{mix: m, mb: mb, seed: seed})
		}
	}
	return plan, nil
}

// pick returns the elements of all whose names are in a list with commas.
func pick[T any](all []T, name func(T) string, list string) ([]T, error) {
	var picked []T
	for word := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(x T) bool { return name(x) == word })
		if i < 0 {
			return nil, fmt.Errorf("no %q, only %v", word, names(all, name))
		}
		picked = append(picked, all[i])
	}
	return picked, nil
}

func names[T any](all []T, name func(T) string) []string {
	var list []string
	for _, x := range all {
		list = append(list, name(x))
	}
	return list
}
