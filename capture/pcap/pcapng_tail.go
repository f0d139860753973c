package pcap

import "negotrace/capture/block"

const (
	// maxTailBlocks is how many blocks after the last packet are looked at before the file is
	// read: a few of secrets, names and statistics.
	maxTailBlocks = 1 << 10
	// maxTailSecrets is how long the secrets in one of them may be: those of a browser that ran
	// for days.
	maxTailSecrets = 16 << 20
)

// tailSecrets reads the secrets after the last packet, which belong to packets before them. Each
// block ends with its length, so a file that can be read at any place is read backwards from its
// end.
func (n *ngFile) tailSecrets() {
	if n.At == nil {
		return
	}
	end := n.Size
	for range maxTailBlocks {
		head, order := n.blockBefore(end)
		if head == nil {
			return
		}
		size := (int64(order.Uint32(head[4:])) + 3) &^ 3
		switch order.Uint32(head) {
		case ngEnhanced, ngSimple, ngPacket:
			return
		case ngDecryption:
			if size > maxTailSecrets {
				return
			}
			whole := make([]byte, size)
			if _, err := n.At.ReadAt(whole, end-size); err != nil {
				return
			}
			n.secrets(order, whole[ngBlockHeader:size-4])
		}
		end -= size
	}
}

// blockBefore returns the first bytes of the block that ends at a place, and its byte order; nil
// if none ends there.
func (n *ngFile) blockBefore(end int64) (head []byte, order block.ByteOrder) {
	tail := make([]byte, 4)
	if end < ngMinBlock {
		return nil, n.order
	}
	if _, err := n.At.ReadAt(tail, end-4); err != nil {
		return nil, n.order
	}
	for _, order := range []block.ByteOrder{block.LittleEndian, block.BigEndian} {
		length := order.Uint32(tail)
		size := (int64(length) + 3) &^ 3
		if size < ngMinBlock || size > end {
			continue
		}
		head := make([]byte, ngMinBlock)
		if _, err := n.At.ReadAt(head, end-size); err == nil && order.Uint32(head[4:]) == length {
			return head, order
		}
	}
	return nil, n.order
}
