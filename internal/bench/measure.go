package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"negotrace/internal/peak"
)

// A bench measures programs.
type bench struct {
	dir     string
	rounds  int
	tshark  int
	program string
	self    string
}

// A program is one of those that take turns.
type program struct {
	name  string
	args  []string
	env   []string // besides that of bench
	keeps bool     // its output is compared
	timed bool     // it measures its own time and prints it
}

// A cost is the time and the memory of one run of a program.
type cost struct {
	wall, cpu time.Duration
	peak      int64             // bytes resident; 0 if the system does not say
	printed   [sha256.Size]byte // hash of the output, if it is compared
}

// A result is the runs of the programs on one capture, by their names.
type result struct {
	job
	size int64 // of the file
	runs map[string][]cost
}

// run makes each capture once for each table and prints the tables.
func (b *bench) run(out io.Writer, tables []table, plan []job) error {
	dir, err := os.MkdirTemp(b.dir, "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if b.program == "" {
		b.program = filepath.Join(dir, "negotrace")
		build := exec.Command("go", "build", "-o", b.program, "./cmd/negotrace")
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // as README has it
		if text, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %v: %s", err, text)
		}
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %d cores, %s, %s\n", machine(), runtime.NumCPU(), runtime.GOOS, runtime.Version())
	for _, t := range tables {
		var results []*result
		for _, j := range t.captures(plan) {
			r, err := b.measure(t, j, filepath.Join(dir, "capture.pcap"))
			if err != nil {
				return err
			}
			results = append(results, r)
			fmt.Fprintln(os.Stderr, t.row(r))
		}
		if err := t.write(out, results); err != nil {
			return err
		}
	}
	return nil
}

// measure makes one capture and runs the programs of a table on it.
func (b *bench) measure(t table, j job, file string) (*result, error) {
	// In a process of its own: the memory of this one would count for its children.
	args := []string{"-mix", j.mix.name, "-mb", fmt.Sprint(j.mb), "-seed", fmt.Sprint(j.seed)}
	if j.pack != nil {
		file += j.pack.suffix
		args = append(args, "-pack", j.pack.name)
	}
	make := exec.Command(b.self, append(args, "-o", file)...)
	make.Stderr = os.Stderr
	if err := make.Run(); err != nil {
		return nil, err
	}
	for _, suffix := range []string{"", keyLogSuffix, sealedSuffix} {
		defer os.Remove(file + suffix) // not all are there
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	r := &result{job: j, size: info.Size(), runs: map[string][]cost{}}
	for round := range b.rounds + 1 {
		for _, p := range t.programs(b, j, file) {
			if _, err := exec.LookPath(p.args[0]); err != nil || p.name == "tshark" && (round == 0 || round > b.tshark) {
				continue
			}
			cost, err := p.spend()
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first one warms up
				r.runs[p.name] = append(r.runs[p.name], cost)
			}
		}
	}
	return r, agreed(r)
}

// spend runs a program and returns its cost.
func (p *program) spend() (cost, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return cost{}, err
	}
	defer null.Close()
	c := exec.Command(p.args[0], p.args[1:]...)
	c.Env = append(os.Environ(), p.env...)
	c.Stdout = null
	var duration bytes.Buffer
	printed := sha256.New()
	if p.timed {
		c.Stdout = &duration
	} else if p.keeps {
		c.Stdout = printed
	}
	begin := time.Now()
	if err := c.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w", strings.Join(p.args, " "), err)
	}
	s := c.ProcessState
	took := cost{wall: time.Since(begin), cpu: s.SystemTime() + s.UserTime(), peak: peak.Resident(s)}
	printed.Sum(took.printed[:0])
	if p.timed {
		took.wall, err = time.ParseDuration(strings.TrimSpace(duration.String()))
		took.cpu = took.wall
	}
	return took, err
}

// middle returns the median of a list that is not empty.
func middle(all []float64) float64 {
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// machine names the processor.
func machine() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
