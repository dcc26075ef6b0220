// Package main reaches for everything that the standard library offers.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	sdk "reach-sdk"
)

func init() {
	sdk.Export(sdk.Plugin{Reach: plugin{}})
}

func main() {}

type plugin struct{}

func (plugin) CountWords(text string) uint32 {
	words := map[string]int{}
	for _, word := range strings.Fields(text) {
		words[word]++
	}
	return uint32(len(words))
}

func (plugin) Print(line string) {
	fmt.Println(line)
	fmt.Fprintln(os.Stderr, line+"!")
}

func (plugin) Elapsed() uint64 {
	return uint64(time.Since(time.Now()))
}

func (plugin) Now() uint64 {
	return uint64(time.Now().Unix())
}

func (plugin) Variable(name string) *string {
	if value, ok := os.LookupEnv(name); ok {
		return &value
	}
	return nil
}

func (plugin) Read(path string) (string, error) {
	text, err := os.ReadFile(path)
	return string(text), err
}

func (plugin) Write(path, text string) error {
	return os.WriteFile(path, []byte(text), 0o644)
}

func (plugin) Connect(address string) error {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	return connection.Close()
}

func (plugin) Sleep(milliseconds uint32) {
	time.Sleep(time.Duration(milliseconds) * time.Millisecond)
}

func (plugin) Panic(message string) {
	panic(message)
}

func (plugin) Exit(code int32) {
	os.Exit(int(code))
}
