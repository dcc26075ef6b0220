/**
 * Goes on after a read, a write or a call of the host has ended.
 *
 * `count` items came or were taken. `open` is false if the other end is gone, so that nothing more can follow; of a future
 * and of a call it is true.
 */
typedef void (*pw_then_t)(void *self, size_t count, bool open);

/**
 * Has `then(self, ..)` called when a read or a write that has been started has ended, but not before you return.
 *
 * It is given the end and what the function that started gave, as in
 * `pw_then(reader, pw_stream_u8_read(reader, bytes, sizeof bytes), go_on, self)`.
 */
void pw_then(uint32_t end, pw_waitable_status_t status, pw_then_t then, void *self);

/** Has `then(self, ..)` called when a call of an asynchronous function of the host has returned. */
void pw_then_call(pw_subtask_status_t status, pw_then_t then, void *self);

/** Waits for all that pw_then() was told: what an asynchronous function of the plugin returns. */
pw_callback_code_t pw_wait(void);

/** Waits on after an event: what a callback of your own returns where it has nothing else to do. */
pw_callback_code_t pw_resume(pw_event_t *event);
