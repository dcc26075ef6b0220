//! Lists of 100,000 elements of every kind, there and back.

use std::fmt::Debug;

use plugwright::{CallError, Instance};

use self::echoes::{Access, Colour, Point, Shape};
use crate::trial::{Bench, Outcome, Trial, same};
use crate::{Guest, Tested, memory};

plugwright::bindings!({ path: "../guests/lists/world.wit", world: "lists" });

pub(crate) type Plugin = Instance<Lists>;

const TRIALS: [Trial<Lists>; 6] = [
    ("100,000 numbers of each width", numbers),
    ("100,000 texts and lists", texts),
    ("100,000 records and tuples", records),
    ("100,000 variants, enums and flags", variants),
    ("100,000 elements of the plugin's own", counted),
    ("200 calls with 1 MB of bytes", bytes),
];

const LENGTH: u32 = 100_000;

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    bench.run(guest, &TRIALS)
}

/// Makes a long list.
fn long<T>(element: impl Fn(u32) -> T) -> Vec<T> {
    (0..LENGTH).map(element).collect()
}

/// Passes a list to the plugin and back.
fn echo<T: PartialEq + Debug>(
    plugin: &mut Plugin,
    call: impl FnOnce(&mut Plugin, &[T]) -> Result<Vec<T>, CallError>,
    list: &[T],
) -> Tested {
    let found = call(plugin, list)?;
    match found.iter().zip(list).position(|(found, given)| found != given) {
        _ if found.len() != list.len() => same(found.len(), list.len()),
        None => Ok(()),
        Some(at) => {
            Err(format!("element {at}: expected {:?}, found {:?}", list[at], found[at]).into())
        }
    }
}

fn numbers(plugin: &mut Plugin) -> Tested {
    echo(plugin, ListsInstance::echoes_echo_bool, &long(|it| it % 3 == 0))?;
    echo(plugin, ListsInstance::echoes_echo_u8, &long(|it| it as u8))?;
    echo(plugin, ListsInstance::echoes_echo_s8, &long(|it| it as i8))?;
    echo(plugin, ListsInstance::echoes_echo_u16, &long(|it| it as u16))?;
    echo(plugin, ListsInstance::echoes_echo_s16, &long(|it| it as i16))?;
    echo(plugin, ListsInstance::echoes_echo_u32, &long(|it| u32::MAX - it))?;
    echo(plugin, ListsInstance::echoes_echo_s32, &long(|it| i32::MIN + it as i32))?;
    echo(plugin, ListsInstance::echoes_echo_u64, &long(|it| u64::MAX - u64::from(it)))?;
    echo(plugin, ListsInstance::echoes_echo_s64, &long(|it| i64::MIN + i64::from(it)))?;
    echo(plugin, ListsInstance::echoes_echo_f32, &long(|it| it as f32 / 8.0))?;
    echo(plugin, ListsInstance::echoes_echo_f64, &long(|it| f64::from(it) / 3.0))?;
    let letter = |it| char::from_u32(it).unwrap_or('🦀');
    echo(plugin, ListsInstance::echoes_echo_char, &long(letter))
}

fn texts(plugin: &mut Plugin) -> Tested {
    echo(plugin, ListsInstance::echoes_echo_string, &long(|it| format!("{it} ✓")))?;
    echo(plugin, ListsInstance::echoes_echo_list, &long(|it| vec![it as u8; it as usize % 3]))?;
    let deep = |it: u32| vec![vec![it.to_string()]; it as usize % 3];
    echo(plugin, ListsInstance::echoes_echo_deep, &long(deep)[..10_000])
}

fn records(plugin: &mut Plugin) -> Tested {
    let given = long(|it| Point { x: it as i32, y: -(it as i32) });
    let told = |it: &Point| (it.x, it.y);
    let found = plugin.echoes_echo_record(&given)?;
    same(found.iter().map(told).eq(given.iter().map(told)), true)?;
    let tuple = |it: u32| (it as u8, it.to_string(), u64::from(it) << 32);
    echo(plugin, ListsInstance::echoes_echo_tuple, &long(tuple))?;
    echo(plugin, ListsInstance::echoes_echo_option, &long(|it| (it % 3 > 0).then_some(it)))?;
    let result = |it: u32| u8::try_from(it).map_err(|_| it.to_string());
    echo(plugin, ListsInstance::echoes_echo_result, &long(result))
}

fn variants(plugin: &mut Plugin) -> Tested {
    let colours = [Colour::Red, Colour::Green, Colour::Blue];
    echo(plugin, ListsInstance::echoes_echo_enum, &long(|it| colours[it as usize % 3]))?;
    let access = [Access::empty(), Access::READ, Access::WRITE, Access::all()];
    echo(plugin, ListsInstance::echoes_echo_flags, &long(|it| access[it as usize % 4]))?;
    let shape = |it: u32| match it % 3 {
        0 => Shape::Nothing,
        1 => Shape::Circle(it.into()),
        _ => Shape::Polygon(vec![Point { x: it as i32, y: 0 }]),
    };
    let told = |it: &Shape| format!("{it:?}");
    let given = long(shape);
    let found = plugin.echoes_echo_variant(&given)?;
    same(found.iter().map(told).eq(given.iter().map(told)), true)
}

fn counted(plugin: &mut Plugin) -> Tested {
    same(plugin.lengths_count_u32(LENGTH)? == long(|it| it), true)?;
    same(plugin.lengths_count_u8(LENGTH)? == long(|it| it as u8), true)?;
    same(plugin.lengths_count_string(LENGTH)? == long(|it| it.to_string()), true)?;
    let points = plugin.lengths_count_point(LENGTH)?;
    let expected = long(|it| (it as i32, -(it as i32)));
    same(points.iter().map(|it| (it.x, it.y)).eq(expected), true)?;
    let sum: u64 = (0..u64::from(LENGTH)).sum();
    same(plugin.lengths_sum_u32(&long(|it| it))?, sum)?;
    same(plugin.lengths_sum_u8(&long(|_| 255))?, 25_500_000)?;
    same(plugin.lengths_sum_f64(&long(f64::from))?, sum as f64)?;
    same(plugin.lengths_sum_string(&long(|it| it.to_string()))?, 488_890)?;
    same(plugin.lengths_sum_point(&points)?, 0)
}

fn bytes(plugin: &mut Plugin) -> Tested {
    let given: Vec<u8> = (0..1_u32 << 20).map(|it| it as u8).collect();
    // The tests are not optimized: a thousand would take most of a minute.
    memory::stays(plugin, 200, |plugin| same(plugin.echoes_echo_u8(&given)? == given, true))
}
