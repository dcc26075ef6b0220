// Reads and writes what flows.
package main

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	streams "streams-sdk"
	"streams-sdk/files"
	"streams-sdk/wit"
)

func init() {
	streams.Export(streams.Plugin{Flows: flow{}})
}

// A plugin is called, so nothing happens here.
func main() {}

// piece is how much is read or written at once.
const piece = 1 << 16

type flow struct{}

func (flow) Sum(bytes wit.StreamReader[byte]) uint64 {
	sum := uint64(0)
	buffer := make([]byte, piece)
	for {
		count, err := bytes.Read(buffer)
		for _, it := range buffer[:count] {
			sum += uint64(it)
		}
		if err != nil {
			return sum
		}
	}
}

func (flow) Count(count uint64) wit.StreamReader[byte] {
	return &counter{left: count}
}

// counter gives numbers that are their place, modulo 251.
type counter struct {
	next byte
	left uint64
}

func (c *counter) Read(values []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	count := min(uint64(len(values)), c.left)
	for i := range values[:count] {
		values[i] = c.next
		if c.next++; c.next == 251 {
			c.next = 0
		}
	}
	c.left -= count
	return int(count), nil
}

func (c *counter) Close() error {
	return nil
}

func (flow) Shout(text wit.StreamReader[byte]) wit.StreamReader[byte] {
	return capitals{text}
}

// capitals gives what a stream gives, in capitals.
type capitals struct{ wit.StreamReader[byte] }

func (c capitals) Read(values []byte) (int, error) {
	count, err := c.StreamReader.Read(values)
	for i, it := range values[:count] {
		if 'a' <= it && it <= 'z' {
			values[i] = it - 'a' + 'A'
		}
	}
	return count, err
}

func (flow) Take(bytes wit.StreamReader[byte], most uint32) []byte {
	taken := make([]byte, most)
	count, _ := io.ReadFull(bytes, taken)
	return taken[:count]
}

func (flow) Ignore(wit.StreamReader[byte]) bool {
	return true
}

func (flow) Flood() wit.StreamReader[byte] {
	writer, reader := wit.Pipe[byte]()
	go func() {
		zeroes := make([]byte, piece)
		for {
			if _, err := writer.Write(zeroes); err != nil {
				return
			}
		}
	}()
	return reader
}

func (flow) Fail(after uint32) wit.StreamReader[byte] {
	writer, reader := wit.Pipe[byte]()
	go func() {
		_, _ = writer.Write(make([]byte, after))
		panic("it was to fail")
	}()
	return reader
}

func (flow) Words(text string) wit.StreamReader[string] {
	writer, reader := wit.Pipe[string]()
	go func() {
		_, _ = writer.Write(strings.Fields(text))
		_ = writer.Close()
	}()
	return reader
}

func (flow) Longest(words wit.StreamReader[string]) *string {
	var longest *string
	for word := range wit.Each(words) {
		if longest == nil || len(word) > len(*longest) {
			longest = &word
		}
	}
	return longest
}

func (flow) Double(number wit.FutureReader[uint32]) wit.FutureReader[uint32] {
	writer, reader := wit.NewFuture[uint32]()
	go func() {
		if value, err := number.Get(); err == nil {
			_ = writer.Set(2 * value)
		}
	}()
	return reader
}

func (flow) Parse(
	text wit.StreamReader[byte],
) (wit.StreamReader[uint32], wit.FutureReader[wit.Result[uint32, string]]) {
	writer, numbers := wit.Pipe[uint32]()
	told, outcome := wit.NewFuture[wit.Result[uint32, string]]()
	go func() {
		lines := bufio.NewScanner(text)
		count := uint32(0)
		for lines.Scan() {
			number, err := strconv.ParseUint(lines.Text(), 10, 32)
			if err != nil {
				_ = writer.Close()
				reason := lines.Text()
				_ = told.Set(wit.Result[uint32, string]{Err: &reason})
				return
			}
			if _, err := writer.Write([]uint32{uint32(number)}); err != nil {
				break
			}
			count++
		}
		_ = writer.Close()
		_ = told.Set(wit.Result[uint32, string]{Value: count})
	}()
	return numbers, outcome
}

func (flow) Copy(source string, target string) (uint64, error) {
	text, err := files.Read(source)
	if err != nil {
		return 0, err
	}
	written, err := files.Write(target, capitals{text}).Get()
	if err != nil {
		return 0, err
	}
	if written.Err != nil {
		return 0, errors.New(*written.Err)
	}
	return written.Value, nil
}
