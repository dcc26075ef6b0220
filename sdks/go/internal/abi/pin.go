package abi

import "unsafe"

// Pinner keeps Go's memory alive while the host may read it.
//
// Go's garbage collector moves nothing on the heap, so to be known to it is enough.
type Pinner struct {
	kept []unsafe.Pointer
}

// Pin keeps memory until Unpin.
func (p *Pinner) Pin(memory unsafe.Pointer) {
	p.kept = append(p.kept, memory)
}

// Unpin lets everything go.
//
// It runs at a time at which nothing outside may be called, so it does not allocate.
func (p *Pinner) Unpin() {
	clear(p.kept)
	p.kept = p.kept[:0]
}

// Allocate gives memory of Go for the host to read, or to write to.
func Allocate(pinner *Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	// Words are aligned for everything in WIT, and the collector looks for no pointers in them.
	memory := unsafe.Pointer(unsafe.SliceData(make([]uint64, (size+7)/8)))
	pinner.Pin(memory)
	return memory
}
