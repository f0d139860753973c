// Command bench measures negotrace against cat, tcpdump and tshark on captures that it
// makes itself, and prints a table of the ratios.
//
//	go run ./internal/bench [-mb 256,1024,4096] [-mix mixed,short] [-rounds 7] [-tshark 1]
//	go run ./internal/bench -mb 256 -mix mixed -o FILE
//
// The programs take turns on the same file in the page cache, and what is printed are
// medians of the ratios of neighbouring runs: other work on the machine slows both.
// With -o a capture is written and nothing measured. The same seed gives the same
// capture.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := f.String("mb", "256", "sizes of the captures in MB, with commas between")
	names := f.String("mix", "mixed", "kinds of traffic: "+strings.Join(mixNames(), ", "))
	seed := f.Uint64("seed", 1, "of the captures")
	out := f.String("o", "", "write one capture to this file, and measure nothing")
	dir := f.String("dir", os.TempDir(), "where captures are put meanwhile")
	rounds := f.Int("rounds", 5, "runs of each program")
	tshark := f.Int("tshark", 1, "runs of tshark among them; it is slow")
	program := f.String("negotrace", "", "the program to measure; built from the source if empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	var plan []job
	for _, name := range strings.Split(*names, ",") {
		i := slices.IndexFunc(mixes, func(m mix) bool { return m.name == name })
		if i < 0 {
			return fmt.Errorf("no mix %q, only %v", name, mixNames())
		}
		for _, size := range strings.Split(*sizes, ",") {
			mb, err := strconv.Atoi(size)
			if err != nil || mb < 1 {
				return fmt.Errorf("size %q", size)
			}
			plan = append(plan, job{mix: mixes[i], mb: mb, seed: *seed})
		}
	}
	if *out != "" {
		return plan[0].generate(*out)
	}
	b := &bench{dir: *dir, rounds: *rounds, tshark: *tshark, program: *program}
	return b.run(os.Stdout, plan)
}
