// Package main implements what has the names of others.
package main

import (
	"strings"

	sdk "names-sdk"
	"names-sdk/errors"
	"names-sdk/json"
	"names-sdk/plugin"
	"names-sdk/std"
	"names-sdk/types"
)

func init() {
	sdk.Export(sdk.Plugin{Types: ofTypes{}, JSON: ofJSON{}, Std: ofStd{}, Plugin: ofPlugin{}, Errors: ofErrors{}})
}

func main() {}

type ofTypes struct{}

func (ofTypes) NewItem(name string) types.Item {
	return item{name}
}

func (ofTypes) Describe(name string) string {
	return name + " is of `types`"
}

type item struct {
	name string
}

func (i item) Name() string {
	return i.name
}

type ofJSON struct{}

func (ofJSON) Dump(it json.Object) string {
	return strings.Join(it.Keys, " ")
}

type ofStd struct{}

func (ofStd) Dump(it std.Object) uint8 {
	return it.Keys
}

type ofPlugin struct{}

func (ofPlugin) Plugin(guest plugin.Names) plugin.Names {
	return append(guest, "guest")
}

func (ofPlugin) Sdk() string {
	return "sdk"
}

type ofErrors struct{}

func (ofErrors) Check(code uint8) (uint8, error) {
	if code == 0 {
		return 0, nil
	}
	return 0, errors.Error{Code: code}
}

func (ofErrors) Fail(code uint8) (uint8, error) {
	switch code {
	case 0:
		return 0, nil
	case 1:
		return 0, errors.ExceptionException{}
	default:
		return 0, errors.ExceptionError{Value: errors.Error{Code: code}}
	}
}
