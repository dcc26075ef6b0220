//! The engine's options, and the cache of compiled code.

mod common;

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use common::{Tested, call, component, load_on};
use extensions::{Extensions, ExtensionsPlugin as _};
use plugwright::{
    Allocation, Artifact, Cache, Engine, EngineOptions, Limits, Plugin, Policy, Untyped,
};

#[test]
fn options_out_of_range_are_refused() {
    let refusal = |options| Engine::new(options).map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        refusal(EngineOptions { instances: 0, ..EngineOptions::default() }),
        "an engine has room for 1 to 10,000 instances, and 0 were asked"
    );
    assert_eq!(
        refusal(EngineOptions { tick: Duration::from_micros(1), ..EngineOptions::default() }),
        "an engine's tick is at least 100 µs, and 1µs was asked"
    );
    assert_eq!(
        refusal(EngineOptions {
            cache: Cache::Folder("/dev/null/cache".into()),
            ..EngineOptions::default()
        }),
        "the cache folder `/dev/null/cache` cannot be used"
    );
}

#[test]
fn a_plugin_says_how_its_memory_is_allocated() -> Tested {
    let engine = Engine::new(EngineOptions::default())?;
    let on = |engine: &Engine, name| load_on(engine, name, Policy::default());
    assert_eq!(on(&engine, "plain")?.allocation(), Allocation::PooledByCopy);
    let large = on(&engine, "large-memory")?;
    let of_large = large.allocation();
    assert!(matches!(of_large, Allocation::Pooled | Allocation::PooledWithPageMap), "{of_large:?}");
    let mapped = Engine::new(EngineOptions { pool: false, ..EngineOptions::default() })?;
    assert_eq!(on(&mapped, "plain")?.allocation(), Allocation::OnDemand);
    // Whichever it is, nothing that one call writes is there for the next, within what is kept and beyond.
    for engine in [engine, mapped] {
        for name in ["plain-memory", "large-memory"] {
            let plugin = on(&engine, name)?;
            for at in [0, 65_532, 131_068, 1_048_572, 4_194_300] {
                let swap = format!("swap({at}, 7)");
                for _ in 0..3 {
                    assert_eq!(call(&plugin, &swap)??, "0", "{name} {swap}");
                }
            }
        }
    }
    Ok(())
}

mod extensions {
    plugwright::bindings!({
        inline: "
            package example:extensions;
            world extensions {
                export size: func(of: map<u32, u32>) -> u32;
                export sum: func(of: list<u32, 3>) -> u32;
            }
        ",
    });
}

#[test]
fn maps_and_lists_of_a_fixed_length_run_where_the_engine_is_told_to() -> Tested {
    let load = |maps, fixed_length_lists| {
        let options = EngineOptions { maps, fixed_length_lists, ..EngineOptions::default() };
        load_on(&Engine::new(options)?, "extensions", Policy::default())
    };
    let refusal = |maps, lists| load(maps, lists).map(drop).unwrap_err().to_string();
    assert_eq!(
        refusal(false, true),
        "plugin `extensions.wasm` has a map in its world, and `EngineOptions::maps` is off"
    );
    assert_eq!(
        refusal(true, false),
        "plugin `extensions.wasm` has a list of a fixed length in its world, \
         and `EngineOptions::fixed_length_lists` is off"
    );
    let options =
        EngineOptions { maps: true, fixed_length_lists: true, ..EngineOptions::default() };
    let verified = component("extensions")?;
    let plugin = Engine::new(options)?.load::<Extensions>(verified, Policy::default())?;
    assert_eq!(plugin.sum([1, 2, 3])?, 6);
    assert_eq!(plugin.size([(7, 1), (8, 2)].into())?, 2);
    Ok(())
}

/// Loads and calls on an engine with this cache.
fn use_cache(folder: &Path) -> Tested {
    let engine = Engine::new(EngineOptions {
        cache: Cache::Folder(folder.to_owned()),
        ..EngineOptions::default()
    })?;
    assert_eq!(call(&load_on(&engine, "plain", Policy::default())?, "add(1, 2)")??, "3");
    Ok(())
}

fn entries(folder: &Path) -> Tested<Vec<std::path::PathBuf>> {
    let mut entries = fs::read_dir(folder)?.map(|it| Ok(it?.path())).collect::<Tested<Vec<_>>>()?;
    entries.retain(|it| it.extension().is_some_and(|it| it == "code"));
    entries.sort();
    Ok(entries)
}

#[test]
fn compiled_code_is_kept_for_its_owner_alone() -> Tested {
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("deep/cache");
    use_cache(&folder)?;
    assert_eq!(fs::metadata(&folder)?.permissions().mode() & 0o777, 0o700);
    let [entry] = &entries(&folder)?[..] else { return Err("one entry is expected".into()) };
    assert_eq!(fs::metadata(entry)?.permissions().mode() & 0o777, 0o600);
    let name = entry.file_name().and_then(|it| it.to_str()).ok_or("no name")?;
    assert!(name.starts_with(&component("plain")?.digest().hex()), "{name}");

    let written = fs::metadata(entry)?.modified()?;
    use_cache(&folder)?;
    assert_eq!(
        fs::metadata(entry)?.modified()?,
        written,
        "the second use reads what the first wrote"
    );
    Ok(())
}

#[test]
fn an_open_folder_is_closed() -> Tested {
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777))?;
    use_cache(folder.path())?;
    assert_eq!(fs::metadata(folder.path())?.permissions().mode() & 0o777, 0o700);
    Ok(())
}

#[test]
fn engines_with_other_settings_have_entries_of_their_own() -> Tested {
    let folder = tempfile::tempdir()?;
    let engine = Engine::new(EngineOptions {
        cache: Cache::Folder(folder.path().to_owned()),
        ..EngineOptions::default()
    })?;
    load_on(&engine, "plain", Policy::default())?;
    let limits = Limits { fuel: Some(1000), ..Limits::default() };
    load_on(&engine, "plain", Policy { limits, ..Policy::default() })?;
    assert_eq!(entries(folder.path())?.len(), 2);
    Ok(())
}

#[test]
fn a_damaged_or_foreign_entry_is_written_anew() -> Tested {
    let folder = tempfile::tempdir()?;
    use_cache(folder.path())?;
    let [entry] = &entries(folder.path())?[..] else { return Err("one entry is expected".into()) };
    let good = fs::read(entry)?;
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    let mut other_sum = good.clone();
    *other_sum.last_mut().ok_or("an entry is not empty")? ^= 1;
    for bad in
        [&flipped, &other_sum, &good[..good.len() / 2], &good[..10], &[][..]].map(<[u8]>::to_vec)
    {
        fs::write(entry, &bad)?;
        use_cache(folder.path())?;
        assert_eq!(fs::read(entry)?.len(), good.len(), "the entry is whole again");
        assert_ne!(fs::read(entry)?, bad);
    }

    // Code that anybody could have written is not run, though its sum is right.
    fs::set_permissions(entry, fs::Permissions::from_mode(0o666))?;
    use_cache(folder.path())?;
    assert_eq!(fs::metadata(entry)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

/// An engine's cache that keeps so many bytes, used for so many components that differ.
fn use_bounded(folder: &Path, cache_size: u64, components: u32) -> Tested {
    let cache = Cache::Folder(folder.to_owned());
    let engine = Engine::new(EngineOptions { cache, cache_size, ..EngineOptions::default() })?;
    for number in 0..components {
        let text = format!(
            "(component (core module $m (func (export \"it\") (result i32) (i32.const {number})))
             (core instance $i (instantiate $m))
             (func (export \"it\") (result u32) (canon lift (core func $i \"it\"))))"
        );
        let artifact = Artifact::from_bytes(format!("{number}.wasm"), wat::parse_str(text)?)?;
        let plugin: Plugin<Untyped> = engine.load(artifact.accept_unsigned(), Policy::default())?;
        assert_eq!(call(&plugin, "it()")??, number.to_string());
    }
    Ok(())
}

#[test]
fn what_has_no_seal_of_this_cache_is_not_run() -> Tested {
    let (ours, theirs) = (tempfile::tempdir()?, tempfile::tempdir()?);
    use_cache(ours.path())?;
    use_cache(theirs.path())?;
    let (entry, other) = (entries(ours.path())?.remove(0), entries(theirs.path())?.remove(0));
    let good = fs::read(&entry)?;
    // Of the same name and the same code, but sealed by somebody else.
    fs::copy(&other, &entry)?;
    assert_ne!(fs::read(&entry)?, good);
    use_cache(ours.path())?;
    assert_eq!(fs::read(&entry)?, good, "it was written anew");

    let key = ours.path().join("key");
    assert_eq!(fs::metadata(&key)?.permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644))?;
    let old = fs::read(&key)?;
    use_cache(ours.path())?;
    assert_ne!(fs::read(&key)?, old, "a key that others could read is replaced");
    assert_ne!(fs::read(&entry)?, good, "and so is what it sealed");
    Ok(())
}

#[test]
fn an_entry_cannot_stand_for_another() -> Tested {
    let folder = tempfile::tempdir()?;
    use_bounded(folder.path(), u64::MAX, 2)?;
    let [first, second] = &entries(folder.path())?[..] else { return Err("two entries".into()) };
    let (good, other) = (fs::read(first)?, fs::read(second)?);
    fs::write(first, &other)?;
    use_bounded(folder.path(), u64::MAX, 2)?;
    assert_eq!((fs::read(first)?, fs::read(second)?), (good, other));
    Ok(())
}

#[test]
fn the_cache_is_bounded() -> Tested {
    let folder = tempfile::tempdir()?;
    use_bounded(folder.path(), u64::MAX, 1)?;
    let one = fs::metadata(entries(folder.path())?.remove(0))?.len();
    use_bounded(folder.path(), 3 * one, 10)?;
    assert_eq!(entries(folder.path())?.len(), 3);

    let abandoned = folder.path().join(".new-abandoned");
    let hours_ago = std::time::SystemTime::now() - Duration::from_secs(2 * 60 * 60);
    for path in entries(folder.path())?.into_iter().chain([abandoned.clone()]) {
        let file = fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.set_modified(hours_ago)?;
    }
    let fresh = EngineOptions { cache_age: Duration::from_secs(60), ..EngineOptions::default() };
    let fuel = Limits { fuel: Some(1000), ..Limits::default() };
    let engine =
        Engine::new(EngineOptions { cache: Cache::Folder(folder.path().to_owned()), ..fresh })?;
    load_on(&engine, "plain", Policy { limits: fuel, ..Policy::default() })?;
    assert_eq!(entries(folder.path())?.len(), 1, "only what was just written is young enough");
    assert!(!abandoned.exists());
    Ok(())
}

#[test]
fn many_engines_share_a_cache() -> Tested {
    let folder = tempfile::tempdir()?;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| use_bounded(folder.path(), 1, 5).map_err(|error| error.to_string()))
            })
            .collect();
        threads.into_iter().try_for_each(|it| it.join().unwrap())
    })?;
    Ok(())
}

#[test]
fn a_cache_that_cannot_be_written_costs_nothing_but_time() -> Tested {
    let folder = tempfile::tempdir()?;
    let engine = Engine::new(EngineOptions {
        cache: Cache::Folder(folder.path().to_owned()),
        ..EngineOptions::default()
    })?;
    fs::remove_dir_all(folder.path())?;
    assert_eq!(call(&load_on(&engine, "plain", Policy::default())?, "add(1, 2)")??, "3");
    Ok(())
}

#[test]
fn many_threads_load_and_call_at_once() -> Tested {
    let folder = tempfile::tempdir()?;
    let engine = Engine::new(EngineOptions {
        cache: Cache::Folder(folder.path().to_owned()),
        ..EngineOptions::default()
    })?;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let plugin = load_on(&engine, "plain", Policy::default())
                        .map_err(|error| error.to_string())?;
                    for _ in 0..50 {
                        let sum =
                            call(&plugin, "add(20, 22)").map_err(|error| error.to_string())?;
                        assert_eq!(sum.map_err(|error| error.to_string())?, "42");
                    }
                    Ok::<(), String>(())
                })
            })
            .collect();
        threads.into_iter().try_for_each(|it| it.join().unwrap())
    })?;
    Ok(())
}
