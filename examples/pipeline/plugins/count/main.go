// Counts the flights of each airline, and hands them on.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	stage "stage-sdk"
	"stage-sdk/counts"
	"stage-sdk/report"
	"stage-sdk/wit"
)

func init() {
	stage.Export(stage.Plugin{Flow: plugin{}})
}

// A plugin is called, so nothing happens here.
func main() {}

const (
	// piece is how much is read and written at once, in bytes.
	piece = 1 << 16
	// longest is the longest line that is kept, in bytes; a longer one is refused.
	longest = 1 << 20
	// most is how many airlines are told apart; with more, something is wrong with the data.
	most = 1000
)

type plugin struct{}

// tally is how often each airline was met.
type tally = []counts.Count

func (plugin) Run(
	lines wit.StreamReader[byte],
) (wit.StreamReader[byte], wit.FutureReader[wit.Result[tally, string]]) {
	writer, reader := wit.Pipe[byte]()
	told, outcome := wit.NewFuture[wit.Result[tally, string]]()
	go func() {
		found, err := count(lines, writer)
		// Nobody is left to tell where these fail.
		_ = lines.Close()
		_ = writer.Close()
		if err != nil {
			reason := err.Error()
			_ = told.Set(wit.Result[tally, string]{Err: &reason})
			return
		}
		_ = told.Set(wit.Result[tally, string]{Value: found})
	}()
	return reader, outcome
}

// count hands on what it reads until nobody reads it, and counts.
func count(from io.Reader, to io.Writer) (tally, error) {
	times := map[string]uint64{}
	reader := bufio.NewReaderSize(from, longest+1)
	writer := bufio.NewWriterSize(to, piece)
	for number := uint64(1); ; number++ {
		line, end := read(reader)
		if name, err := airline(line); err != nil {
			report.Refuse(number, err.Error())
		} else if name != "" {
			times[name]++
			_, _ = writer.Write(line)
			// It tells of what failed before, too.
			if err := writer.WriteByte('\n'); err != nil {
				break
			}
		}
		if len(times) > most {
			return nil, fmt.Errorf("there are more than %d airlines", most)
		}
		if end {
			break
		}
	}
	// Where nobody reads any more, the counts are wanted all the same.
	_ = writer.Flush()
	return sorted(times), nil
}

// read gives the next line, or more than may be kept of it, and whether it is the last.
func read(reader *bufio.Reader) ([]byte, bool) {
	line, err := reader.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) {
		// The rest of it goes where the line was, which is as long as its reader's buffer.
		_, err = reader.ReadSlice('\n')
	}
	return bytes.TrimSuffix(line, []byte{'\n'}), err != nil
}

// flight is what is looked at of a flight.
type flight struct {
	Carrier struct {
		Name string `json:"name"`
	} `json:"carrier"`
}

// airline finds who flew; nobody on an empty line.
func airline(line []byte) (string, error) {
	if len(line) == 0 {
		return "", nil
	}
	if len(line) > longest {
		return "", fmt.Errorf("it is longer than %d bytes", longest)
	}
	var found flight
	if err := json.Unmarshal(line, &found); err != nil {
		return "", fmt.Errorf("it is no flight: %w", err)
	}
	if found.Carrier.Name == "" {
		return "", errors.New("it has no airline")
	}
	return found.Carrier.Name, nil
}

// sorted gives the most frequent first.
func sorted(times map[string]uint64) tally {
	found := make(tally, 0, len(times))
	for key, times := range times {
		found = append(found, counts.Count{Key: key, Times: times})
	}
	slices.SortFunc(found, func(a, b counts.Count) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Key, b.Key))
	})
	return found
}
