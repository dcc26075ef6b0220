package abi

// Unit is what there is where the WIT has no type.
type Unit = struct{}

// The cases of an Option.
const (
	OptionNone = 0
	OptionSome = 1
)

// Option is the `option` of the bindings.
type Option[T any] struct {
	tag   uint8
	value T
}

// None makes an Option without a value.
func None[T any]() Option[T] {
	return Option[T]{}
}

// Some makes an Option with a value.
func Some[T any](value T) Option[T] {
	return Option[T]{OptionSome, value}
}

// Tag says which case it is.
func (o Option[T]) Tag() uint8 {
	return o.tag
}

// Some gives the value.
func (o Option[T]) Some() T {
	return o.value
}

// The cases of a Result.
const (
	ResultOk  = 0
	ResultErr = 1
)

// Result is the `result` of the bindings.
type Result[T, E any] struct {
	tag uint8
	ok  T
	err E
}

// Ok makes a Result that did not fail.
func Ok[T, E any](value T) Result[T, E] {
	return Result[T, E]{ok: value}
}

// Err makes a Result that failed.
func Err[T, E any](err E) Result[T, E] {
	return Result[T, E]{tag: ResultErr, err: err}
}

// Tag says which case it is.
func (r Result[T, E]) Tag() uint8 {
	return r.tag
}

// Ok gives the value.
func (r Result[T, E]) Ok() T {
	return r.ok
}

// Err gives the error.
func (r Result[T, E]) Err() E {
	return r.err
}
