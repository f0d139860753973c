package main

// negotrace returns the program with the flags that a capture needs.
func (b *bench) negotrace(j job, file string) program {
	args := []string{b.program, "--fail-on", "never", file}
	if j.mix.sealed {
		args = append(args, "--keylog", file+keyLogSuffix)
	}
	return program{name: "negotrace", args: args}
}

// others has tshark print the same facts that negotrace reports.
func others(b *bench, j job, file string) []program {
	tshark := []string{"tshark", "-r", file, "-Y", "http.www_authenticate||http.authorization", "-T", "fields",
		"-e", "frame.number", "-e", "tcp.stream", "-e", "http.www_authenticate", "-e", "http.authorization"}
	if j.mix.sealed {
		tshark = append(tshark, "-o", "tls.keylog_file:"+file+keyLogSuffix)
	}
	all := []program{
		b.negotrace(j, file),
		{name: "cat", args: []string{"cat", file}},
		{name: "tcpdump", args: []string{"tcpdump", "-r", file, "-w", "/dev/null"}},
		{name: "tshark", args: tshark},
	}
	if j.mix.sealed {
		all = append(all, program{name: "crypto", args: []string{b.self, "-crypto", file + sealedSuffix}, timed: true})
	}
	return all
}

// unpackers only unpack.
func unpackers(b *bench, j job, file string) []program {
	return []program{
		b.negotrace(j, file),
		{name: "library", args: []string{b.self, "-unpack", file}},
		{name: "tool", args: append(j.pack.tool[:len(j.pack.tool):len(j.pack.tool)], file)},
	}
}

// onCores are negotrace on two cores and on one. Both reports must be the same.
func onCores(b *bench, j job, file string) []program {
	two := b.negotrace(j, file)
	two.args = append(two.args, "--format", "json", "--no-hash") // as the table: that has no hash of the input
	two.keeps = true
	one := two
	one.name, one.env, two.env = "1 core", []string{"GOMAXPROCS=1"}, []string{"GOMAXPROCS=2"}
	return []program{two, one}
}
