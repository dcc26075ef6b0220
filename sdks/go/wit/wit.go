// Package wit has the types of WIT for which Go has no word of its own.
//
// A `tuple` is a [Tuple2] and so on, a `result` that is not what a function gives back is a [Result], a `stream` is a
// [StreamReader] and a `future` a [FutureReader].
// A function that gives back a `result` has an `error` in Go; what the error carries is its own type, or, where that
// has no name in the WIT, an [Error].
package wit

// Result is the outcome of something that may fail.
//
// It failed if Err is not nil.
type Result[T, E any] struct {
	Value T
	Err   *E
}
