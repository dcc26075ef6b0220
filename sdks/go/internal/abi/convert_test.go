package abi

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"plugwright-sdk/wit"
)

func TestOptionsBecomePointersAndBack(t *testing.T) {
	for _, option := range []Option[uint8]{None[uint8](), Some[uint8](0), Some[uint8](7)} {
		pointer := LiftOption(option, Same[uint8])
		if (pointer == nil) != (option.Tag() == OptionNone) {
			t.Errorf("%v became %v", option, pointer)
		}
		if back := LowerOption(pointer, Same[uint8]); back != option {
			t.Errorf("%v became %v", option, back)
		}
	}
	var nothing io.Reader
	if LowerInterface(nothing, func(io.Reader) int { return 1 }).Tag() != OptionNone {
		t.Error("a nil interface became something")
	}
}

func TestResultsBecomeErrorsAndBack(t *testing.T) {
	fail := func(text string) error { return wit.Fail(text) }
	value, err := Unwrap(Ok[uint8, string](3), Same[uint8], fail)
	if value != 3 || err != nil {
		t.Errorf("got %v, %v", value, err)
	}
	_, err = Unwrap(Err[uint8]("no"), Same[uint8], fail)
	if found, ok := errors.AsType[wit.Error[string]](err); !ok || found.Value != "no" {
		t.Errorf("got %v", err)
	}
	back := Wrap(uint8(0), fmt.Errorf("asking: %w", err), Same[uint8], FailureText)
	if back.Tag() != ResultErr || back.Err() != "no" {
		t.Errorf("got %v", back)
	}
	if other := Done(errors.New("plain"), FailureText); other.Err() != "plain" {
		t.Errorf("got %v", other)
	}
	nested := LiftResult(Err[uint8]("no"), Same[uint8], Same[string])
	if nested.Err == nil || LowerResult(nested, Same[uint8], Same[string]).Err() != "no" {
		t.Errorf("got %v", nested)
	}
}

func TestAnErrorOfAnotherTypeIsTold(t *testing.T) {
	defer func() {
		told := fmt.Sprint(recover())
		if !strings.Contains(told, "`wit.Error[uint8]`: disk full") {
			t.Errorf("told %q", told)
		}
	}()
	Failure[uint8](errors.New("disk full"))
}

func TestAResourceIsDroppedOnce(t *testing.T) {
	var dropped []int32
	drop := func(handle int32) { dropped = append(dropped, handle) }
	own := Owned(3, drop)
	if own.WitBorrow() != 3 {
		t.Error("it has another handle")
	}
	own.WitDrop()
	own.WitDrop()
	given := Owned(4, drop)
	if given.WitTake() != 4 {
		t.Error("it has another handle")
	}
	given.WitDrop()
	var loans Loans
	for handle := int32(5); handle < 7; handle++ {
		lent := Lent(handle, drop)
		Lend(&loans, &lent)
	}
	loans.Return()
	if fmt.Sprint(dropped) != "[3 5 6]" {
		t.Errorf("dropped %v", dropped)
	}
	defer func() {
		if recover() == nil {
			t.Error("a resource can be used after it was dropped")
		}
	}()
	own.WitBorrow()
}

func TestATableGivesNumbersAgain(t *testing.T) {
	var table Table[string]
	one, two := "one", "two"
	first, second := table.Add(&one), table.Add(&two)
	if table.Get(first) != &one || table.Remove(second) != &two || table.Remove(second) != nil {
		t.Error("the table has other values")
	}
	if again := table.Add(&two); again != second || first == 0 {
		t.Errorf("got %d, %d, %d", first, second, again)
	}
}
