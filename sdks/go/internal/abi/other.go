//go:build !wasm

package abi

import "unsafe"

// Outside tells that there is no host, as in tests that run without one.
const Outside = "this works inside a plugin only"

func release(unsafe.Pointer) { panic(Outside) }

func waitableSetNew() uint32 { panic(Outside) }

func waitableSetDrop(uint32) { panic(Outside) }

func waitableJoin(uint32, uint32) { panic(Outside) }

func contextGet() uint32 { panic(Outside) }

func contextSet(uint32) { panic(Outside) }

func subtaskDrop(uint32) { panic(Outside) }
