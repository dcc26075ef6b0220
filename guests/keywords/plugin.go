// Package main implements what has reserved names.
package main

import (
	sdk "keywords-sdk"
	"keywords-sdk/nouns"
)

func init() {
	sdk.Export(sdk.Plugin{Verbs: verbs{}, Nouns: plugin{}, Class: class{}, Keywords: plugin{}})
}

func main() {}

type verbs struct{}

func (verbs) Match(self, typeArg, fn, move, ref, crate uint8) []byte {
	return []byte{self, typeArg, fn, move, ref, crate}
}

func (verbs) Impl(super, dyn, mut, loop, unsafe, gen uint8) []byte {
	return []byte{super, dyn, mut, loop, unsafe, gen}
}

func (verbs) Switch(intArg, char, register, volatile, structArg, defaultArg uint8) []byte {
	return []byte{intArg, char, register, volatile, structArg, defaultArg}
}

func (verbs) Sizeof(errno, stdin, main, inline, restrict, extern uint8) []byte {
	return []byte{errno, stdin, main, inline, restrict, extern}
}

func (verbs) Operator(class, template, newArg, deleteArg, namespace, private uint8) []byte {
	return []byte{class, template, newArg, deleteArg, namespace, private}
}

func (verbs) Defer(chanArg, goArg, rangeArg, selectArg, interfaceArg, packageArg uint8) []byte {
	return []byte{chanArg, goArg, rangeArg, selectArg, interfaceArg, packageArg}
}

func (verbs) Make(nilArg, lenArg, stringArg, errorArg, appendArg, iotaArg uint8) []byte {
	return []byte{nilArg, lenArg, stringArg, errorArg, appendArg, iotaArg}
}

func (verbs) Typeof(varArg, let, arguments, eval, await, yield uint8) []byte {
	return []byte{varArg, let, arguments, eval, await, yield}
}

func (verbs) Delete(null, undefined, function, this, debugger, in uint8) []byte {
	return []byte{null, undefined, function, this, debugger, in}
}

func (verbs) Lambda(def, none, trueArg, pass, nonlocal, global uint8) []byte {
	return []byte{def, none, trueArg, pass, nonlocal, global}
}

func (verbs) Print(id, list, object, lenArg, with, raise uint8) []byte {
	return []byte{id, list, object, lenArg, with, raise}
}

type plugin struct{}

func (plugin) For(it nouns.Struct) nouns.Struct {
	return it
}

func (plugin) While(it nouns.Union) nouns.Union {
	return it
}

func (plugin) Try(it nouns.Object) nouns.Object {
	return it
}

func (plugin) Catch(it nouns.Set) nouns.Set {
	return it
}

func (plugin) Throw(it nouns.String) nouns.Array {
	return nouns.Array{uint8(it)}
}

func (plugin) Async(await bool) bool {
	return await
}

func (plugin) Goto(label bool) bool {
	return label
}

type class struct{}

func (class) Return(returnArg uint8) uint8 {
	return returnArg
}
