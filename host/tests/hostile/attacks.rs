//! Every attack there is, in order.

use std::{collections::BTreeSet, error::Error, fmt::Write as _, thread, time::Duration};

use plugwright::{Artifact, Limits, Policy, Untyped};

use crate::{
    arena::{Arena, ample, brief, called, component, told},
    common::Tested,
    liar, visitor,
};

pub(crate) fn all(arena: &mut Arena) -> Tested {
    spin(arena)?;
    recurse(arena)?;
    grow(arena)?;
    flood(arena)?;
    lie(arena)?;
    visitor::attacks(arena)?;
    never_finish(arena)?;
    start(arena);
    crowd(arena)
}

/// Plugins that take more of the engine's room than their share.
fn crowd(arena: &mut Arena) -> Tested {
    let load = |text: String, limits| {
        let artifact = Artifact::from_bytes("crowd", wat::parse_str(text)?)?;
        let policy = Policy { limits, ..Policy::default() };
        Ok::<_, Box<dyn Error>>(arena.engine.load::<Untyped>(artifact.accept_unsigned(), policy)?)
    };
    let parts = load(instances(250), ample())?;
    let waiting = load(fibers(200), Limits { handles: 1000, ..brief() })?;
    let policy = Policy {
        limits: Limits { concurrent: 200, time: Duration::from_millis(200), ..brief() },
        ..Policy::default()
    };
    let burst = arena.engine.load::<Untyped>(component("wasi")?, policy)?;
    arena.attack("8 sandboxes of 250 core instances each", || {
        let alive: Vec<_> = (0..8).map(|_| parts.instantiate()).collect::<Result<_, _>>()?;
        Ok(format!("{} sandboxes", alive.len()))
    });
    arena.attack("a sandbox in which 200 calls wait", || called(&waiting, "f()"));
    arena.attack("150 calls at once, which sleep", || {
        let ended: Vec<String> = thread::scope(|scope| {
            let calls: Vec<_> = (0..150)
                .map(|_| scope.spawn(|| told(&*called(&burst, "sleep()").unwrap_err())))
                .collect();
            calls.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let distinct: BTreeSet<_> = ended.into_iter().collect();
        Ok(distinct.into_iter().collect::<Vec<_>>().join("\n"))
    });
    Ok(())
}

/// A component with so many core instances.
fn instances(count: usize) -> String {
    format!("(component (core module $m) {})", "(core instance (instantiate $m))".repeat(count))
}

/// A component that begins so many calls of its parts, none of which ends.
fn fibers(count: usize) -> String {
    let text = "(component (component $part
        (core func $yield (canon thread.yield))
        (core module $m
          (import \"\" \"yield\" (func $yield (result i32)))
          (func (export \"f\") (loop $again (drop (call $yield)) (br $again))))
        (core instance $i (instantiate $m (with \"\" (instance (export \"yield\" (func $yield))))))
        (func (export \"f\") async (canon lift (core func $i \"f\"))))"
        .to_owned();
    let [mut parts, mut inner, mut imports, mut calls, mut exports, mut with] =
        [const { String::new() }; 6];
    for part in 0..count {
        parts.push_str(&format!("(instance $part{part} (instantiate $part))"));
        inner.push_str(&format!("(import \"f{part}\" (func $f{part} async))"));
        inner.push_str(&format!("(core func $f{part} (canon lower (func $f{part}) async))"));
        imports.push_str(&format!("(import \"\" \"f{part}\" (func $f{part} (result i32)))"));
        calls.push_str(&format!("(drop (call $f{part}))"));
        exports.push_str(&format!("(export \"f{part}\" (func $f{part}))"));
        with.push_str(&format!("(with \"f{part}\" (func $part{part} \"f\"))"));
    }
    text + &format!(
        "(component $all {inner}
          (core module $m {imports} (func (export \"f\") {calls} (loop $again (br $again))))
          (core instance $i (instantiate $m (with \"\" (instance {exports}))))
          (func (export \"f\") async (canon lift (core func $i \"f\"))))
        {parts}
        (instance $all (instantiate $all {with}))
        (export \"f\" (func $all \"f\")))"
    )
}

fn spin(arena: &mut Arena) -> Tested {
    let calls = [
        "spin()",
        "calls()",
        "own-destructor()",
        "text(\"it\")",
        "post-return()",
        "fill()",
        "fill-table()",
    ];
    arena.calls("spin", brief(), &calls)?;
    arena.calls("spin-at-start", brief(), &["f()"])?;
    destructor(arena, "spin", brief())
}

fn recurse(arena: &mut Arena) -> Tested {
    let wide = "wide(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)";
    let calls = ["itself()", "in-turn()", "through-a-table()", wide, "destructor()"];
    arena.calls("recurse", ample(), &calls)?;
    arena.calls("recurse-at-start", ample(), &["f()"])?;
    destructor(arena, "recurse", ample())?;
    arena.calls("reenter", ample(), &["reenter()"])
}

/// Has the host drop a resource of the plugin's, whose destructor attacks.
fn destructor(arena: &mut Arena, file: &str, limits: Limits) -> Tested {
    let policy = Policy { limits, ..Policy::default() };
    let plugin = arena.engine.load::<Untyped>(component(file)?, policy)?;
    arena.attack(&format!("{file}.wat resource(), dropped by the host"), || {
        let mut instance = plugin.instantiate()?;
        let Some(plugwright::Val::Resource(it)) = instance.call(&plugin.request("resource()")?)?
        else {
            return Err("no resource".into());
        };
        instance.drop_resource(it)?;
        Ok("dropped".to_owned())
    });
    // The host forgets it, which runs nothing.
    arena.attack(&format!("{file}.wat resource(), forgotten"), || called(&plugin, "resource()"));
    Ok(())
}

fn grow(arena: &mut Arena) -> Tested {
    let calls = [
        "memory()",
        "two-memories()",
        "all-at-once()",
        "beyond-all()",
        "far()",
        "own-bounds()",
        "table()",
        "table-at-once()",
    ];
    arena.calls("grow", ample(), &calls)
}

fn flood(arena: &mut Arena) -> Tested {
    let handles = [
        "leak()",
        "drop-none()",
        "drop-foreign()",
        "drop-huge()",
        "drop-other()",
        "drop-twice()",
        "use-after-drop()",
        "give-none()",
        "give-foreign()",
        "give-other()",
        "give-twice()",
    ];
    arena.calls("handles", ample(), &handles)?;
    arena.calls("handles", brief(), &["churn()"])?;
    let wasi = [
        "flood()",
        "print()",
        "leak-timers()",
        "leak-streams()",
        "poll-nothing()",
        "poll-many()",
        "write-too-much()",
        "print-too-much()",
        "write-zeroes()",
        "close-under-a-timer()",
    ];
    arena.calls("wasi", ample(), &wasi)?;
    arena.calls("wasi", brief(), &["sleep()", "poll-sleep()"])
}

fn lie(arena: &mut Arena) -> Tested {
    let lies = [
        "huge-text()",
        "not-utf8()",
        "cut-off-utf8()",
        "text-out-of-bounds()",
        "text-that-wraps()",
        "result-misaligned()",
        "result-out-of-bounds()",
        "result-at-the-edge()",
        "utf16-misaligned()",
        "utf16-out-of-bounds()",
        "latin1-out-of-bounds()",
        "huge-list()",
        "list-whose-size-wraps()",
        "list-misaligned()",
        "many-long-texts()",
        "no-such-case()",
        "case-minus-one()",
        "no-such-variant()",
        "no-such-option()",
        "no-such-result()",
        "half-of-a-letter()",
        "beyond-letters()",
        "wide-bool()",
    ];
    arena.calls("lies", ample(), &lies)?;
    liar::attacks(arena)?;
    let realloc = [
        "out-of-bounds(\"it\")",
        "minus-one(\"it\")",
        "at-the-edge(\"it\")",
        "misaligned([1])",
        "null(\"it\")",
        "traps(\"it\")",
        "grows(\"it\")",
        "calls-out(\"it\")",
        "clean-calls-out()",
        "clean-traps()",
    ];
    arena.calls("realloc", ample(), &realloc)
}

fn never_finish(arena: &mut Arena) -> Tested {
    let spins = [
        "spin()",
        "callback-spins()",
        "callback-yields()",
        "answers-and-spins()",
        "answers-and-yields()",
        "yield-for-ever()",
    ];
    arena.calls("async", brief(), &spins)?;
    let waits = [
        "callback-waits()",
        "waits()",
        "ends-without-an-answer()",
        "says-nonsense()",
        "waits-for-nonsense()",
        "answers-twice()",
        "answers-and-waits()",
        "answers-though-sync()",
        "wait()",
        "wait-sync()",
        "leak-sets()",
        "leak-streams()",
        "push-back()",
        "push-back-once()",
        "write-unread()",
        "write-out-of-bounds()",
        "write-huge()",
        "write-twice()",
        "close-foreign()",
        "stream()",
        "stream-foreign()",
    ];
    arena.calls("async", ample(), &waits)?;
    Ok(())
}

/// Components that are large, deep or greedy before any code of theirs runs.
fn start(arena: &mut Arena) {
    let wat = |text: String| move || wat::parse_str(text).unwrap();
    arena.load("a memory of 4 GiB", ample(), wat(core("(memory 65536)")));
    arena.load("a memory of 64 bits", ample(), wat(core("(memory i64 0x1000000000000)")));
    arena.load("a table of 10 million", ample(), wat(core("(table 10000000 funcref)")));
    arena.load("a table of 100,000", ample(), wat(core("(table 100000 funcref)")));
    arena.load("100 memories", ample(), wat(core(&"(memory 1)".repeat(100))));
    arena.load(
        "a segment of data out of bounds",
        ample(),
        wat(core("(memory 1) (data (i32.const 65535) \"it\")")),
    );
    let data = format!("(memory 1024) (data (i32.const 0) \"{}\")", "x".repeat(32 << 20));
    arena.load("32 MiB of data", ample(), wat(core(&data)));
    arena.load("2,000 core instances", ample(), wat(instances(2000)));
    arena.load("500 core instances", ample(), wat(instances(500)));
    let mut exports =
        "(component (core module $m (func (export \"f\")))\n(core instance $i (instantiate $m))"
            .to_owned();
    for number in 0..5_000 {
        let _ = write!(exports, "(func (export \"f{number}\") (canon lift (core func $i \"f\")))");
    }
    arena.load("5,000 exports", ample(), wat(exports + ")"));
    arena.load("400 loops within each other", ample(), wat(core(&loops(400))));
    arena.load("2,000 values over 2,000 branches", ample(), wat(core(&alive(2_000))));
    for depth in [50, 90, 1_000, 20_000] {
        arena.load(&format!("lists {depth} deep"), ample(), wat(nested(depth)));
    }
}

/// A component around the fields of a core module.
fn core(fields: &str) -> String {
    format!("(component (core module $m {fields}) (core instance (instantiate $m)))")
}

/// A function of loops within loops, each of which sets a local of its own: all are joined in all loops around.
fn loops(count: usize) -> String {
    let locals = "(local i64)".repeat(count);
    let set = |at| {
        format!(
            "(local.set {at} (i64.add (local.get {at}) (i64.const 1))) (br_if 0 (local.get 0)) end "
        )
    };
    let sets: String = (1..=count).map(set).collect();
    format!("(func (param i32) {locals} {} {sets})", "loop ".repeat(count))
}

/// A function whose locals are all alive over all of its branches.
fn alive(count: usize) -> String {
    let locals = "(local i64)".repeat(count);
    let sets = (1..=count)
        .map(|at| format!("(if (local.get 0) (then (local.set {at} (i64.const {at}))))"));
    let uses = (1..=count).map(|at| {
        let other = at * 7 % count + 1;
        format!("(local.set {at} (i64.add (local.get {at}) (local.get {other})))")
    });
    let (sets, uses) = (sets.collect::<String>(), uses.collect::<String>());
    format!("(func (param i32) {locals} {sets} (loop $again {uses} (br_if $again (local.get 0))))")
}

/// A component with a function that takes lists of lists.
fn nested(depth: usize) -> String {
    let mut text = "(component (core module $m (memory (export \"memory\") 1)
        (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export \"f\") (param i32 i32)))
        (core instance $i (instantiate $m))
        (type $0 (list u8))"
        .to_owned();
    for level in 1..depth {
        let _ = write!(text, "(type ${level} (list ${}))", level - 1);
    }
    let _ = write!(
        text,
        "(func (export \"f\") (param \"it\" ${})
            (canon lift (core func $i \"f\") (memory $i \"memory\") (realloc (func $i \"realloc\")))))",
        depth - 1
    );
    text
}
