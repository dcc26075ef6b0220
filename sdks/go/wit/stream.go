package wit

import (
	"io"
	"iter"
	"sync"
)

// StreamReader is the end of a stream that is read from.
//
// One of bytes is an [io.ReadCloser].
// A plugin gives back one that it was given, one end of a [Pipe], or one of its own.
// It works inside an `async func` only, because it waits.
type StreamReader[T any] interface {
	// Read waits for values, puts them into the slice, and says how many there were; at the end it gives io.EOF.
	Read(values []T) (int, error)
	// Close says that no more values are wanted.
	Close() error
}

// StreamWriter is the end of a stream that is written to.
//
// One of bytes is an [io.WriteCloser].
type StreamWriter[T any] interface {
	// Write waits until all values are taken; it gives ErrClosed if the reader is gone before.
	Write(values []T) (int, error)
	// Close ends the stream.
	Close() error
}

// Each gives the values of a stream one by one as they come, and closes it at their end, or when no more are wanted.
func Each[T any](reader StreamReader[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		// Nobody is left to tell.
		defer func() { _ = reader.Close() }()
		values := make([]T, 64)
		for {
			count, err := reader.Read(values)
			for _, value := range values[:count] {
				if !yield(value) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

// Pipe makes a stream inside the plugin.
//
// What is written to one end is read from the other, which may be handed to the host.
func Pipe[T any]() (StreamWriter[T], StreamReader[T]) {
	shared := &pipe[T]{make(chan []T), make(chan int), make(chan struct{}), make(chan struct{}), sync.Once{}, sync.Once{}}
	return pipeWriter[T]{shared}, pipeReader[T]{shared}
}

type pipe[T any] struct {
	given       chan []T
	taken       chan int
	writerGone  chan struct{}
	readerGone  chan struct{}
	closeWriter sync.Once
	closeReader sync.Once
}

type pipeWriter[T any] struct{ *pipe[T] }

func (p pipeWriter[T]) Write(values []T) (int, error) {
	written := 0
	for written < len(values) {
		select {
		case <-p.writerGone:
			return written, ErrClosed
		case <-p.readerGone:
			return written, ErrClosed
		case p.given <- values[written:]:
			written += <-p.taken
		}
	}
	return written, nil
}

func (p pipeWriter[T]) Close() error {
	p.closeWriter.Do(func() { close(p.writerGone) })
	return nil
}

type pipeReader[T any] struct{ *pipe[T] }

func (p pipeReader[T]) Read(values []T) (int, error) {
	if len(values) == 0 {
		return 0, nil
	}
	select {
	case given := <-p.given:
		count := copy(values, given)
		p.taken <- count
		return count, nil
	case <-p.readerGone:
		return 0, ErrClosed
	case <-p.writerGone:
		return 0, io.EOF
	}
}

func (p pipeReader[T]) Close() error {
	p.closeReader.Do(func() { close(p.readerGone) })
	return nil
}
