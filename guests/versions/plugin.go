// Package main has two versions of one interface, side by side.
package main

import (
	"errors"
	"fmt"

	sdk "versions-sdk"
	old "versions-sdk/exampleunitstemperature010"
	next "versions-sdk/exampleunitstemperature020"
)

func init() {
	sdk.Export(sdk.Plugin{ExampleUnitsTemperature010: first{}, ExampleUnitsTemperature020: second{}})
}

func main() {}

type first struct{}

func (first) ToFahrenheit(it old.Reading) int32 {
	return it.Degrees*9/5 + 32
}

func (first) Describe(it old.Reading) string {
	return fmt.Sprintf("%d °C", it.Degrees)
}

type second struct{}

func (second) ToFahrenheit(it next.Reading) (next.Reading, error) {
	if it.Scale == next.ScaleFahrenheit {
		return next.Reading{}, errors.New("it is in fahrenheit")
	}
	return next.Reading{Degrees: it.Degrees*9/5 + 32, Scale: next.ScaleFahrenheit}, nil
}

func (second) Describe(it next.Reading) string {
	unit := "C"
	if it.Scale == next.ScaleFahrenheit {
		unit = "F"
	}
	return fmt.Sprintf("%v °%s", it.Degrees, unit)
}
