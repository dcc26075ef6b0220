package abi

import "unsafe"

// heap gives out memory that the garbage collector knows nothing of.
//
// The host asks for memory while it copies values into the plugin.
// At that time the plugin may call nothing outside, not even a clock, and the collector reads clocks.
// So what the host fills comes from here, and moves to Go's own memory when it is read (see take.go).
//
// Every block has a header in front of it; free blocks are in a list, and those beside each other become one.
type heap struct {
	// at gives the memory at an offset.
	at func(offset uint32) unsafe.Pointer
	// grow gives the offset of new memory of at least so many bytes, or 0.
	grow func(size uint32) (offset, given uint32)
	free uint32
	// last is the header behind all blocks of the last region that grew.
	last uint32
}

// header stands in front of each block, and behind the last one of each region.
type header struct {
	// size counts the bytes with the header; the lowest bit says that the block is in use.
	size uint32
	// before is the size of the block in front of this one, or 0 for the first.
	before uint32
}

// links stand in a free block.
type links struct {
	next, previous uint32
}

const (
	headerSize = 8
	smallest   = headerSize + 8
	inUse      = 1
	// region is the least that the heap grows by.
	region = 1 << 16
)

func (h *heap) header(offset uint32) *header {
	return (*header)(h.at(offset))
}

func (h *heap) links(offset uint32) *links {
	return (*links)(h.at(offset + headerSize))
}

// allocate gives the offset of memory that is aligned to 8 bytes, or 0 if there is none.
func (h *heap) allocate(size uint32) uint32 {
	if size > 1<<31 {
		return 0
	}
	needed := max((size+headerSize+7)&^7, smallest)
	for block := h.free; block != 0; block = h.links(block).next {
		if h.header(block).size >= needed {
			h.use(block, needed)
			return block + headerSize
		}
	}
	block := h.extend(needed)
	if block == 0 {
		return 0
	}
	h.use(block, needed)
	return block + headerSize
}

// use takes a free block, and gives back what is left of it.
func (h *heap) use(block, needed uint32) {
	found := h.header(block)
	h.unlink(block)
	if rest := found.size - needed; rest >= smallest {
		found.size = needed
		h.header(block + needed).before = needed
		h.header(block + needed).size = rest
		h.header(block + needed + rest).before = rest
		h.link(block + needed)
	}
	found.size |= inUse
}

// release frees a block by the offset that allocate gave.
func (h *heap) release(offset uint32) {
	block := offset - headerSize
	found := h.header(block)
	found.size &^= inUse
	if after := h.header(block + found.size); after.size&inUse == 0 {
		h.unlink(block + found.size)
		found.size += after.size
	}
	if found.before != 0 {
		if before := h.header(block - found.before); before.size&inUse == 0 {
			block -= found.before
			h.unlink(block)
			before.size += found.size
			found = before
		}
	}
	h.header(block + found.size).before = found.size
	h.link(block)
}

// room says how much a block holds.
func (h *heap) room(offset uint32) uint32 {
	return h.header(offset-headerSize).size&^inUse - headerSize
}

// extend makes a free block of memory that is new.
func (h *heap) extend(needed uint32) uint32 {
	offset, given := h.grow(max(needed+2*headerSize, region))
	if offset == 0 {
		return 0
	}
	size := given&^7 - headerSize
	block := offset
	if h.last != 0 && h.last+headerSize == offset {
		// It goes on where the last region ended, so the header there begins the new block.
		block = h.last
		size += headerSize
	} else {
		h.header(block).before = 0
	}
	h.header(block).size = size
	h.last = block + size
	h.header(h.last).size = inUse
	h.header(h.last).before = size
	h.link(block)
	if before := h.header(block).before; before != 0 && h.header(block-before).size&inUse == 0 {
		h.unlink(block)
		h.unlink(block - before)
		block -= before
		h.header(block).size += size
		h.header(h.last).before = h.header(block).size
		h.link(block)
	}
	return block
}

func (h *heap) link(block uint32) {
	*h.links(block) = links{next: h.free}
	if h.free != 0 {
		h.links(h.free).previous = block
	}
	h.free = block
}

func (h *heap) unlink(block uint32) {
	found := *h.links(block)
	if found.previous == 0 {
		h.free = found.next
	} else {
		h.links(found.previous).next = found.next
	}
	if found.next != 0 {
		h.links(found.next).previous = found.previous
	}
}
