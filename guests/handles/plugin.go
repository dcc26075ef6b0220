// Package main works with notebooks that its host keeps.
package main

import (
	"strconv"

	sdk "handles-sdk"
	"handles-sdk/shelf"
)

func init() {
	sdk.Export(sdk.Plugin{Tasks: plugin{}})
}

func main() {}

type plugin struct{}

var held *shelf.Notebook

func (plugin) Jot(title string, lines []string) uint32 {
	notebook := filled(title, lines)
	defer notebook.Drop()
	return uint32(len(notebook.Lines()))
}

func (plugin) Read(title string) ([]string, error) {
	notebook, err := shelf.Open(title)
	if err != nil {
		return nil, err
	}
	defer notebook.Drop()
	return notebook.Lines(), nil
}

func (plugin) Join(left, right []string) []string {
	other := filled("right", right)
	defer other.Drop()
	joined := shelf.NotebookJoined(filled("left", left), other)
	defer joined.Drop()
	return joined.Lines()
}

func (plugin) Archive(count uint32) uint32 {
	var notebooks []*shelf.Notebook
	for number := range int(count) {
		notebooks = append(notebooks, shelf.NewNotebook(strconv.Itoa(number)))
	}
	last := uint32(0)
	if count > 0 {
		last = shelf.Archive(notebooks[count-1])
		notebooks = notebooks[:count-1]
	}
	return last + shelf.ArchiveAll(notebooks)
}

func (plugin) Titles() []string {
	var titles []string
	for _, notebook := range shelf.All() {
		titles = append(titles, notebook.Title())
		notebook.Drop()
	}
	return titles
}

func (plugin) Longest(lengths []uint32) *uint32 {
	var notebooks []*shelf.Notebook
	for _, length := range lengths {
		notebook := filled("long", make([]string, length))
		defer notebook.Drop()
		notebooks = append(notebooks, notebook)
	}
	return shelf.Longest(notebooks)
}

func (plugin) Measure(it *shelf.Notebook) uint32 {
	return uint32(len(it.Lines()))
}

func (plugin) Pass(it *shelf.Notebook, line string) *shelf.Notebook {
	it.Append(line)
	return it
}

func (plugin) Make(title string) *shelf.Notebook {
	return shelf.NewNotebook(title)
}

func (plugin) Hold(it *shelf.Notebook) {
	if held != nil {
		held.Drop()
	}
	held = it
}

func (plugin) Release() *shelf.Notebook {
	released := held
	held = nil
	return released
}

func filled(title string, lines []string) *shelf.Notebook {
	notebook := shelf.NewNotebook(title)
	for _, line := range lines {
		notebook.Append(line)
	}
	return notebook
}
