package abi

import (
	"errors"
	"reflect"

	"plugwright-sdk/wit"
)

// Same converts nothing.
func Same[T any](value T) T {
	return value
}

// Each converts a list.
func Each[A, B any](values []A, convert func(A) B) []B {
	converted := make([]B, len(values))
	for i, value := range values {
		converted[i] = convert(value)
	}
	return converted
}

// EachEntry converts a map.
func EachEntry[K, L comparable, A, B any](entries map[K]A, key func(K) L, value func(A) B) map[L]B {
	converted := make(map[L]B, len(entries))
	for name, it := range entries {
		converted[key(name)] = value(it)
	}
	return converted
}

// LiftOption makes a pointer of an option.
func LiftOption[A, B any](option Option[A], lift func(A) B) *B {
	if option.tag == OptionNone {
		return nil
	}
	return new(lift(option.value))
}

// LiftNilable makes an option a value that may itself be nil.
func LiftNilable[A, B any](option Option[A], lift func(A) B) B {
	if option.tag == OptionNone {
		var none B
		return none
	}
	return lift(option.value)
}

// LowerOption makes an option of a pointer.
func LowerOption[A, B any](value *B, lower func(B) A) Option[A] {
	if value == nil {
		return None[A]()
	}
	return Some(lower(*value))
}

// LowerPointer makes an option of a pointer that is the value.
func LowerPointer[A, B any](value *B, lower func(*B) A) Option[A] {
	if value == nil {
		return None[A]()
	}
	return Some(lower(value))
}

// LowerInterface makes an option of an interface.
func LowerInterface[A, B any](value B, lower func(B) A) Option[A] {
	if any(value) == nil {
		return None[A]()
	}
	return Some(lower(value))
}

// LiftResult makes a result that a plugin author knows.
func LiftResult[A, B, E, F any](result Result[A, E], ok func(A) B, err func(E) F) wit.Result[B, F] {
	if result.tag == ResultErr {
		return wit.Result[B, F]{Err: new(err(result.err))}
	}
	return wit.Result[B, F]{Value: ok(result.ok)}
}

// LowerResult makes a result of the bindings.
func LowerResult[A, B, E, F any](result wit.Result[B, F], ok func(B) A, err func(F) E) Result[A, E] {
	if result.Err != nil {
		return Err[A](err(*result.Err))
	}
	return Ok[A, E](ok(result.Value))
}

// Unwrap makes a value and an error of what a function of the host gave back.
func Unwrap[A, B, E any](result Result[A, E], ok func(A) B, err func(E) error) (B, error) {
	if result.tag == ResultErr {
		var none B
		return none, err(result.err)
	}
	return ok(result.ok), nil
}

// Check makes an error of what a function of the host gave back.
func Check[E any](result Result[Unit, E], err func(E) error) error {
	if result.tag == ResultErr {
		return err(result.err)
	}
	return nil
}

// Wrap makes a result of what the plugin gave back.
func Wrap[A, B, E any](value B, failure error, ok func(B) A, err func(error) E) Result[A, E] {
	if failure != nil {
		return Err[A](err(failure))
	}
	return Ok[A, E](ok(value))
}

// Done makes a result of what the plugin gave back.
func Done[E any](failure error, err func(error) E) Result[Unit, E] {
	if failure != nil {
		return Err[Unit](err(failure))
	}
	return Ok[Unit, E](Unit{})
}

// Failure gives the value of an error, which only one type of error has.
func Failure[T any](err error) T {
	if found, ok := errors.AsType[wit.Error[T]](err); ok {
		return found.Value
	}
	panic("the plugin gave back an error of another type than `" + typeName[wit.Error[T]]() + "`: " + err.Error())
}

// FailureOf gives the error that is of a type from the WIT.
func FailureOf[T error](err error) T {
	if found, ok := errors.AsType[T](err); ok {
		return found
	}
	panic("the plugin gave back an error of another type than `" + typeName[T]() + "`: " + err.Error())
}

func typeName[T any]() string {
	return reflect.TypeFor[T]().String()
}

// FailureText gives the text of an error, which every error has.
func FailureText(err error) string {
	if found, ok := errors.AsType[wit.Error[string]](err); ok {
		return found.Value
	}
	return err.Error()
}

// FailureUnit has nothing to give of an error.
func FailureUnit(error) Unit {
	return Unit{}
}
