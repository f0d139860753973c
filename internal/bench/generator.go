package main

import (
	"bufio"
	"math/rand/v2"
	"os"
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
}

// A turn is what one side says before the other does.
type turn struct {
	from side
	text []byte
	body int // random bytes after it
	end  string
}

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
}

// A generator makes a capture.
type generator struct {
	wire
	mix    mix
	words  *vocabulary
	noise  []byte
	count  int // conversations so far
	serial int // of requests
}

// generate writes the capture of a job into a file.
func (j job) generate(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rnd := rand.New(rand.NewPCG(j.seed, 7))
	words, err := newVocabulary()
	if err != nil {
		return err
	}
	g := &generator{
		wire:  wire{w: bufio.NewWriterSize(f, 1<<20), rnd: rnd, hurt: j.mix.hurt},
		mix:   j.mix,
		words: words,
		noise: make([]byte, 4<<20),
	}
	for i := range g.noise {
		g.noise[i] = byte(rnd.Uint32())
	}
	if err := g.header(); err != nil {
		return err
	}
	g.fill(int64(j.mb) * 1_000_000)
	if err := g.flush(); err != nil {
		return err
	}
	return f.Close()
}

// fill lets conversations take turns until there are enough bytes.
func (g *generator) fill(size int64) {
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
	c.open = g.mix.midway > 0 && g.count <= g.mix.open && g.rnd.IntN(100) < g.mix.midway
	return c
}

// advance sends a burst of a connection. It returns false once there is no more.
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
		if budget -= n; len(t.text)+t.body == 0 && t.end == "" {
			c.turns = c.turns[1:]
		}
	}
	return true
}

// say sends a part of a turn, and the other side acknowledges every second segment.
func (g *generator) say(c *tcp, t *turn, budget int) int {
	sent := 0
	for sent < budget && len(t.text)+t.body > 0 {
		n := min(mss, len(t.text)+t.body)
		payload := t.text[:min(n, len(t.text))]
		t.text = t.text[len(payload):]
		if more := n - len(payload); more > 0 {
			at := g.rnd.IntN(len(g.noise) - mss)
			payload = append(payload[:len(payload):len(payload)], g.noise[at:at+more]...)
			t.body -= more
		}
		if t.body == 0 && t.end != "" && len(t.text) == 0 {
			t.text, t.end = []byte(t.end), ""
		}
		g.segment(c, t.from, ack|psh, payload)
		if sent += n; sent/mss%2 == 1 {
			g.segment(c, t.from^1, ack, nil)
		}
	}
	return max(sent, 1)
}

// lonelySYN sends a SYN from anywhere that nobody answers.
func (g *generator) lonelySYN() {
	c := &tcp{seq: [2]uint32{g.rnd.Uint32()}}
	c.addr = [2]uint32{g.rnd.Uint32(), 192<<24 | 168<<16 | 10}
	c.port = [2]uint16{uint16(g.rnd.Uint32()), 80}
	g.segment(c, client, syn, nil)
}
