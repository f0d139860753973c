package httpstream

import (
	"slices"
	"testing"
	"time"
)

// TestOpenings plays the ways in which connections begin, and begin anew on the same ports.
func TestOpenings(t *testing.T) {
	twice := slices.Concat(logonRead, logonRead)
	from := func(c *tape, i int) {
		for ; i < len(logon); i++ {
			c.say(i)
		}
	}
	whole := func(c *tape) {
		c.open()
		c.logon()
		c.close()
	}
	again := func(c *tape, client, server uint32, wait time.Duration) {
		c.now += wait
		c.next = [2]uint32{client, server}
	}
	tests := []struct {
		name string
		play func(c *tape)
		want []string
	}{
		{"data in the SYN are taken", func(c *tape) {
			c.add(Client, FlagSYN, logon[0])
			c.add(Server, FlagSYN|FlagACK, "")
			from(c, 1)
		}, logonRead},
		{"data in both SYNs are taken", func(c *tape) {
			c.add(Client, FlagSYN, logon[0])
			c.add(Server, FlagSYN|FlagACK, logon[1])
			from(c, 2)
		}, logonRead},
		{"data in the SYN are not taken", func(c *tape) {
			c.raw(Client, FlagSYN, c.next[Client], 0, logon[0])
			c.next[Client]++
			c.add(Server, FlagSYN|FlagACK, "")
			from(c, 0)
		}, logonRead},
		{"the SYN comes again without its data", func(c *tape) {
			c.raw(Client, FlagSYN, c.next[Client], 0, logon[0])
			c.open()
			from(c, 0)
		}, logonRead},
		{"a SYN with a request is not in the capture", func(c *tape) {
			c.next = [2]uint32{1001 + uint32(len(logon[0])), 5000}
			c.add(Server, FlagSYN|FlagACK, "")
			c.add(Client, FlagACK, "")
			from(c, 1)
		}, slices.Concat([]string{"- > 401 +10; its request is not in the capture"}, logonRead[1:])},
		{"a SYN without a request is not in the capture, and a response comes before its request", func(c *tape) {
			c.next = [2]uint32{1001, 5000}
			c.add(Server, FlagSYN|FlagACK, "")
			c.raw(Server, FlagACK, 5001, 1001+uint32(len(logon[0])), logon[1])
			c.raw(Client, FlagACK, 1001, 5001, logon[0])
			c.next = [2]uint32{1001 + uint32(len(logon[0])), 5001 + uint32(len(logon[1]))}
			from(c, 2)
		}, logonRead},
		{"both ends open it", func(c *tape) {
			c.add(Client, FlagSYN, "")
			c.add(Server, FlagSYN, "")
			c.raw(Client, FlagSYN|FlagACK, 1000, 5001, "")
			c.raw(Server, FlagSYN|FlagACK, 5000, 1001, "")
			from(c, 0)
		}, logonRead},
		{"both ends open it, the server first", func(c *tape) {
			c.add(Server, FlagSYN, "")
			c.add(Client, FlagSYN, "")
			c.raw(Server, FlagSYN|FlagACK, 5000, 1001, "")
			c.raw(Client, FlagSYN|FlagACK, 1000, 5001, "")
			from(c, 0)
		}, logonRead},
		{"the server of HTTP opens it", func(c *tape) {
			c.add(Server, FlagSYN, "")
			c.add(Client, FlagSYN|FlagACK, "")
			c.add(Server, FlagACK, "")
			from(c, 0)
		}, logonRead},
		{"a capture begins with an ACK that is far ahead", func(c *tape) {
			c.next = [2]uint32{1001, 5001}
			c.raw(Server, FlagACK, 5001, 1001+far/2, "")
			from(c, 0)
		}, logonRead},
		{"a capture begins with an ACK, and with an old request that is sent again", func(c *tape) {
			c.raw(Server, FlagACK, 5001, 3001, "")
			c.raw(Client, FlagACK, 1001, 5001, get3)
			c.next = [2]uint32{3001, 5001}
			from(c, 0)
		}, slices.Concat([]string{"GET /3 +0 > -; its response is not in the capture"}, logonRead)},
		{"a capture begins with a FIN that is far ahead", func(c *tape) {
			c.next = [2]uint32{1001, 5001}
			c.raw(Client, FlagFIN|FlagACK, 70000, 5001, "")
			from(c, 0)
			c.close()
		}, logonRead},
		{"a capture begins with a SYN of somebody else", func(c *tape) {
			c.next = [2]uint32{1001, 5001}
			c.raw(Client, FlagSYN, 70000, 0, "")
			from(c, 0)
		}, logonRead},
		{"a SYN with another number in the same minute", func(c *tape) {
			whole(c)
			again(c, 900_000, 2, time.Second)
			whole(c)
		}, twice},
		{"a SYN with lower numbers", func(c *tape) {
			whole(c)
			again(c, 100, 4_000_000_000, time.Second)
			whole(c)
		}, twice},
		{"the same numbers again, long after the end", func(c *tape) {
			whole(c)
			again(c, 1000, 5000, 2*linger)
			whole(c)
		}, twice},
		{"the same numbers again, long after the last segment", func(c *tape) {
			c.open()
			c.logon()
			again(c, 1000, 5000, time.Hour)
			whole(c)
		}, twice},
		{"numbers a little lower, long after the end, and no SYN", func(c *tape) {
			again(c, 1_000_000, 5_000_000, 0)
			whole(c)
			again(c, 100_000, 300_000, 2*linger)
			c.logon()
		}, twice},
		{"a capture merged with itself, a second apart", func(c *tape) {
			whole(c)
			again(c, 1000, 5000, time.Second)
			whole(c)
		}, logonRead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newTape()
			tt.play(c)
			if read, _, _ := play(c.segments); !slices.Equal(read, tt.want) {
				t.Errorf("got %q, want %q", read, tt.want)
			}
		})
	}
}

// TestKeepAliveWithoutAnswer has a keep-alive of the server where its answer to the SYN is not in
// the capture: its byte stands before the first one that counts.
func TestKeepAliveWithoutAnswer(t *testing.T) {
	w := newWire()
	w.raw(Client, FlagSYN, 1000, 0, "")
	w.raw(Client, FlagACK, 1001, 5001, "")
	w.raw(Client, FlagACK, 1001, 5001, get1)
	w.now = w.now.Add(time.Second) // what is held of the beginning is taken then
	w.raw(Client, FlagACK, 1001+uint32(len(get1)), 5001, "")
	w.raw(Server, FlagACK, 5000, 1001+uint32(len(get1)), "\x00")
	w.raw(Server, FlagACK, 5001, 1001+uint32(len(get1)), ok5)
	w.a.Close()
	w.expect(t, "GET /1 +0 > 200 +5")
	if w.counters.UnreadBytes > 0 {
		t.Errorf("%d bytes were not read", w.counters.UnreadBytes)
	}
}
