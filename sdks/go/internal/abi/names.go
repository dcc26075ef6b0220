package abi

import (
	"strconv"
	"strings"
)

// CaseName gives the name of a case of an enum.
func CaseName(number uint32, names ...string) string {
	if int(number) < len(names) {
		return names[number]
	}
	return strconv.FormatUint(uint64(number), 10)
}

// FlagNames gives the names of the flags that are set.
func FlagNames(flags uint32, names ...string) string {
	var set []string
	for i, name := range names {
		if flags&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, "|")
}

// Nothing tells that a plugin handed over nil where there has to be a value.
func Nothing(name string, value any) string {
	if value == nil {
		return "the plugin handed over a nil " + name
	}
	return "the plugin handed over a " + name + " of its own; it has to be one of those that the package has"
}
