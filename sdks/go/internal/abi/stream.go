package abi

import (
	"io"
	"unsafe"

	"plugwright-sdk/wit"
)

// StreamVtable has what the host offers for the streams of one type.
type StreamVtable[T any] struct {
	Size         uint32
	Align        uint32
	Read         func(handle int32, items unsafe.Pointer, count uint32) uint32
	Write        func(handle int32, items unsafe.Pointer, count uint32) uint32
	DropReadable func(handle int32)
	DropWritable func(handle int32)
	// Lift and Lower are nil where Go's memory is like the host's.
	Lift  func(source unsafe.Pointer) T
	Lower func(pinner *Pinner, value T, target unsafe.Pointer) func()
}

// StreamReader is the end of a stream that is read from.
type StreamReader[T any] struct {
	Resource
	vtable *StreamVtable[T]
	ended  bool
}

// MakeStreamReader makes an end of a handle.
func MakeStreamReader[T any](vtable *StreamVtable[T], handle int32) *StreamReader[T] {
	return &StreamReader[T]{Owned(handle, vtable.DropReadable), vtable, false}
}

// Read waits for values.
func (r *StreamReader[T]) Read(values []T) (int, error) {
	if r.ended {
		return 0, io.EOF
	}
	if len(values) == 0 {
		return 0, nil
	}
	handle := r.WitTake()
	defer r.WitPut(handle)
	var pinner Pinner
	defer pinner.Unpin()
	memory := unsafe.Pointer(unsafe.SliceData(values))
	if r.vtable.Lift == nil {
		pinner.Pin(memory)
	} else {
		memory = Allocate(&pinner, uintptr(r.vtable.Size)*uintptr(len(values)), uintptr(r.vtable.Align))
	}
	outcome, count := wait(r.vtable.Read(handle, memory, uint32(len(values))), handle)
	r.ended = outcome == outcomeDropped
	if r.vtable.Lift != nil {
		for i := range values[:count] {
			values[i] = r.vtable.Lift(unsafe.Add(memory, i*int(r.vtable.Size)))
		}
	}
	if count == 0 && r.ended {
		return 0, io.EOF
	}
	return int(count), nil
}

// Close says that no more values are wanted.
func (r *StreamReader[T]) Close() error {
	r.WitDrop()
	return nil
}

// StreamWriter is the end of a stream that is written to.
type StreamWriter[T any] struct {
	Resource
	vtable *StreamVtable[T]
	ended  bool
}

// MakeStreamWriter makes an end of a handle.
func MakeStreamWriter[T any](vtable *StreamVtable[T], handle int32) *StreamWriter[T] {
	return &StreamWriter[T]{Owned(handle, vtable.DropWritable), vtable, false}
}

// Write waits until all values are taken, or the reader is gone.
func (w *StreamWriter[T]) Write(values []T) (int, error) {
	written := 0
	for written < len(values) {
		if w.ended {
			return written, wit.ErrClosed
		}
		written += w.some(values[written:])
	}
	return written, nil
}

func (w *StreamWriter[T]) some(values []T) int {
	handle := w.WitTake()
	defer w.WitPut(handle)
	var pinner Pinner
	defer pinner.Unpin()
	memory := unsafe.Pointer(unsafe.SliceData(values))
	var undo []func()
	if w.vtable.Lower == nil {
		pinner.Pin(memory)
	} else {
		memory = Allocate(&pinner, uintptr(w.vtable.Size)*uintptr(len(values)), uintptr(w.vtable.Align))
		for i, value := range values {
			undo = append(undo, w.vtable.Lower(&pinner, value, unsafe.Add(memory, i*int(w.vtable.Size))))
		}
	}
	outcome, count := wait(w.vtable.Write(handle, memory, uint32(len(values))), handle)
	for i := int(count); i < len(undo); i++ {
		undo[i]()
	}
	w.ended = outcome == outcomeDropped
	return int(count)
}

// LiftStream makes a stream that a plugin author knows.
func LiftStream[A, B any](raw *StreamReader[A], lift func(A) B) wit.StreamReader[B] {
	return &lifted[A, B]{raw, lift, nil}
}

// LowerStream makes a stream of the bindings; what the host did not make is written to it bit by bit.
func LowerStream[A, B any](
	stream wit.StreamReader[B],
	lower func(B) A,
	make func() (*StreamWriter[A], *StreamReader[A]),
) *StreamReader[A] {
	if same, ok := stream.(*lifted[A, B]); ok {
		return same.raw
	}
	writer, reader := make()
	if stream == nil {
		writer.WitDrop()
	} else {
		go pump(stream, writer, lower)
	}
	return reader
}

type lifted[A, B any] struct {
	raw    *StreamReader[A]
	lift   func(A) B
	buffer []A
}

func (l *lifted[A, B]) Read(values []B) (int, error) {
	if same, ok := any(values).([]A); ok {
		return l.raw.Read(same)
	}
	if len(l.buffer) < len(values) {
		l.buffer = make([]A, len(values))
	}
	count, err := l.raw.Read(l.buffer[:len(values)])
	for i, value := range l.buffer[:count] {
		values[i] = l.lift(value)
	}
	clear(l.buffer[:count])
	return count, err
}

func (l *lifted[A, B]) Close() error {
	return l.raw.Close()
}

// chunk is how many bytes go from stream to stream at once.
const chunk = 1 << 16

func pump[A, B any](from wit.StreamReader[B], to *StreamWriter[A], lower func(B) A) {
	defer to.WitDrop()
	values := make([]B, max(1, chunk/max(1, int(to.vtable.Size))))
	for {
		count, err := from.Read(values)
		lowered, ok := any(values[:count]).([]A)
		if !ok {
			lowered = Each(values[:count], lower)
		}
		if _, failed := to.Write(lowered); failed != nil || err != nil {
			// Nobody is left to tell.
			_ = from.Close()
			return
		}
	}
}
