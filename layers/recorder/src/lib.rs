//! Writes a line about each call of the next store: the function, the key, how it ended, and how long it took.
//!
//! Of values it writes only how long they are.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::time::Instant;

use layer_sdk::store::Store;
use layer_sdk::store_import as next;
use layer_sdk::types::{Error, Page, Swapped};
use settings::Settings;

/// Where lines go, and how they begin.
struct Log {
    stderr: bool,
    start: String,
}

fn log() -> Result<&'static Log, Error> {
    static LOG: OnceLock<Result<Log, String>> = OnceLock::new();
    LOG.get_or_init(read).as_ref().map_err(|err| Error::Other(err.clone()))
}

fn read() -> Result<Log, String> {
    let settings = Settings::read("RECORDER_", &["RECORDER_NAME", "RECORDER_TO"])?;
    let stderr = settings.word("RECORDER_TO", &["stdout", "stderr"])? == 1;
    let start = settings.text("RECORDER_NAME").map(|it| format!("store={it:?} "));
    Ok(Log { stderr, start: start.unwrap_or_default() })
}

/// Makes a call, and writes about it; `about` says what was asked, `outcome` what came of it.
fn recorded<R>(
    about: String,
    call: impl FnOnce() -> Result<R, Error>,
    outcome: impl FnOnce(&R) -> String,
) -> Result<R, Error> {
    let log = log()?;
    let begin = Instant::now();
    let result = call();
    let time = begin.elapsed().as_micros();
    let outcome = match &result {
        Ok(value) => outcome(value),
        Err(error) => failure(error),
    };
    let line = format!("{}{about} {outcome} us={time}\n", log.start);
    // A line that cannot be written is no reason to fail the call.
    let _ = if log.stderr {
        io::stderr().write_all(line.as_bytes())
    } else {
        let mut out = io::stdout();
        out.write_all(line.as_bytes()).and_then(|()| out.flush())
    };
    result
}

/// Quoted, and with everything escaped that would end a line or move a cursor.
fn of_key(call: &str, key: &str) -> String {
    format!("call={call} key={key:?}")
}

fn done<R>(_: &R) -> String {
    "outcome=done".to_owned()
}

fn of_value(value: Option<&[u8]>) -> String {
    match value {
        Some(bytes) => format!("outcome=found bytes={}", bytes.len()),
        None => "outcome=none".to_owned(),
    }
}

fn length(value: Option<&[u8]>) -> String {
    value.map_or_else(|| "none".to_owned(), |it| it.len().to_string())
}

fn failure(error: &Error) -> String {
    let (name, text) = match error {
        Error::BadKey(text) => ("bad-key", text.as_str()),
        Error::Denied(text) => ("denied", text.as_str()),
        Error::Full => ("full", ""),
        Error::Limited(wait) => return format!("outcome=limited wait-us={}", wait / 1000),
        Error::NoSuchStore(text) => ("no-such-store", text.as_str()),
        Error::NotANumber => ("not-a-number", ""),
        Error::TooLarge(most) => return format!("outcome=too-large most={most}"),
        Error::Unavailable(text) => ("unavailable", text.as_str()),
        Error::Other(text) => ("other", text.as_str()),
    };
    let mut line = format!("outcome={name}");
    if !text.is_empty() {
        // Writing to a text cannot fail.
        let _ = write!(line, " text={text:?}");
    }
    line
}

struct Recorder;

impl Store for Recorder {
    fn get(key: String) -> Result<Option<Vec<u8>>, Error> {
        recorded(of_key("get", &key), || next::get(&key), |it| of_value(it.as_deref()))
    }

    fn set(key: String, value: Vec<u8>) -> Result<(), Error> {
        let about = format!("{} bytes={}", of_key("set", &key), value.len());
        recorded(about, || next::set(&key, &value), done)
    }

    fn delete(key: String) -> Result<(), Error> {
        recorded(of_key("delete", &key), || next::delete(&key), done)
    }

    fn exists(key: String) -> Result<bool, Error> {
        recorded(
            of_key("exists", &key),
            || next::exists(&key),
            |it| format!("outcome={}", if *it { "found" } else { "none" }),
        )
    }

    fn keys(prefix: String, after: Option<String>, most: u32) -> Result<Page, Error> {
        let about = format!("call=keys prefix={prefix:?} most={most}");
        recorded(
            about,
            || next::keys(&prefix, after.as_deref(), most),
            |page| format!("outcome=page keys={} more={}", page.keys.len(), page.next.is_some()),
        )
    }

    fn swap(
        key: String,
        expected: Option<Vec<u8>>,
        value: Option<Vec<u8>>,
    ) -> Result<Swapped, Error> {
        let (expected, value) = (expected.as_deref(), value.as_deref());
        let lengths = format!("expected={} bytes={}", length(expected), length(value));
        let about = format!("{} {lengths}", of_key("swap", &key));
        recorded(
            about,
            || next::swap(&key, expected, value),
            |it| match it {
                Swapped::Done => "outcome=done".to_owned(),
                Swapped::Differs(found) => {
                    format!("outcome=differs found={}", length(found.as_deref()))
                }
            },
        )
    }

    fn increment(key: String, by: i64) -> Result<i64, Error> {
        recorded(of_key("increment", &key), || next::increment(&key, by), done)
    }
}

layer_sdk::export!(Recorder);
