//! What flows from plugin to plugin: the same fused and isolated, held back by who reads, and an error where it ends
//! too early.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use plugwright::{Application, CallError};

use super::{Tested, call, loaded, told};

/// A plugin that hands on all that it is asked to the one behind it, which is one with its desk.
fn relay(how: &str, back: &str) -> Tested<Application> {
    const FUNCTIONS: [&str; 8] =
        ["drain", "pour", "pour-and-fall", "through", "hand-on", "take", "leave", "length"];
    let exports: String = FUNCTIONS.iter().map(|it| format!("{it} = \"relay\"\n")).collect();
    let links: String = FUNCTIONS
        .iter()
        .map(|it| format!("{it} = {{ to = \"back\", how = \"{how}\" }}\n"))
        .collect();
    loaded(
        &["applications/parts/relay", "flows/plugin=back", "applications/parts/desk"],
        &format!(
            "[application]\n\
             name = \"flows\"\n\
             [exports]\n{exports}\
             [plugins.relay]\n\
             file = \"relay.wasm\"\n\
             trust = \"us\"\n\
             [plugins.relay.links]\n{links}\
             [plugins.back]\n\
             file = \"back.wasm\"\n\
             trust = \"us\"\n\
             links = {{ \"example:flows/desk\" = \"desk\" }}\n\
             {back}\n\
             [plugins.desk]\n\
             file = \"desk.wasm\"\n\
             trust = \"us\"\n\
             {back}\n"
        ),
    )
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Calls the relay with this input, and gives what it answers and what it writes.
fn flow(
    application: &Application,
    text: &str,
    input: impl Read + Send + Clone + Sync + 'static,
) -> Tested<(Result<String, CallError>, Vec<u8>)> {
    let (_, plugin) = application.plugins().last().ok_or("no plugin")?;
    let request = plugin.request_flow(text, move |_| Ok(Box::new(input.clone())))?;
    let written = Written::default();
    let called = plugin.instantiate()?.call_into(&request, written.clone());
    let answer = match called {
        Ok(answer) => match answer? {
            Some(value) => Ok(value.to_wave()?),
            None => Ok(String::new()),
        },
        Err(error) => Err(error),
    };
    let written = written.0.lock().unwrap().clone();
    Ok((answer, written))
}

fn bytes(count: u32) -> std::io::Cursor<Vec<u8>> {
    std::io::Cursor::new((0..count).map(|it| it.to_le_bytes()[0]).collect())
}

#[test]
fn streams_are_the_same_fused_and_isolated() -> Tested {
    for how in ["fused", "isolated"] {
        let application = relay(how, "")?;
        let units: Vec<_> = application.plugins().map(|(name, _)| name).collect();
        assert_eq!(units.len(), if how == "fused" { 1 } else { 2 }, "{units:?}");
        for (text, answer, written) in [
            ("drain(\"-\")", "300000", 0),
            ("pour(200000)", "", 200_000),
            ("pour(0)", "", 0),
            ("through(\"-\", 4000000000)", "", 300_000),
            ("hand-on(\"-\")", "", 300_000),
            ("take(\"-\", 10)", "10", 0),
        ] {
            let (found, bytes) = flow(&application, text, bytes(300_000))?;
            assert_eq!((found?.as_str(), bytes.len()), (answer, written), "{how}: {text}");
        }
        let (_, through) = flow(&application, "through(\"-\", 4000000000)", bytes(300_000))?;
        assert_eq!(&through, bytes(300_000).get_ref(), "{how}");
        assert_eq!(call(&application, "length([1, 2, 3])")??, "3", "{how}");
        assert_eq!(call(&application, "leave(0)")??, "", "{how}");
    }
    Ok(())
}

#[test]
fn a_plugin_that_fails_while_it_writes_is_told_to_who_reads() -> Tested {
    let isolated = relay("isolated", "")?;
    let (answer, written) = flow(&isolated, "pour-and-fall(100000)", bytes(0))?;
    assert_eq!(written.len(), 100_000);
    assert_eq!(
        told(&answer.unwrap_err()),
        "what `pour-and-fall` was given to read failed\n\
         the plugin that wrote it failed\n\
         `pour-and-fall` trapped: wasm `unreachable` instruction executed"
    );
    let (answer, written) = flow(&isolated, "through(\"-\", 70000)", bytes(300_000))?;
    assert!(written.len() < 300_000);
    assert!(told(&answer.unwrap_err()).contains("`through` trapped"));
    Ok(())
}

#[test]
fn a_plugin_that_fails_before_it_answers_is_told_to_who_called() -> Tested {
    let isolated = relay("isolated", "")?;
    let error = call(&isolated, "leave(1)")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`leave` called `leave` of plugin `back`, which failed\n\
         `leave` trapped: wasm `unreachable` instruction executed"
    );
    Ok(())
}

#[test]
fn what_waits_for_ever_ends_with_its_caller() -> Tested {
    #[derive(Clone)]
    struct Endless;
    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            into.fill(0);
            Ok(into.len())
        }
    }
    let slow = relay("isolated", "limits = { time = \"50ms\" }")?;
    let (answer, _) = flow(&slow, "drain(\"-\")", Endless)?;
    assert_eq!(
        told(&answer.unwrap_err()),
        "`drain` called `drain` of plugin `back`, which failed\n\
         `drain` took longer than the 50ms that its policy allows"
    );
    // Nothing of it is left that would hold the next one up.
    let (answer, _) = flow(&slow, "drain(\"-\")", bytes(10))?;
    assert_eq!(answer?, "10");
    Ok(())
}

#[test]
fn many_threads_stream_at_once() -> Tested {
    let application = relay("isolated", "")?;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    (0..10).all(|_| {
                        flow(&application, "through(\"-\", 4000000000)", bytes(100_000))
                            .is_ok_and(|(answer, bytes)| answer.is_ok() && bytes.len() == 100_000)
                    })
                })
            })
            .collect();
        for thread in threads {
            assert!(thread.join().unwrap());
        }
    });
    Ok(())
}
