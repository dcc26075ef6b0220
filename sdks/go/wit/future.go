package wit

import "sync"

// FutureReader is the end of a future that is read from.
//
// It works inside an `async func` only, because it waits.
type FutureReader[T any] interface {
	// Get waits for the value; it can be had once.
	Get() (T, error)
	// Close says that the value is not wanted.
	Close() error
}

// FutureWriter is the end of a future that is written to.
type FutureWriter[T any] interface {
	// Set gives the value; it gives ErrClosed if there is one already.
	Set(value T) error
}

// NewFuture makes a future inside the plugin; the end that is read from may be handed to the host.
func NewFuture[T any]() (FutureWriter[T], FutureReader[T]) {
	shared := &future[T]{make(chan T, 1), make(chan struct{}), sync.Once{}, sync.Once{}}
	return shared, shared
}

// Ready makes a future whose value is there already.
func Ready[T any](value T) FutureReader[T] {
	writer, reader := NewFuture[T]()
	if err := writer.Set(value); err != nil {
		panic(err)
	}
	return reader
}

type future[T any] struct {
	value    chan T
	closed   chan struct{}
	set      sync.Once
	closeOne sync.Once
}

func (f *future[T]) Set(value T) error {
	err := ErrClosed
	f.set.Do(func() {
		f.value <- value
		err = nil
	})
	return err
}

func (f *future[T]) Get() (T, error) {
	select {
	case value := <-f.value:
		f.closeOne.Do(func() { close(f.closed) })
		return value, nil
	default:
	}
	select {
	case value := <-f.value:
		f.closeOne.Do(func() { close(f.closed) })
		return value, nil
	case <-f.closed:
		var none T
		return none, ErrClosed
	}
}

func (f *future[T]) Close() error {
	f.closeOne.Do(func() { close(f.closed) })
	return nil
}
