//! Resources that the host makes: the plugin gives back or drops every one that it got.

use plugwright::{HostError, Instance, Resource, ResourceTable};

use self::shelf::Failure;
use crate::trial::{Bench, Outcome, Trial, same};
use crate::{Guest, Tested};

plugwright::bindings!({
    path: "../guests/handles/world.wit",
    world: "handles",
    with: { "plugwright:guests/shelf.notebook": Notebook },
});

type Plugin = Instance<Handles<Shelf>>;

const TRIALS: [Trial<Handles<Shelf>>; 7] = [
    ("what the plugin made, it drops", made),
    ("an error comes instead of a resource", opened),
    ("what the plugin gives away, the host has", given),
    ("lists of resources, owned and borrowed", listed),
    ("the host lends a resource", lent),
    ("a resource goes to the plugin and back", passed),
    ("the plugin keeps a resource between calls", kept),
];

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    bench.run(guest, &TRIALS)
}

/// Lines under a title.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "the bindings export it again")]
pub struct Notebook {
    title: String,
    lines: Vec<String>,
}

/// All notebooks that are not dropped.
#[derive(Debug, Default)]
struct Shelf {
    notebooks: ResourceTable,
    made: u32,
    dropped: u32,
    archived: u32,
}

impl Shelf {
    fn put(&mut self, title: &str, lines: &[&str]) -> Resource<Notebook> {
        self.made += 1;
        let lines = lines.iter().map(|&it| it.to_owned()).collect();
        let notebook = Notebook { title: title.to_owned(), lines };
        self.notebooks.push(notebook).expect("the table has room")
    }

    fn at(&mut self, it: &Resource<Notebook>) -> &mut Notebook {
        self.notebooks.get_mut(it).expect("the runtime passes what is there")
    }

    fn remove(&mut self, it: Resource<Notebook>) -> Notebook {
        self.dropped += 1;
        self.notebooks.delete(it).expect("the runtime passes what is there")
    }
}

impl shelf::HostNotebook for Shelf {
    fn new(&mut self, title: String) -> Resource<Notebook> {
        self.put(&title, &[])
    }

    fn title(&mut self, it: Resource<Notebook>) -> String {
        self.at(&it).title.clone()
    }

    fn append(&mut self, it: Resource<Notebook>, line: String) -> u32 {
        let notebook = self.at(&it);
        notebook.lines.push(line);
        notebook.lines.len() as u32
    }

    fn lines(&mut self, it: Resource<Notebook>) -> Vec<String> {
        self.at(&it).lines.clone()
    }

    fn joined(
        &mut self,
        left: Resource<Notebook>,
        right: Resource<Notebook>,
    ) -> Resource<Notebook> {
        let lines = self.at(&right).lines.clone();
        let mut joined = self.remove(left);
        joined.lines.extend(lines);
        self.made += 1;
        self.notebooks.push(joined).expect("the table has room")
    }

    fn drop(&mut self, it: Resource<Notebook>) -> Result<(), HostError> {
        self.remove(it);
        Ok(())
    }
}

impl shelf::Host for Shelf {
    fn open(&mut self, title: String) -> Result<Resource<Notebook>, Failure> {
        match title.as_str() {
            "" => Err(Failure::NotFound),
            "secret" => Err(Failure::Locked(title)),
            _ => Ok(self.put(&title, &["one", "two"])),
        }
    }

    fn archive(&mut self, it: Resource<Notebook>) -> u32 {
        self.remove(it);
        self.archived += 1;
        self.archived
    }

    fn archive_all(&mut self, them: Vec<Resource<Notebook>>) -> u32 {
        let count = them.len() as u32;
        them.into_iter().for_each(|it| drop(self.remove(it)));
        self.archived += count;
        count
    }

    fn all(&mut self) -> Vec<Resource<Notebook>> {
        ["a", "ü", ""].map(|title| self.put(title, &[])).into()
    }

    fn longest(&mut self, of: Vec<Resource<Notebook>>) -> Option<u32> {
        let lengths: Vec<_> = of.iter().map(|it| self.at(it).lines.len()).collect();
        let longest = lengths.iter().max()?;
        lengths.iter().position(|it| it == longest).map(|it| it as u32)
    }
}

/// Checks that every notebook was dropped, but for some.
fn left(plugin: &Plugin, expected: u32) -> Tested {
    let Shelf { notebooks, made, dropped, .. } = plugin.host();
    same((made - dropped, notebooks.is_empty()), (expected, expected == 0))
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&it| it.to_owned()).collect()
}

fn made(plugin: &mut Plugin) -> Tested {
    same(plugin.tasks_jot("leer", &[])?, 0)?;
    same(plugin.tasks_jot("voll", &texts(&["x", "y", "z"]))?, 3)?;
    same(plugin.host().made, 2)?;
    left(plugin, 0)?;
    let joined = plugin.tasks_join(&texts(&["1", "2"]), &texts(&["3"]))?;
    same(joined, texts(&["1", "2", "3"]))?;
    same(plugin.host().made, 5)?;
    left(plugin, 0)
}

fn opened(plugin: &mut Plugin) -> Tested {
    same(plugin.tasks_read("novel")?.ok(), Some(texts(&["one", "two"])))?;
    same(matches!(plugin.tasks_read("")?, Err(Failure::NotFound)), true)?;
    same(
        matches!(plugin.tasks_read("secret")?, Err(Failure::Locked(why)) if why == "secret"),
        true,
    )?;
    left(plugin, 0)
}

fn given(plugin: &mut Plugin) -> Tested {
    same(plugin.tasks_archive(0)?, 0)?;
    same(plugin.tasks_archive(5)?, 1 + 4)?;
    same(plugin.host().archived, 5)?;
    left(plugin, 0)?;
    let notebook = plugin.tasks_make("fresh")?;
    left(plugin, 1)?;
    let notebook = plugin.host_mut().remove(notebook);
    same(notebook.title.as_str(), "fresh")?;
    left(plugin, 0)
}

fn listed(plugin: &mut Plugin) -> Tested {
    same(plugin.tasks_titles()?, texts(&["a", "ü", ""]))?;
    left(plugin, 0)?;
    same(plugin.tasks_longest(&[])?, None)?;
    same(plugin.tasks_longest(&[1, 3, 2])?, Some(1))?;
    left(plugin, 0)
}

fn lent(plugin: &mut Plugin) -> Tested {
    let notebook = plugin.host_mut().put("lent", &["a", "b"]);
    for _ in 0..2 {
        let borrowed = Resource::new_borrow(notebook.rep());
        same(plugin.tasks_measure(borrowed)?, 2)?;
        left(plugin, 1)?;
    }
    plugin.host_mut().remove(notebook);
    left(plugin, 0)
}

fn passed(plugin: &mut Plugin) -> Tested {
    let notebook = plugin.host_mut().put("passed", &["a"]);
    let notebook = plugin.tasks_pass(notebook, "b")?;
    let notebook = plugin.tasks_pass(notebook, "c")?;
    left(plugin, 1)?;
    same(plugin.host_mut().remove(notebook).lines, texts(&["a", "b", "c"]))
}

fn kept(plugin: &mut Plugin) -> Tested {
    same(plugin.tasks_release()?.is_none(), true)?;
    let first = plugin.host_mut().put("first", &[]);
    plugin.tasks_hold(first)?;
    let second = plugin.host_mut().put("second", &[]);
    plugin.tasks_hold(second)?;
    left(plugin, 1)?;
    let released = plugin.tasks_release()?.ok_or("it is gone")?;
    same(plugin.host_mut().remove(released).title.as_str(), "second")?;
    same(plugin.tasks_release()?.is_none(), true)?;
    left(plugin, 0)
}
