//! Functions of the host, called from inside the plugin's own.

use std::collections::BTreeMap;

use plugwright::Instance;

use self::desk::{Entry, Failure, Level, Line, Query, Rights};
use crate::trial::{Bench, Outcome, Trial, same};
use crate::{Guest, Tested};

plugwright::bindings!({ path: "../guests/imports/world.wit", world: "imports" });

type Plugin = Instance<Imports<Desk>>;

const TRIALS: [Trial<Imports<Desk>>; 6] = [
    ("values reach the host in order", written),
    ("values come back from the host", found),
    ("an error of the host is the plugin's to pass on", failed),
    ("bytes go through both ways", copied),
    ("every kind of argument reaches the host", mixed),
    ("the host is called a thousand times", ticked),
];

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    bench.run(guest, &TRIALS)
}

/// What the plugin did with its host.
#[derive(Debug, Default)]
struct Desk {
    lines: Vec<(bool, String, Vec<String>)>,
    values: BTreeMap<String, Vec<u8>>,
    now: u64,
    sum: Vec<i64>,
}

impl ImportsImports for Desk {
    fn answer(&mut self, question: String) -> String {
        format!("{question}? 42")
    }
}

impl desk::Host for Desk {
    fn write(&mut self, Line { level, text, tags }: Line) {
        self.lines.push((level == Level::High, text, tags));
    }

    fn now(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    fn find(&mut self, query: Query) -> Result<Vec<Entry>, Failure> {
        let entry =
            |id, name: &str, score, rights| Entry { id, name: name.to_owned(), score, rights };
        match query {
            Query::ById(0) => Ok(Vec::new()),
            Query::ById(id) => Ok(vec![entry(id, "größer", Some(0.5), Rights::READ)]),
            Query::ByName(name) => Err(Failure::Denied(name)),
            Query::Everything => Ok(vec![
                entry(u64::MAX, "", None, Rights::empty()),
                entry(1, "🦀", Some(f64::INFINITY), Rights::READ | Rights::WRITE),
            ]),
        }
    }

    fn load(&mut self, key: String) -> Option<Vec<u8>> {
        self.values.get(&key).cloned()
    }

    fn store(&mut self, key: String, value: Vec<u8>) -> Result<(), Failure> {
        if key.is_empty() {
            return Err(Failure::NotFound);
        }
        self.values.insert(key, value);
        Ok(())
    }

    fn check(&mut self, level: Level) -> Result<(), ()> {
        if level == Level::High { Ok(()) } else { Err(()) }
    }

    fn mix(
        &mut self,
        a: u8,
        b: i64,
        c: f32,
        d: f64,
        e: bool,
        f: char,
        g: String,
    ) -> (u8, i64, f32, f64, bool, char, String) {
        (!a, !b, -c, -d, !e, f, g + "!")
    }

    fn sum(
        &mut self,
        a: u8,
        b: u16,
        c: u32,
        d: u64,
        e: i8,
        f: i16,
        g: i32,
        h: i64,
        i: u8,
        j: u16,
        k: u32,
        l: u64,
        m: i8,
        n: i16,
        o: i32,
        p: i64,
        q: u8,
    ) -> i64 {
        let (first, second) =
            ([a.into(), b.into(), c.into(), d as i64], [i.into(), j.into(), k.into(), l as i64]);
        let (third, fourth) =
            ([e.into(), f.into(), g.into(), h], [m.into(), n.into(), o.into(), p]);
        self.sum = [first, third, second, fourth].concat();
        self.sum.push(q.into());
        self.sum.iter().sum()
    }
}

fn written(plugin: &mut Plugin) -> Tested {
    let texts = ["erste".to_owned(), String::new(), "🦀".to_owned()];
    same(plugin.tasks_report(Level::High, &texts)?, 3)?;
    same(plugin.tasks_report(Level::Low, &texts[..1])?, 1)?;
    let line = |high, text: &str, tag: &str| (high, text.to_owned(), vec![tag.to_owned()]);
    let expected = vec![
        line(true, "erste", "0"),
        line(true, "", "1"),
        line(true, "🦀", "2"),
        line(false, "erste", "0"),
    ];
    same(plugin.host().lines.clone(), expected)
}

fn found(plugin: &mut Plugin) -> Tested {
    let all = plugin.tasks_find(&Query::Everything)?.map_err(|_| "nothing was found")?;
    let told: Vec<_> = all.into_iter().map(|it| (it.id, it.name, it.score, it.rights)).collect();
    let both = Rights::READ | Rights::WRITE;
    let expected = [
        (u64::MAX, String::new(), None, Rights::empty()),
        (1, "🦀".to_owned(), Some(f64::INFINITY), both),
    ];
    same(told, expected.into())?;
    same(plugin.tasks_name_of(7)?.ok(), Some("größer".to_owned()))?;
    same(plugin.tasks_ask("sechs mal neun")?.as_str(), "sechs mal neun? 42")
}

fn failed(plugin: &mut Plugin) -> Tested {
    let told = |failure| match failure {
        Failure::NotFound => "not found".to_owned(),
        Failure::Denied(why) => why,
    };
    let denied = plugin.tasks_find(&Query::ByName("geheim".to_owned()))?;
    same(denied.map(|it| it.len()).map_err(told), Err("geheim".to_owned()))?;
    same(plugin.tasks_name_of(0)?.map_err(told), Err("not found".to_owned()))?;
    same(plugin.tasks_check(Level::High)?, true)?;
    same(plugin.tasks_check(Level::Low)?, false)?;
    plugin.host_mut().values.insert("a".to_owned(), vec![1]);
    same(plugin.tasks_copy("a", "")?.map_err(told), Err("not found".to_owned()))
}

fn copied(plugin: &mut Plugin) -> Tested {
    same(plugin.tasks_copy("a", "b")?.ok(), Some(None))?;
    let long: Vec<u8> = (0..1_000_000_u32).map(|it| it as u8).collect();
    for value in [Vec::new(), vec![0, 255], long] {
        plugin.host_mut().values.insert("a".to_owned(), value.clone());
        same(plugin.tasks_copy("a", "b")?.ok(), Some(Some(value.len() as u32)))?;
        same(plugin.host().values.get("b") == Some(&value), true)?;
    }
    Ok(())
}

fn mixed(plugin: &mut Plugin) -> Tested {
    let expected = (0, i64::MAX, -0.1, -0.1, false, '🦀', "gemischt ✓!".to_owned());
    same(plugin.tasks_mix()?, expected)?;
    same(plugin.tasks_sum(16)?, 17)?;
    let expected = [1, 2, 3, 4, -5, -6, -7, -8, 9, 10, 11, 12, -13, -14, -15, 16, 17];
    same(plugin.host().sum.clone(), expected.into())
}

fn ticked(plugin: &mut Plugin) -> Tested {
    same(plugin.tasks_ticks(1000)?, 500_500)?;
    same(plugin.host().now, 1000)
}
