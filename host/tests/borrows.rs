//! Hosts that look at what lies in a plugin's memory, and hosts that are given copies of it.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{Tested, component};
use plugwright::{
    CallError, Engine, EngineOptions, Grants, Instance, Interfaces, Limits, Policy, World,
};

mod borrowing {
    plugwright::bindings!({ path: "tests/notes.wit", borrow: true });
}

mod copying {
    plugwright::bindings!({ path: "tests/notes.wit" });
}

/// What was said and written.
#[derive(Debug, Default, PartialEq)]
struct Diary(Vec<String>);

impl Diary {
    fn write(&mut self, text: &str, times: u32, bytes: &[u8]) -> u32 {
        self.0.push(format!("{times} {text} {bytes:?}"));
        text.len() as u32 * times + bytes.len() as u32
    }

    fn say(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }
}

impl borrowing::diary::Host for Diary {
    fn write(&mut self, text: &str, times: u32, bytes: &[u8]) -> u32 {
        Diary::write(self, text, times, bytes)
    }
}

impl borrowing::NotesImports for Diary {
    fn say(&mut self, text: &str) {
        assert!(text != "a w", "this is not said");
        Diary::say(self, text);
    }
}

impl copying::diary::Host for Diary {
    fn write(&mut self, text: String, times: u32, bytes: Vec<u8>) -> u32 {
        Diary::write(self, &text, times, &bytes)
    }
}

impl copying::NotesImports for Diary {
    fn say(&mut self, text: String) {
        Diary::say(self, &text);
    }
}

fn instance<W: World<Host = Diary>>(limits: Limits) -> Tested<Instance<W>> {
    let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
    let policy = Policy { grants, limits, ..Policy::default() };
    let engine = Engine::new(EngineOptions::default())?;
    Ok(engine.load::<W>(component("notes")?, policy)?.instantiate()?)
}

fn borrower(limits: Limits) -> Tested<Instance<borrowing::Notes<Diary>>> {
    instance(limits)
}

fn copier(limits: Limits) -> Tested<Instance<copying::Notes<Diary>>> {
    instance(limits)
}

#[test]
fn what_is_borrowed_is_not_copied() -> Tested {
    let said = Diary(["a word", "3 a word [97, 32]"].map(str::to_owned).to_vec());
    let (mut borrower, mut copier) = (borrower(Limits::default())?, copier(Limits::default())?);
    let (answer, spent) = borrower.spend(|it| borrowing::NotesInstance::run(it, 0, 6, 2));
    assert_eq!((answer?, borrower.host()), (20, &said));
    // How often, and the result.
    assert_eq!((spent.copied_out, spent.host_calls), (4 + 4, 2));
    let (answer, spent) = copier.spend(|it| copying::NotesInstance::run(it, 0, 6, 2));
    assert_eq!((answer?, copier.host()), (20, &said));
    assert_eq!((spent.copied_out, spent.host_calls), (4 + 4 + 6 + 6 + 2, 2));
    Ok(())
}

#[test]
fn it_is_bounded_and_refused_as_copies_are() -> Tested {
    let few = Limits { host_calls: 1, ..Limits::default() };
    let short = Limits { host_bytes: 15, ..Limits::default() };
    let shorter = Limits { host_bytes: 5, ..Limits::default() };
    let cases = [
        ((0, 7, 0), Limits::default()),
        ((65_530, 100, 0), Limits::default()),
        ((0, 1, 70_000), Limits::default()),
        ((0, 6, 2), few),
        ((0, 6, 2), short),
        ((0, 6, 2), shorter),
    ];
    for ((at, length, bytes), limits) in cases {
        let (mut borrower, mut copier) = (borrower(limits.clone())?, copier(limits)?);
        let borrowed = borrowing::NotesInstance::run(&mut borrower, at, length, bytes);
        let copied = copying::NotesInstance::run(&mut copier, at, length, bytes);
        let told = |it: Result<u32, CallError>| it.map_err(|it| it.to_string());
        let (borrowed, copied) = (told(borrowed), told(copied));
        assert!(copied.is_err(), "{at}, {length}, {bytes}");
        assert_eq!(borrowed, copied, "{at}, {length}, {bytes}");
    }
    Ok(())
}

#[test]
fn a_host_that_panics_keeps_its_state() -> Tested {
    let mut borrower = borrower(Limits::default())?;
    borrowing::NotesInstance::run(&mut borrower, 0, 1, 0)?;
    let run = AssertUnwindSafe(|| borrowing::NotesInstance::run(&mut borrower, 0, 3, 0));
    assert!(catch_unwind(run).is_err());
    assert_eq!(borrower.host().0, ["a", "3 a []"]);
    assert!(!borrower.is_alive());
    Ok(())
}
