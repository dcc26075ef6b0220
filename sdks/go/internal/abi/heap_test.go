package abi

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// arena is a heap in a slice, which leaves gaps where `gaps` says so, as memory does that Go took for itself.
func arena(size int, gaps bool) *heap {
	memory := make([]uint64, size/8)
	used := uint32(64)
	return &heap{
		at: func(offset uint32) unsafe.Pointer { return unsafe.Pointer(&memory[offset/8]) },
		grow: func(size uint32) (uint32, uint32) {
			size = (size + 7) &^ 7
			if int(used+size) > len(memory)*8 {
				return 0, 0
			}
			offset := used
			used += size
			if gaps {
				used += 64
			}
			return offset, size
		},
	}
}

// check walks a heap's free blocks, and gives how many there are.
func check(t *testing.T, h *heap) int {
	t.Helper()
	count := 0
	for block := h.free; block != 0; block = h.links(block).next {
		count++
		found := h.header(block)
		if found.size&inUse != 0 {
			t.Fatalf("the block at %d is free and in use", block)
		}
		after := h.header(block + found.size)
		if after.before != found.size {
			t.Fatalf("behind the block at %d stands %d instead of %d", block, after.before, found.size)
		}
		if after.size&inUse == 0 {
			t.Fatalf("two free blocks are beside each other at %d", block)
		}
	}
	return count
}

func TestMemoryIsGivenOnceAndComesBack(t *testing.T) {
	for _, gaps := range []bool{false, true} {
		h := arena(64<<20, gaps)
		random := rand.New(rand.NewPCG(1, 2))
		type piece struct{ offset, size uint32 }
		var pieces []piece
		for step := range 20_000 {
			if len(pieces) > 0 && random.IntN(100) < 50 {
				at := random.IntN(len(pieces))
				it := pieces[at]
				bytes := unsafe.Slice((*byte)(h.at(it.offset)), it.size)
				for i, found := range bytes {
					if found != byte(it.size) {
						t.Fatalf("step %d: byte %d of %v was overwritten", step, i, it)
					}
				}
				h.release(it.offset)
				pieces = append(pieces[:at], pieces[at+1:]...)
				continue
			}
			it := piece{size: uint32(random.IntN(1 << random.IntN(16)))}
			it.offset = h.allocate(it.size)
			if it.offset == 0 || it.offset%8 != 0 {
				t.Fatalf("step %d: got offset %d", step, it.offset)
			}
			if h.room(it.offset) < it.size {
				t.Fatalf("step %d: room for %d of %d", step, h.room(it.offset), it.size)
			}
			bytes := unsafe.Slice((*byte)(h.at(it.offset)), it.size)
			for i := range bytes {
				bytes[i] = byte(it.size)
			}
			pieces = append(pieces, it)
			check(t, h)
		}
		for _, it := range pieces {
			h.release(it.offset)
		}
		if count := check(t, h); !gaps && count != 1 {
			t.Fatalf("%d free blocks are left where all is free", count)
		}
	}
}

func TestTheSameMemoryServesAgain(t *testing.T) {
	h := arena(4<<20, false)
	for range 10_000 {
		large, small := h.allocate(1<<20), h.allocate(100)
		if large == 0 || small == 0 {
			t.Fatal("memory ran out")
		}
		h.release(large)
		h.release(small)
	}
}

func TestMemoryThatIsNotThereIsRefused(t *testing.T) {
	h := arena(1<<20, false)
	if offset := h.allocate(2 << 20); offset != 0 {
		t.Fatalf("got %d", offset)
	}
	if offset := h.allocate(1<<32 - 1); offset != 0 {
		t.Fatalf("got %d", offset)
	}
	if offset := h.allocate(1000); offset == 0 {
		t.Fatal("got nothing")
	}
}
