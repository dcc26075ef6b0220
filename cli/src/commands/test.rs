//! `test`: a file of calls and the results that they should give.

mod case;

use std::io::{self, Cursor, Write};
use std::sync::{Arc, Mutex, PoisonError};

use plugwright::{FlowRequest, Plugin, RequestError, Untyped, Val};
use serde::Serialize;

use self::case::{Case, Expected};
use crate::args::{Format, Output};
use crate::failure::Failure;
use crate::input::Input;
use crate::plugin::{Loaded, PluginArgs};
use crate::ui::Ui;
use crate::wave;

/// Run a file of calls, and compare what they give with what is expected
///
/// Each line of the file is a call in WAVE: `call(args) -> result`; `call(args)` where nothing is
/// returned; `call(args) !! text` where the call has to fail with a message that contains the text.
/// Empty lines, and lines that start with `#`, are skipped.
/// Where the function takes a `stream<u8>`, the call has the text that flows in; where it gives one, the result is the
/// text that flows out, or the list of its bytes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    plugin: PluginArgs,
    /// The calls: a file, or `-`
    #[arg(value_name = "CASES")]
    cases: Input,
    #[command(flatten)]
    output: Output,
}

/// What came of the cases, for programs.
#[derive(Debug, Serialize)]
struct Report {
    passed: usize,
    failed: usize,
    cases: Vec<Outcome>,
}

#[derive(Debug, Serialize)]
struct Outcome {
    line: usize,
    call: String,
    passed: bool,
    expected: String,
    found: String,
}

pub(crate) fn run(ui: &Ui, Args { plugin, cases: input, output }: Args) -> Result<(), Failure> {
    let text = input.text()?;
    let cases = case::parse(&input.to_string(), &text)?;
    let Loaded { plugin, printed, .. } = plugin.load(ui)?;
    if cases.is_empty() {
        ui.note(format!(
            "`{input}` has no case, so nothing was tested: write a call and what it returns"
        ));
    }
    let mut outcomes = Vec::new();
    for case in &cases {
        let outcome = judge(&plugin, case);
        printed.pass_on(ui);
        if output.format == Format::Text && !outcome.passed {
            let Outcome { line, call, expected, found, .. } = &outcome;
            let found = found.replace('\n', "\n            ");
            ui.data(format!("line {line}: {call}\n  expected: {expected}\n  found:    {found}"))?;
        }
        outcomes.push(outcome);
    }
    let passed = outcomes.iter().filter(|it| it.passed).count();
    let failed = outcomes.len() - passed;
    match output.format {
        Format::Json => ui.json(&Report { passed, failed, cases: outcomes })?,
        Format::Text => ui.data(format!("{passed} passed, {failed} failed"))?,
    }
    if failed == 0 { Ok(()) } else { Err(Failure::told()) }
}

/// Makes the call and compares.
fn judge(plugin: &Plugin<Untyped>, Case { line, call, expected }: &Case<'_>) -> Outcome {
    let request = plugin.request_flow(call, |text| Ok(Box::new(Cursor::new(text.to_owned()))));
    let found = Found::of(plugin, &request);
    let (expected, passed) = match (expected, &found) {
        (Expected::Nothing, found) => {
            ("nothing returned".to_owned(), matches!(found, Found::Nothing))
        }
        (Expected::Result(text), Found::Result(found)) => {
            let expected = match &request {
                Ok(request) => case::normal(request.function(), text),
                Err(err) => Err(err.to_string()),
            };
            let passed = text == found || expected.as_deref() == Ok(found);
            (expected.unwrap_or_else(|err| err), passed)
        }
        (Expected::Result(text), _) => ((*text).to_owned(), false),
        (Expected::Failure(text), found) => {
            let passed = matches!(found, Found::Failure(message) if message.contains(text));
            (format!("a failure whose message contains `{text}`"), passed)
        }
    };
    Outcome { line: *line, call: (*call).to_owned(), passed, expected, found: found.text() }
}

/// What a call gave.
#[derive(Debug)]
enum Found {
    /// The call ended badly.
    Failure(String),
    Nothing,
    /// There was no call, because the text does not fit the plugin.
    NotCalled(String),
    Result(String),
    /// The result has no text.
    Unwritable(String),
}

impl Found {
    fn of(plugin: &Plugin<Untyped>, request: &Result<FlowRequest, RequestError>) -> Found {
        let request = match request {
            Ok(request) => request,
            Err(err) => return Found::NotCalled(err.to_string()),
        };
        let flowed = Flowed::default();
        let called = plugin.spend(|it| it.call_into(request, flowed.clone()));
        match called.and_then(|(result, _)| result) {
            Ok(Ok(None)) if request.function().gives_bytes() => Found::written(&flowed.value()),
            Ok(Ok(None)) => Found::Nothing,
            Ok(Ok(Some(value))) => Found::written(&value),
            Ok(Err(err)) => Found::Unwritable(err.to_string()),
            Err(err) => {
                let failure = Failure::from(err);
                let causes = failure.causes().iter().map(|cause| format!(": {cause}"));
                Found::Failure(format!("{}{}", failure.message(), causes.collect::<String>()))
            }
        }
    }

    fn written(value: &Val) -> Found {
        wave::write(value).map_or_else(Found::Unwritable, Found::Result)
    }

    fn text(self) -> String {
        match self {
            Found::Nothing => "nothing returned".to_owned(),
            Found::Result(text) => text,
            Found::NotCalled(text) => format!("no call: {text}"),
            Found::Failure(text) => format!("a failure: {text}"),
            Found::Unwritable(text) => format!("a result that cannot be written in WAVE: {text}"),
        }
    }
}

/// The most bytes of one stream that are compared.
const MOST: usize = 1 << 20;

/// What flowed out of a call.
#[derive(Clone, Debug, Default)]
struct Flowed(Arc<Mutex<Vec<u8>>>);

impl Flowed {
    /// Gives it as a text, or else as bytes.
    fn value(&self) -> Val {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).map_or_else(
            |err| Val::List(err.into_bytes().into_iter().map(Val::U8).collect()),
            Val::String,
        )
    }
}

impl Write for Flowed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() + bytes.len() > MOST {
            return Err(io::Error::other(format!("its stream has more than {MOST} bytes")));
        }
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
