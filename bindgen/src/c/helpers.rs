//! What the documentation says about what stands in no WIT: the functions that free and drop, streams, and waiting.

use super::text::Item;

/// By how the name ends; the first that fits counts.
const ENDS: &[(&str, &str)] = &[
    ("_free", "Frees the memory of a value."),
    ("_drop_own", "Drops a handle."),
    ("_drop_borrow", "Drops a handle that was lent."),
    (
        "_destructor",
        "Is called when the last handle is gone; you write it, and free there what you allocated.",
    ),
    ("_rep", "Gives what stands behind a handle."),
    ("_cancel_read", "Takes back a read that has not come to an end."),
    ("_cancel_write", "Takes back a write that has not come to an end."),
    ("_read", "Starts to read into a place that stays until the read has come to an end."),
    ("_write", "Starts to write from a place that stays until the write has come to an end."),
    ("_drop_readable", "Drops the end that reads."),
    ("_drop_writable", "Drops the end to write to."),
    (
        "_callback",
        "Is called when something that was waited for has happened; it goes on with what pw_then() was told, unless you write another one.",
    ),
    (
        "_return",
        "Gives the answer of the call, once; memory in it stays yours, to be freed afterwards.",
    ),
];

/// What waiting consists of, by its name.
const WAITING: &[(&str, &str)] = &[
    ("subtask_status_t", "What a call of an asynchronous function of the host has come to."),
    ("subtask_t", "A call of an asynchronous function of the host that has not come to its end."),
    ("SUBTASK_STATE", "Takes the state out of what a call gave."),
    (
        "SUBTASK_HANDLE",
        "Takes the call out of what it gave, to wait for; only if it has not returned.",
    ),
    ("subtask_state_t", "How far a call has come."),
    ("subtask_cancel", "Asks the host to stop a call."),
    ("subtask_drop", "Forgets a call that has returned."),
    ("callback_code_t", "What an asynchronous function of the plugin waits for."),
    ("CALLBACK_CODE_EXIT", "Nothing more: the answer has been given."),
    ("CALLBACK_CODE_YIELD", "Nothing: the callback is called again when others had their turn."),
    ("CALLBACK_CODE_WAIT", "One of the set."),
    ("event_code_t", "What has happened."),
    ("event_t", "Something that was waited for: what happened, to what, and its status."),
    ("waitable_set_t", "A set of what is waited for."),
    ("waitable_set_new", "Makes an empty set."),
    ("waitable_join", "Puts something to wait for into a set; 0 for none takes it out."),
    ("waitable_set_drop", "Drops a set that is empty."),
    ("waitable_set_wait", "Waits, and lets nothing else of the plugin run meanwhile."),
    ("waitable_set_poll", "Gives what has happened already, if anything."),
    ("task_cancel", "Says that the plugin has stopped what the host asked it to stop."),
    ("waitable_status_t", "What a read or a write has come to."),
    ("WAITABLE_STATE", "Takes the state out of the status of a read or a write."),
    ("WAITABLE_COUNT", "Takes out of the status how many items were read or written."),
    ("WAITABLE_STATUS_BLOCKED", "It has not come to an end: wait for it."),
    ("waitable_state_t", "How a read or a write has ended."),
    ("backpressure_inc", "Asks the host for no more calls, until as often taken back."),
    ("backpressure_dec", "Takes back one pw_backpressure_inc()."),
    ("context_get_0", "Gives what was kept for this call of the plugin."),
    ("context_set_0", "Keeps something for this call of the plugin, until its callback."),
    ("thread_yield", "Lets others have their turn."),
];

/// Documents it; nothing if it is not known.
pub(crate) fn docs(item: &Item<'_>, name: &str) -> Option<&'static str> {
    let waiting = name.strip_prefix("pw_").or(name.strip_prefix("PW_"));
    let waiting = waiting.and_then(|name| WAITING.iter().find(|(it, _)| *it == name));
    let ends = || ENDS.iter().find(|(it, _)| item.name.ends_with(it));
    match waiting.or_else(ends) {
        Some((_, said)) => Some(said),
        None if makes_handle(item) => Some("Makes a handle of what you allocated."),
        None if item.name.ends_with("_new") => Some(
            "Makes the two ends: the one to write to, and the one that reads, which it gives back.",
        ),
        None if name.ends_with("_borrow") => Some("Lends what you have a handle of."),
        None => None,
    }
}

/// Whether it makes a handle of an exported resource.
pub(crate) fn makes_handle(item: &Item<'_>) -> bool {
    item.name.ends_with("_new") && item.text.contains("*rep)")
}
