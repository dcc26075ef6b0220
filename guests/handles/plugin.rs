//! Works with notebooks that its host keeps.

use std::cell::RefCell;

use handles_sdk::{
    shelf::{self, Failure, Notebook},
    tasks::Tasks,
};

struct Plugin;

thread_local! {
    static HELD: RefCell<Option<Notebook>> = const { RefCell::new(None) };
}

impl Tasks for Plugin {
    fn jot(title: String, lines: Vec<String>) -> u32 {
        filled(&title, &lines).lines().len() as u32
    }

    fn read(title: String) -> Result<Vec<String>, Failure> {
        Ok(shelf::open(&title)?.lines())
    }

    fn join(left: Vec<String>, right: Vec<String>) -> Vec<String> {
        let right = filled("right", &right);
        let joined = Notebook::joined(filled("left", &left), &right);
        joined.lines()
    }

    fn archive(count: u32) -> u32 {
        let mut notebooks: Vec<_> = (0..count).map(|it| Notebook::new(&it.to_string())).collect();
        let last = notebooks.pop().map_or(0, shelf::archive);
        last + shelf::archive_all(notebooks)
    }

    fn titles() -> Vec<String> {
        shelf::all().iter().map(Notebook::title).collect()
    }

    fn longest(lengths: Vec<u32>) -> Option<u32> {
        let lines = |&length| (0..length).map(|it: u32| it.to_string()).collect::<Vec<_>>();
        let notebooks: Vec<_> = lengths.iter().map(|it| filled("long", &lines(it))).collect();
        shelf::longest(&notebooks.iter().collect::<Vec<_>>())
    }

    fn measure(it: &Notebook) -> u32 {
        it.lines().len() as u32
    }

    fn pass(it: Notebook, line: String) -> Notebook {
        it.append(&line);
        it
    }

    fn make(title: String) -> Notebook {
        Notebook::new(&title)
    }

    fn hold(it: Notebook) {
        HELD.replace(Some(it));
    }

    fn release() -> Option<Notebook> {
        HELD.take()
    }
}

fn filled(title: &str, lines: &[String]) -> Notebook {
    let notebook = Notebook::new(title);
    for line in lines {
        notebook.append(line);
    }
    notebook
}

handles_sdk::export!(Plugin);
