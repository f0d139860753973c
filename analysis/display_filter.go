package analysis

import "strconv"

// FramesFilter returns the display filter by which Wireshark shows frames, which are in order.
func FramesFilter(frames []int) string {
	if len(frames) == 1 {
		return "frame.number == " + strconv.Itoa(frames[0])
	}
	b := []byte("frame.number in {")
	for i, n := range frames {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(append(b, '}'))
}
