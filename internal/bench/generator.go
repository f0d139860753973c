package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"math/rand/v2"
)

// A side is one end of a connection: 0 is the client's.
type side int

const (
	client side = iota
	server
)

// endpoints are the two ends of a conversation.
type endpoints struct {
	addr [2]uint32 // IPv4, or the end of IPv6
	port [2]uint16
	v6   bool
}

// A tcp is a connection.
type tcp struct {
	endpoints
	seq   [2]uint32
	turns []turn
	talk  conversation
	open  bool
	fresh bool // nothing of it was sent yet
	// behind is the balancer's own connection to the server, nil if there is no balancer.
	behind *tcp
}

// A turn is what one side says before the other does.
type turn struct {
	from side
	text []byte
	body int  // bytes after it
	page bool // they are words, and not as if compressed
	end  string
}

// done reports whether all of it was said.
func (t *turn) done() bool { return len(t.text)+t.body == 0 && t.end == "" }

// A conversation makes the turns of a connection, some exchanges of them at a time.
// It returns none where it is over.
type conversation struct {
	port   uint16
	server uint32
	next   func(g *generator, c *tcp) []turn
}

// A job is a capture to be made.
type job struct {
	mix  mix
	mb   int
	seed uint64
	pack *packing // nil: as it is
}

// A generator makes a capture.
type generator struct {
	wire
	mix    mix
	words  *vocabulary
	count  int // conversations so far
	serial int // of requests
	// Of the mix tls, what it takes to open it.
	keyLog *bufio.Writer
	sealed sealedLog
}

// generate writes the capture of a job into a file.
func (j job) generate(path string) error {
	out, err := j.create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	keyLog, err := j.beside(path + keyLogSuffix)
	if err != nil {
		return err
	}
	defer keyLog.Close()
	sealed, err := j.beside(path + sealedSuffix)
	if err != nil {
		return err
	}
	defer sealed.Close()
	rnd := rand.New(rand.NewPCG(j.seed, 7))
	words, err := newVocabulary(rnd)
	if err != nil {
		return err
	}
	g := &generator{
		wire:   wire{w: bufio.NewWriterSize(out, 1<<20), rnd: rnd, hurt: j.mix.hurt},
		mix:    j.mix,
		words:  words,
		keyLog: bufio.NewWriter(keyLog),
		sealed: sealedLog{w: bufio.NewWriterSize(sealed, 1<<20)},
	}
	if err := g.header(); err != nil {
		return err
	}
	g.talk(int64(j.mb) * 1_000_000)
	return errors.Join(g.flush(), out.Close(), g.keyLog.Flush(), g.sealed.w.Flush())
}

// talk continues the conversations in turn until there are enough bytes.
func (g *generator) talk(size int64) {
	var open []*tcp
	for g.written < size {
		for n := 0; len(open) < g.mix.open && n < 16; n++ {
			open = append(open, g.begin())
		}
		i := g.rnd.IntN(len(open))
		if g.mix.open > 4000 {
			i = len(open) - 1 - g.rnd.IntN(min(len(open), 64))
		}
		if !g.advance(open[i]) {
			open[i] = open[len(open)-1]
			open = open[:len(open)-1]
			if g.mix.opened == 100 {
				open = append(open, g.begin())
			}
		}
		for range g.mix.flood {
			g.lonelySYN()
		}
	}
}

// begin makes a connection of a random kind.
func (g *generator) begin() *tcp {
	p := g.rnd.IntN(100)
	kind := g.mix.shares[0].kind
	for _, s := range g.mix.shares {
		if p -= s.percent; p < 0 {
			kind = s.kind
			break
		}
	}
	c := &tcp{talk: kind(g), fresh: true, seq: [2]uint32{g.rnd.Uint32(), g.rnd.Uint32()}}
	g.count++
	c.v6 = g.rnd.IntN(20) == 0
	// The ports of a client come in order, so that none returns before 60,000 others.
	c.addr = [2]uint32{10<<24 | uint32(g.count%4000+1), 192<<24 | 168<<16 | c.talk.server}
	c.port = [2]uint16{uint16(1024 + g.count/4000%64000), c.talk.port}
	if g.mix.relay {
		c.behind = &tcp{seq: [2]uint32{g.rnd.Uint32(), g.rnd.Uint32()}, endpoints: c.endpoints}
		c.behind.addr[client] = 192<<24 | 168<<16 | 1<<8 | uint32(1+g.count/60000)
		c.behind.port[client] = uint16(2048 + g.count%60000)
		c.addr[server] = 192<<24 | 168<<16 | 1<<8
	}
	c.open = g.mix.midway > 0 && g.count <= g.mix.open && g.rnd.IntN(100) < g.mix.midway
	return c
}

// segment sends a TCP segment, on both sides of a balancer if there is one.
func (g *generator) segment(c *tcp, from side, flags byte, payload []byte) {
	if c.behind == nil {
		g.wire.segment(c, from, flags, payload)
		return
	}
	both := [2]*tcp{c, c.behind}
	g.wire.segment(both[from], from, flags, payload)
	g.wire.segment(both[from^1], from, flags, payload)
}

// advance sends a burst of a connection, and reports whether more is to come.
func (g *generator) advance(c *tcp) bool {
	if c.fresh && !c.open {
		g.segment(c, client, syn, nil)
		g.segment(c, server, syn|ack, nil)
		g.segment(c, client, ack, nil)
	}
	c.fresh = false
	if len(c.turns) == 0 {
		if c.turns = c.talk.next(g, c); len(c.turns) == 0 {
			if g.rnd.IntN(100) >= g.mix.opened {
				g.segment(c, client, fin|ack, nil)
				g.segment(c, server, fin|ack, nil)
				g.segment(c, client, ack, nil)
			}
			return false
		}
	}
	for budget := 64 << 10; budget > 0 && len(c.turns) > 0; {
		t := &c.turns[0]
		n := g.say(c, t, budget)
		if budget -= n; t.done() {
			c.turns = c.turns[1:]
		}
	}
	return true
}

// say sends a part of a turn. The other side acknowledges every second segment.
func (g *generator) say(c *tcp, t *turn, budget int) int {
	sent := 0
	for sent < budget && len(t.text)+t.body > 0 {
		payload := g.take(t, mss)
		g.segment(c, t.from, ack|psh, payload)
		if sent += len(payload); sent/mss%2 == 1 {
			g.segment(c, t.from^1, ack, nil)
		}
	}
	return max(sent, 1)
}

// take takes the next bytes of a turn, limit of them at most.
func (g *generator) take(t *turn, limit int) []byte {
	b := make([]byte, min(limit, len(t.text)+t.body))
	n := copy(b, t.text)
	t.text = t.text[n:]
	t.body -= len(b) - n
	if t.page {
		g.prose(b[n:])
	} else {
		g.fill(b[n:])
	}
	if t.body == 0 && t.end != "" && len(t.text) == 0 {
		t.text, t.end = []byte(t.end), ""
	}
	return b
}

// fill fills b with random bytes.
func (g *generator) fill(b []byte) {
	var eight [8]byte
	for len(b) > 0 {
		binary.LittleEndian.PutUint64(eight[:], g.rnd.Uint64())
		b = b[copy(b, eight[:]):]
	}
}

// prose fills b with words, some of which are rarer than others.
func (g *generator) prose(b []byte) {
	for len(b) > 0 {
		word := g.words.word[g.rnd.IntN(1+g.rnd.IntN(len(g.words.word)))]
		b = b[copy(b, word):]
	}
}

func (g *generator) random(n int) []byte {
	b := make([]byte, n)
	g.fill(b)
	return b
}

// lonelySYN sends a SYN from a random address, which nobody answers.
func (g *generator) lonelySYN() {
	c := &tcp{seq: [2]uint32{g.rnd.Uint32()}}
	c.addr = [2]uint32{g.rnd.Uint32(), 192<<24 | 168<<16 | 10}
	c.port = [2]uint16{uint16(g.rnd.Uint32()), 80}
	g.segment(c, client, syn, nil)
}
