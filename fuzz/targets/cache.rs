//! A cache folder that something damaged: plugins still load, from code that was compiled anew.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use plugwright::{Cache, Engine, EngineOptions, Policy, Untyped, Verified};
use plugwright_fuzz::{let_libraries_catch_panics, read};
use tempfile::TempDir;

/// What happens to the folder between two loads.
#[derive(Arbitrary, Debug)]
struct Damage {
    /// Whether the key is damaged, and not the entry.
    key: bool,
    /// Whether another engine loads, one that reads the key anew.
    restart: bool,
    edits: Vec<Edit>,
}

#[derive(Arbitrary, Debug)]
enum Edit {
    Flip {
        at: u32,
        with: u8,
    },
    Cut {
        length: u32,
    },
    Append {
        bytes: Vec<u8>,
    },
    Replace {
        bytes: Vec<u8>,
    },
    /// The entry of another component.
    Swap,
    Remove,
}

/// The cache, two components and their sealed entries.
struct Scene {
    folder: TempDir,
    engine: Engine,
    plugins: [Verified; 2],
    entries: [(PathBuf, Vec<u8>); 2],
    key: Vec<u8>,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let plugins = [component(1), component(2)];
    let engine = engine(folder.path());
    let entries = [0, 1].map(|at| {
        load(&engine, &plugins[at], at);
        let digest = plugins[at].digest().hex();
        let mut files = fs::read_dir(folder.path()).expect("the folder is there");
        let path = files.find_map(|file| {
            let path = file.expect("an entry").path();
            path.file_name()?.to_str()?.starts_with(&digest).then_some(path)
        });
        let path = path.expect("the code was cached");
        let sealed = fs::read(&path).expect("the entry");
        (path, sealed)
    });
    let key = fs::read(folder.path().join("key")).expect("the key");
    Scene { folder, engine, plugins, entries, key }
});

fuzz_target!(init: let_libraries_catch_panics(), |damage: Damage| {
    let scene = &*SCENE;
    let key = scene.folder.path().join("key");
    for (path, sealed) in &scene.entries {
        overwrite(path, sealed);
    }
    overwrite(&key, &scene.key);
    let (path, sound) = if damage.key { (&key, &scene.key) } else { (&scene.entries[0].0, &scene.entries[0].1) };
    let mut bytes = sound.clone();
    let mut removed = false;
    for edit in damage.edits {
        removed |= matches!(edit, Edit::Remove);
        apply(&mut bytes, edit, &scene.entries[1].1);
    }
    if removed {
        fs::remove_file(path).expect("the file was there");
    } else {
        overwrite(path, &bytes);
    }
    let fresh = damage.restart.then(|| engine(scene.folder.path()));
    load(fresh.as_ref().unwrap_or(&scene.engine), &scene.plugins[0], 0);
    if !damage.key && &bytes != sound {
        assert_eq!(&fs::read(path).expect("it is written anew"), sound);
    }
});

fn apply(bytes: &mut Vec<u8>, edit: Edit, other: &[u8]) {
    match edit {
        Edit::Flip { at, with } => {
            let at = at as usize % bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= with;
            }
        }
        Edit::Cut { length } => bytes.truncate(length as usize % (bytes.len() + 1)),
        Edit::Append { bytes: more } => bytes.extend(more),
        Edit::Replace { bytes: new } => *bytes = new,
        Edit::Swap => *bytes = other.to_vec(),
        Edit::Remove => {}
    }
}

/// Writes a file that only its owner may read and write, as the cache does.
fn overwrite(path: &Path, bytes: &[u8]) {
    // Never in place, since compiled code may be mapped from it.
    let folder = path.parent().expect("it is in the folder");
    let new = tempfile::NamedTempFile::new_in(folder).expect("a file");
    fs::write(new.path(), bytes).expect("the file can be written");
    new.persist(path).expect("the file can be renamed");
}

fn engine(folder: &Path) -> Engine {
    let cache = Cache::Folder(folder.to_owned());
    let options = EngineOptions { cache, instances: 2, ..EngineOptions::default() };
    Engine::new(options).expect("the engine starts, whatever is in the folder")
}

/// A component whose function gives a number of its own.
fn component(number: usize) -> Verified {
    let text = format!(
        "(component (core module $m (func (export \"f\") (result i32) i32.const {number}))
           (core instance $i (instantiate $m))
           (func (export \"f\") (result u32) (canon lift (core func $i \"f\"))))"
    );
    let bytes = wat::parse_str(text).expect("the component is well formed");
    read(bytes).expect("the component is valid").accept_unsigned()
}

fn load(engine: &Engine, plugin: &Verified, at: usize) {
    let plugin = engine.load::<Untyped>(plugin.clone(), Policy::default()).expect("it loads");
    let request = plugin.request("f()").expect("the plugin exports `f`");
    let result = plugin.call(&request).expect("it answers");
    assert_eq!(format!("{result:?}"), format!("Some(U32({}))", at + 1));
}
