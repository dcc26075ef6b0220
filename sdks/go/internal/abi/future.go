package abi

import (
	"unsafe"

	"plugwright-sdk/wit"
)

// FutureVtable has what the host offers for the futures of one type.
type FutureVtable[T any] struct {
	Size         uint32
	Align        uint32
	Read         func(handle int32, item unsafe.Pointer) uint32
	Write        func(handle int32, item unsafe.Pointer) uint32
	DropReadable func(handle int32)
	DropWritable func(handle int32)
	// Lift and Lower are nil where Go's memory is like the host's.
	Lift  func(source unsafe.Pointer) T
	Lower func(pinner *Pinner, value T, target unsafe.Pointer) func()
}

// FutureReader is the end of a future that is read from.
type FutureReader[T any] struct {
	Resource
	vtable *FutureVtable[T]
}

// MakeFutureReader makes an end of a handle.
func MakeFutureReader[T any](vtable *FutureVtable[T], handle int32) *FutureReader[T] {
	return &FutureReader[T]{Owned(handle, vtable.DropReadable), vtable}
}

// Get waits for the value.
func (r *FutureReader[T]) Get() (T, error) {
	handle := r.WitTake()
	defer r.vtable.DropReadable(handle)
	var pinner Pinner
	defer pinner.Unpin()
	memory := Allocate(&pinner, uintptr(max(r.vtable.Size, 1)), uintptr(r.vtable.Align))
	var value T
	if outcome, _ := wait(r.vtable.Read(handle, memory), handle); outcome != outcomeDone {
		return value, wit.ErrClosed
	}
	if r.vtable.Lift == nil {
		return *(*T)(memory), nil
	}
	return r.vtable.Lift(memory), nil
}

// FutureWriter is the end of a future that is written to.
type FutureWriter[T any] struct {
	Resource
	vtable *FutureVtable[T]
}

// MakeFutureWriter makes an end of a handle.
func MakeFutureWriter[T any](vtable *FutureVtable[T], handle int32) *FutureWriter[T] {
	return &FutureWriter[T]{Lent(handle, vtable.DropWritable), vtable}
}

// Set gives the value, and waits until it is taken.
func (w *FutureWriter[T]) Set(value T) {
	handle := w.WitTake()
	defer w.vtable.DropWritable(handle)
	var pinner Pinner
	defer pinner.Unpin()
	memory := Allocate(&pinner, uintptr(max(w.vtable.Size, 1)), uintptr(w.vtable.Align))
	undo := func() {}
	if w.vtable.Lower == nil {
		*(*T)(memory) = value
	} else {
		undo = w.vtable.Lower(&pinner, value, memory)
	}
	if outcome, _ := wait(w.vtable.Write(handle, memory), handle); outcome != outcomeDone {
		undo()
	}
}

// LiftFuture makes a future that a plugin author knows.
func LiftFuture[A, B any](raw *FutureReader[A], lift func(A) B) wit.FutureReader[B] {
	return &liftedFuture[A, B]{raw, lift}
}

// LowerFuture makes a future of the bindings; what the host did not make is written to it when it is there.
func LowerFuture[A, B any](
	future wit.FutureReader[B],
	lower func(B) A,
	make func() (*FutureWriter[A], *FutureReader[A]),
) *FutureReader[A] {
	if same, ok := future.(*liftedFuture[A, B]); ok {
		return same.raw
	}
	if future == nil {
		panic("the plugin gave back a future that is nil")
	}
	writer, reader := make()
	go func() {
		value, err := future.Get()
		if err != nil {
			panic("the plugin gave back a future without a value: " + err.Error())
		}
		writer.Set(lower(value))
	}()
	return reader
}

type liftedFuture[A, B any] struct {
	raw  *FutureReader[A]
	lift func(A) B
}

func (l *liftedFuture[A, B]) Get() (B, error) {
	value, err := l.raw.Get()
	if err != nil {
		var none B
		return none, err
	}
	return l.lift(value), nil
}

func (l *liftedFuture[A, B]) Close() error {
	l.raw.WitDrop()
	return nil
}
