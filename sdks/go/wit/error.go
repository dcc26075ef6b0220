package wit

import (
	"errors"
	"strconv"
)

// ErrClosed says that the other end of a stream or a future is gone.
var ErrClosed = errors.New("the other end is closed")

// Error is an error that carries a value whose type has no name in the WIT, such as a string.
//
// For a `result` without an error type, T is struct{}.
type Error[T any] struct {
	Value T
}

// Fail makes an error that carries a value.
func Fail[T any](value T) error {
	return Error[T]{value}
}

// Error tells the value if it is a string or a number.
func (e Error[T]) Error() string {
	switch value := any(e.Value).(type) {
	case string:
		return value
	case bool:
		return strconv.FormatBool(value)
	case uint8:
		return strconv.FormatUint(uint64(value), 10)
	case uint16:
		return strconv.FormatUint(uint64(value), 10)
	case uint32:
		return strconv.FormatUint(uint64(value), 10)
	case uint64:
		return strconv.FormatUint(value, 10)
	case int8:
		return strconv.FormatInt(int64(value), 10)
	case int16:
		return strconv.FormatInt(int64(value), 10)
	case int32:
		return strconv.FormatInt(int64(value), 10)
	case int64:
		return strconv.FormatInt(value, 10)
	case float32:
		return strconv.FormatFloat(float64(value), 'g', -1, 32)
	case float64:
		return strconv.FormatFloat(value, 'g', -1, 64)
	case error:
		return value.Error()
	default:
		return "it failed"
	}
}
