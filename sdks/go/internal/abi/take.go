package abi

import (
	"strings"
	"unsafe"
)

// At gives the memory at an address.
func At[P uintptr | unsafe.Pointer](address P) unsafe.Pointer {
	return unsafe.Pointer(address)
}

// TakeString moves a string that the host wrote into Go's memory.
func TakeString(data *uint8, length uint32) string {
	if length == 0 {
		return ""
	}
	value := strings.Clone(unsafe.String(data, length))
	Free(unsafe.Pointer(data), length)
	return value
}

// TakeSlice moves numbers that the host wrote into Go's memory.
func TakeSlice[T any](data *T, length uint32) []T {
	if length == 0 {
		return []T{}
	}
	value := append([]T(nil), unsafe.Slice(data, length)...)
	Free(unsafe.Pointer(data), length)
	return value
}

// Free gives back memory that the host filled; nothing was given for a length of 0.
func Free(data unsafe.Pointer, length uint32) {
	if length != 0 {
		release(data)
	}
}
