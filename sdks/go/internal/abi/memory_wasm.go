package abi

import "unsafe"

//go:linkname sbrk runtime.sbrk
func sbrk(size uintptr) unsafe.Pointer

var host = heap{
	at: func(offset uint32) unsafe.Pointer { return At(uintptr(offset)) },
	grow: func(size uint32) (uint32, uint32) {
		size = (size + 0xffff) &^ 0xffff
		return uint32(uintptr(sbrk(uintptr(size)))), size
	},
}

// The host calls this before Go has begun, too, so it uses nothing that a package's initialization makes.
//
//go:wasmexport cabi_realloc
func reallocate(old unsafe.Pointer, oldSize, _, newSize uint32) unsafe.Pointer {
	if newSize == 0 {
		// No memory is at 8, and every type may be there.
		return At(uintptr(8))
	}
	if oldSize != 0 && host.room(offset(old)) >= newSize {
		return old
	}
	given := host.allocate(newSize)
	if given == 0 {
		panic("out of memory")
	}
	memory := At(uintptr(given))
	if oldSize != 0 {
		copy(unsafe.Slice((*byte)(memory), newSize), unsafe.Slice((*byte)(old), oldSize))
		host.release(offset(old))
	}
	return memory
}

func release(data unsafe.Pointer) {
	host.release(offset(data))
}

func offset(memory unsafe.Pointer) uint32 {
	return uint32(uintptr(memory))
}
