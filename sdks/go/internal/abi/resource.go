package abi

import "runtime"

// Resource is a handle to a resource of the host, which the type for that resource embeds.
type Resource struct {
	held *held
}

type held struct {
	state *state
}

type state struct {
	handle int32
	drop   func(int32)
}

func (s *state) release() {
	if handle := s.handle; handle != 0 {
		s.handle = 0
		s.drop(handle)
	}
}

// Owned holds a handle that is the plugin's own; if the plugin forgets it, the collector drops it.
func Owned(handle int32, drop func(int32)) Resource {
	lent := Lent(handle, drop)
	runtime.AddCleanup(lent.held, func(it *state) { it.release() }, lent.held.state)
	return lent
}

// Lent holds a handle for the length of a call.
func Lent(handle int32, drop func(int32)) Resource {
	return Resource{&held{&state{handle, drop}}}
}

// WitBorrow gives the handle to a call that borrows it.
func (r *Resource) WitBorrow() int32 {
	if r == nil || r.held == nil || r.held.state.handle == 0 {
		panic("a resource was used after it was dropped or handed over")
	}
	return r.held.state.handle
}

// WitTake gives the handle away.
func (r *Resource) WitTake() int32 {
	handle := r.WitBorrow()
	r.held.state.handle = 0
	return handle
}

// WitPut takes back a handle that nobody wanted.
func (r *Resource) WitPut(handle int32) {
	r.held.state.handle = handle
}

// WitDrop drops the handle, once.
func (r *Resource) WitDrop() {
	r.held.state.release()
}

// Loans are the resources that the host lent for the length of a call.
type Loans []interface{ WitDrop() }

// Lend remembers that a resource is lent.
func Lend[T interface{ WitDrop() }](loans *Loans, value T) T {
	*loans = append(*loans, value)
	return value
}

// Return ends the loans.
func (l *Loans) Return() {
	for _, it := range *l {
		it.WitDrop()
	}
}

// Table has the resources of the plugin for which the host holds a handle.
type Table[T any] struct {
	values []*T
	free   []int32
}

// Add gives a value the number that stands for it.
func (t *Table[T]) Add(value *T) int32 {
	if last := len(t.free) - 1; last >= 0 {
		number := t.free[last]
		t.free = t.free[:last]
		t.values[number-1] = value
		return number
	}
	t.values = append(t.values, value)
	return int32(len(t.values))
}

// Get gives the value of a number.
func (t *Table[T]) Get(number int32) *T {
	return t.values[number-1]
}

// Remove gives the value of a number, which then stands for nothing; nil if it did already.
func (t *Table[T]) Remove(number int32) *T {
	value := t.values[number-1]
	if value != nil {
		t.values[number-1] = nil
		t.free = append(t.free, number)
	}
	return value
}
