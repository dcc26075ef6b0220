// Package main gives records and tuples back, and makes new ones of their parts.
package main

import (
	"unicode/utf8"

	sdk "records-sdk"
	"records-sdk/people"
	"records-sdk/wit"
)

func init() {
	sdk.Export(sdk.Plugin{People: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) EchoPerson(it people.Person) people.Person {
	return it
}

func (plugin) EchoPadded(it people.Padded) people.Padded {
	return it
}

func (plugin) EchoSingle(it people.Single) people.Single {
	return it
}

func (plugin) EchoPair(it people.Pair) (string, people.Single) {
	return it.F0, it.F1
}

func (plugin) EchoTuple(
	it wit.Tuple3[uint8, wit.Tuple2[uint64, wit.Tuple2[string, bool]], rune],
) (uint8, wit.Tuple2[uint64, wit.Tuple2[string, bool]], rune) {
	return it.F0, it.F1, it.F2
}

func (plugin) EchoSingleTuple(it wit.Tuple1[uint32]) uint32 {
	return it.F0
}

func (plugin) Introduce(given string, family *string, age uint8) people.Person {
	initial := '?'
	if given != "" {
		initial, _ = utf8.DecodeRuneInString(given)
	}
	return people.Person{Name: people.Name{Given: given, Family: family}, Age: age, Initial: initial}
}

func (plugin) Moved(person people.Person, home people.Address) people.Person {
	person.Age++
	person.Homes = append(person.Homes, home)
	return person
}

func (plugin) Swapped(it people.Pair) (people.Single, string) {
	return it.F1, it.F0
}
