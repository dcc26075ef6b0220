package abi

import (
	"runtime"
	"runtime/metrics"
)

// What happened, as the host tells it.
const (
	eventNone    = 0
	eventSubtask = 1
)

// How far a call of the host has come.
const (
	statusStarted  = 1
	statusReturned = 2
)

// What the host shall do next.
const (
	exit  = 0
	yield = 1
	block = 2
)

// How reading from or writing to a stream or a future ended.
const (
	outcomeDone    = 0
	outcomeDropped = 1
	blocked        = 0xffffffff
)

// task is one call of an `async func` of the plugin.
type task struct {
	// waitables is the set of what it waits for; 0 before it waits for the first time.
	waitables uint32
	// waiting counts what is in the set.
	waiting int
	done    bool
}

var (
	// current is the task on whose behalf the host called; nil in a `func` that is not async.
	current *task
	// tasks has those that wait, by the number that the host keeps for them.
	tasks = map[uint32]*task{}
	// waiters has who waits for what.
	waiters = map[uint32]chan uint32{}
	numbers uint32
)

// Run begins a task, and says what the host shall do next.
func Run(work func()) uint32 {
	it := new(task)
	go func() {
		work()
		it.done = true
	}()
	numbers++
	return proceed(it, numbers)
}

// Callback goes on with a task, and says what the host shall do next.
func Callback(event, waitable, code uint32) uint32 {
	number := contextGet()
	it := tasks[number]
	delete(tasks, number)
	// Of a task that is cancelled the work goes on to its end, as the host allows.
	if waiter := waiters[waitable]; event != eventNone && waiter != nil {
		if event != eventSubtask || code > statusStarted {
			waitableJoin(waitable, 0)
			it.waiting--
			delete(waiters, waitable)
			waiter <- code
		}
	}
	return proceed(it, number)
}

// proceed lets the goroutines run until each of them waits or has ended.
func proceed(it *task, number uint32) uint32 {
	current = it
	settle()
	current = nil
	if it.done && it.waiting == 0 {
		if it.waitables != 0 {
			waitableSetDrop(it.waitables)
		}
		return exit
	}
	tasks[number] = it
	contextSet(number)
	if it.waiting == 0 {
		// It waits for time to pass, or for another task.
		return yield
	}
	return block | it.waitables<<4
}

var runnable = []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}

func settle() {
	for {
		runtime.Gosched()
		if metrics.Read(runnable); runnable[0].Value.Uint64() == 0 {
			return
		}
	}
}

// await waits for one event.
func await(waitable uint32) uint32 {
	if current == nil {
		panic("this waits for the host, which only an `async func` may do")
	}
	if current.waitables == 0 {
		current.waitables = waitableSetNew()
	}
	waitableJoin(waitable, current.waitables)
	current.waiting++
	// With room for one, the task that hands it over need not wait.
	waiter := make(chan uint32, 1)
	waiters[waitable] = waiter
	return <-waiter
}

// SubtaskWait waits until a call of the host has returned.
func SubtaskWait(status uint32) {
	subtask, status := status>>4, status&0xf
	if status != statusReturned {
		await(subtask)
		subtaskDrop(subtask)
	}
}

// wait waits until reading or writing has ended, and says how, and how much of it was done.
func wait(code uint32, handle int32) (outcome, count uint32) {
	if code == blocked {
		code = await(uint32(handle))
	}
	return code & 0xf, code >> 4
}
