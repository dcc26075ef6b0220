package abi

import (
	"strings"
	"unsafe"
)

// length is what the bindings count with.
type length interface{ int32 | uint32 | int }

// At gives the memory at an address.
func At[P uintptr | unsafe.Pointer](address P) unsafe.Pointer {
	return unsafe.Pointer(address)
}

// TakeString moves a string that the host wrote into Go's memory.
func TakeString[N length](data *uint8, length N) string {
	if length == 0 {
		return ""
	}
	value := strings.Clone(unsafe.String(data, length))
	Free(unsafe.Pointer(data), length)
	return value
}

// TakeSlice moves numbers that the host wrote into Go's memory.
func TakeSlice[T any, N length](data *T, length N) []T {
	if length == 0 {
		return []T{}
	}
	value := append([]T(nil), unsafe.Slice(data, length)...)
	Free(unsafe.Pointer(data), length)
	return value
}

// Free gives back memory that the host filled; nothing was given for a length of 0.
func Free[N length](data unsafe.Pointer, length N) {
	if length != 0 {
		release(data)
	}
}
