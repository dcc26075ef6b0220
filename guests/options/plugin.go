// Package main gives options and results back, and answers with them.
package main

import (
	"fmt"

	sdk "options-sdk"
	"options-sdk/answers"
	"options-sdk/wit"
)

func init() {
	sdk.Export(sdk.Plugin{Answers: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) EchoOption(it *uint32) *uint32 {
	return it
}

func (plugin) EchoOptionString(it *string) *string {
	return it
}

func (plugin) EchoOptionOption(it **uint8) **uint8 {
	return it
}

func (plugin) EchoDeepOption(it ***string) ***string {
	return it
}

func (plugin) EchoOptionResult(it *wit.Result[uint8, string]) *wit.Result[uint8, string] {
	return it
}

func (plugin) EchoOptionList(it *[]*uint8) *[]*uint8 {
	return it
}

func (plugin) EchoNestedResult(it []wit.Result[*uint8, *string]) []wit.Result[*uint8, *string] {
	return it
}

func (plugin) EchoResultResult(
	it wit.Tuple1[wit.Result[wit.Result[uint8, string], answers.Refusal]],
) wit.Result[wit.Result[uint8, string], answers.Refusal] {
	return it.F0
}

func (plugin) EchoEmptyResult(it wit.Tuple1[wit.Result[struct{}, struct{}]]) wit.Result[struct{}, struct{}] {
	return it.F0
}

func (plugin) WithText(text string) (uint32, error) {
	if text == "" {
		return 0, nil
	}
	return 0, fmt.Errorf("%s", text)
}

func (plugin) WithNothing(it int32) error {
	return below(it)
}

func (plugin) WithNothingGood(it int32) error {
	return below(it)
}

func (plugin) WithNothingBad(it int32) (int32, error) {
	return it, below(it)
}

func (plugin) WithRecord(code uint16) (string, error) {
	if code == 0 {
		return "fine", nil
	}
	problem := answers.Problem{Code: code, Text: fmt.Sprintf("code %d", code)}
	// What wraps an error carries it.
	return "", fmt.Errorf("with a record: %w", problem)
}

func (plugin) WithVariant(text string) (string, error) {
	switch text {
	case "":
		return "", answers.RefusalBusy{}
	case "key":
		return "", answers.RefusalLocked{Value: text}
	case "broken":
		return "", answers.RefusalBroken{Value: answers.Problem{Code: 500, Text: text}}
	default:
		return text, nil
	}
}

func (plugin) WithEnum(mood answers.Mood) (uint8, error) {
	if mood == answers.MoodCalm {
		return 1, nil
	}
	return 0, mood
}

func (plugin) WithNumber(it uint32) (string, error) {
	if it == 0 {
		return "zero", nil
	}
	return "", wit.Fail(it)
}

func (plugin) WithList(it []string) (uint32, error) {
	if len(it) == 0 {
		return 0, nil
	}
	return 0, wit.Fail(it)
}

func (plugin) WithOption(it *string) (*uint8, error) {
	if it == nil {
		return nil, nil
	}
	switch *it {
	case "":
		return new(uint8(0)), nil
	case "none":
		return nil, wit.Fail[*string](nil)
	default:
		return nil, wit.Fail(it)
	}
}

func (plugin) WithTuple(it int32) (int32, string, error) {
	if it < 1 {
		return 0, "", wit.Fail(wit.Tuple2[int32, string]{F0: it, F1: "less than one"})
	}
	return it, "one or more", nil
}

func (plugin) WithResult(it int32) (wit.Result[int32, string], error) {
	if err := below(it); err != nil {
		return wit.Result[int32, string]{}, err
	}
	if it == 0 {
		return wit.Result[int32, string]{Err: new("zero")}, nil
	}
	return wit.Result[int32, string]{Value: it}, nil
}

func (plugin) First(left, right *string) *string {
	if left != nil {
		return left
	}
	return right
}

func below(it int32) error {
	if it < 0 {
		return fmt.Errorf("%d is below 0", it)
	}
	return nil
}
