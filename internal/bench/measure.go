package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"negotrace/internal/peak"
)

// A bench measures programs.
type bench struct {
	dir     string
	rounds  int
	tshark  int
	program string
}

// A cost is what one run of a program took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes resident; 0 if the system does not tell
}

// costs are the runs of each program on one capture, by its name.
type costs map[string][]cost

// commands are the programs that take turns, in this order. That of tshark is the
// question which negotrace answers, put to it.
func (b *bench) commands(file string) [][]string {
	return [][]string{
		{"negotrace", b.program, "--fail-on", "never", file},
		{"cat", "cat", file},
		{"tcpdump", "tcpdump", "-r", file, "-w", "/dev/null"},
		{"tshark", "tshark", "-r", file, "-Y", "http.www_authenticate||http.authorization", "-T", "fields",
			"-e", "frame.number", "-e", "tcp.stream", "-e", "http.www_authenticate", "-e", "http.authorization"},
	}
}

func (b *bench) run(out io.Writer, plan []job) error {
	dir, err := os.MkdirTemp(b.dir, "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if b.program == "" {
		b.program = filepath.Join(dir, "negotrace")
		if text, err := exec.Command("go", "build", "-o", b.program, "./cmd/negotrace").CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %v: %s", err, text)
		}
	}
	fmt.Fprintf(out, "%s, %d cores, %s, %s\n\n", machine(), runtime.NumCPU(), runtime.GOOS, runtime.Version())
	rows := []string{"capture | MB | s | cpu s | peak MB | x cat | x cat, cpu | x tcpdump | tshark s | tshark x |"}
	for _, j := range plan {
		row, err := b.measure(j, filepath.Join(dir, "capture.pcap"))
		if err != nil {
			return err
		}
		rows = append(rows, row)
		fmt.Fprintln(os.Stderr, row)
	}
	return table(out, rows)
}

// measure makes one capture, runs the programs on it and returns their row.
func (b *bench) measure(j job, file string) (string, error) {
	// In a process of its own: what is resident in this one counts for its children.
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	make := exec.Command(self, "-o", file, "-mix", j.mix.name, "-mb", fmt.Sprint(j.mb), "-seed", fmt.Sprint(j.seed))
	make.Stderr = os.Stderr
	if err := make.Run(); err != nil {
		return "", err
	}
	defer os.Remove(file)
	runs := costs{}
	for round := range b.rounds + 1 {
		for _, c := range b.commands(file) {
			name := c[0]
			if _, err := exec.LookPath(c[1]); err != nil || name == "tshark" && (round == 0 || round > b.tshark) {
				continue
			}
			cost, err := spend(c[1:])
			if err != nil {
				return "", err
			}
			if round > 0 { // the first one warms up
				runs[name] = append(runs[name], cost)
			}
		}
	}
	return runs.row(j), nil
}

// spend runs a command and tells what it took.
func spend(args []string) (cost, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return cost{}, err
	}
	defer null.Close()
	c := exec.Command(args[0], args[1:]...)
	c.Stdout = null
	begin := time.Now()
	if err := c.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	s := c.ProcessState
	return cost{time.Since(begin), s.SystemTime() + s.UserTime(), peak.Resident(s)}, nil
}

// row is the line of the table for one capture.
func (r costs) row(j job) string {
	ours := r["negotrace"]
	wall := func(c cost) float64 { return c.wall.Seconds() }
	cpu := func(c cost) float64 { return c.cpu.Seconds() }
	against := func(name string, of func(cost) float64) []float64 {
		var ratios []float64
		for i, c := range r[name] {
			ratios = append(ratios, of(ours[i])/of(c))
		}
		return ratios
	}
	faster := against("tshark", wall)
	for i, f := range faster {
		faster[i] = 1 / f
	}
	return strings.Join([]string{
		j.mix.name, fmt.Sprint(j.mb), middle(each(ours, wall), "%.2f"),
		middle(each(ours, cpu), "%.2f"),
		middle(each(ours, func(c cost) float64 { return float64(c.peak) / 1e6 }), "%.0f"),
		middle(against("cat", wall), "%.1f"), middle(against("cat", cpu), "%.1f"), middle(against("tcpdump", wall), "%.2f"),
		middle(each(r["tshark"], wall), "%.1f"), middle(faster, "%.0f"), "",
	}, " | ")
}

func each(costs []cost, of func(cost) float64) []float64 {
	var all []float64
	for _, c := range costs {
		all = append(all, of(c))
	}
	return all
}

// middle is the median, written in a format; a dash if there is none.
func middle(all []float64, format string) string {
	if len(all) == 0 {
		return "-"
	}
	slices.Sort(all)
	return fmt.Sprintf(format, (all[(len(all)-1)/2]+all[len(all)/2])/2)
}

// table prints rows of cells with bars between, as Markdown.
func table(out io.Writer, rows []string) error {
	columns := strings.Count(rows[0], "|")
	rows = slices.Insert(rows, 1, "---|"+strings.Repeat("---:|", columns-1))
	w := tabwriter.NewWriter(out, 0, 0, 0, ' ', 0)
	for _, r := range rows {
		cells := strings.Split(strings.TrimSuffix(strings.TrimSpace(r), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, "\t | "))
	}
	return w.Flush()
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
