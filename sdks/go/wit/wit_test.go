package wit_test

import (
	"errors"
	"io"
	"testing"

	"plugwright-sdk/wit"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	writer, reader := wit.Pipe[byte]()
	go func() {
		for range 3 {
			if _, err := io.WriteString(writer, "drops "); err != nil {
				t.Error(err)
			}
		}
		if err := writer.Close(); err != nil {
			t.Error(err)
		}
	}()
	// A stream of bytes is what Go calls a reader.
	text, err := io.ReadAll(reader)
	if string(text) != "drops drops drops " || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAWriterLearnsThatTheReaderIsGone(t *testing.T) {
	writer, reader := wit.Pipe[string]()
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if _, err := writer.Write([]string{"lost"}); !errors.Is(err, wit.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := reader.Read(make([]string, 1)); !errors.Is(err, wit.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestAStreamIsRangedOver(t *testing.T) {
	writer, reader := wit.Pipe[int]()
	gone := make(chan error)
	go func() {
		_, err := writer.Write([]int{1, 2, 3})
		if err == nil {
			_, err = writer.Write([]int{4})
		}
		gone <- err
	}()
	sum := 0
	for value := range wit.Each(reader) {
		if sum += value; sum == 6 {
			break
		}
	}
	if err := <-gone; sum != 6 || err != wit.ErrClosed {
		t.Errorf("got %d, %v", sum, err)
	}
}

func TestAFutureIsHadOnce(t *testing.T) {
	writer, reader := wit.NewFuture[string]()
	go func() {
		if err := writer.Set("later"); err != nil {
			t.Error(err)
		}
		if err := writer.Set("too late"); !errors.Is(err, wit.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}()
	if value, err := reader.Get(); value != "later" || err != nil {
		t.Errorf("got %q, %v", value, err)
	}
	if _, err := reader.Get(); !errors.Is(err, wit.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if value, err := wit.Ready(3).Get(); value != 3 || err != nil {
		t.Errorf("got %v, %v", value, err)
	}
}

func TestAnErrorTellsItsValue(t *testing.T) {
	for told, err := range map[string]error{
		"no such key": wit.Fail("no such key"),
		"404":         wit.Fail[uint16](404),
		"-1.5":        wit.Fail(-1.5),
		"it failed":   wit.Fail(struct{}{}),
	} {
		if err.Error() != told {
			t.Errorf("told %q instead of %q", err.Error(), told)
		}
	}
}
