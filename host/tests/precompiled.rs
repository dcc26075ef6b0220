//! Code that was compiled before it is loaded, for this machine, for another, and for the interpreter.

mod common;

use std::{error::Error, fmt::Write as _, fs, os::unix::fs::PermissionsExt, time::Duration};

use common::{Tested, call, component, expect, failure};
use plugwright::{
    Code, CodeMisfit, Engine, EngineOptions, Instances, Limits, LoadError, Plugin, Policy,
    Precompiled, SealError, SealKey, Target, Untyped,
};

/// A machine that is not this one, and how an ELF file calls it.
const FOREIGN: (&str, [u8; 2]) = if cfg!(target_arch = "aarch64") {
    ("x86_64-unknown-linux-gnu", 62_u16.to_le_bytes())
} else {
    ("aarch64-unknown-linux-gnu", 183_u16.to_le_bytes())
};

/// Where the sealed part of a file begins: after a name, a format and a length.
const SEALED: usize = 16 + 4 + 8;

/// The name of this machine.
fn own() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

fn key() -> SealKey {
    SealKey::from([7; 32])
}

fn engine() -> Tested<Engine> {
    Ok(Engine::new(EngineOptions::default())?)
}

fn interpreter() -> Tested<Engine> {
    Ok(Engine::new(EngineOptions { interpreter: true, ..EngineOptions::default() })?)
}

fn fuel(fuel: u64) -> Policy {
    Policy { limits: Limits { fuel: Some(fuel), ..Limits::default() }, ..Policy::default() }
}

/// What is shipped: the code of `tests/components/NAME.wat`, sealed.
fn sealed(name: &str, policy: &Policy, target: &Target) -> Tested<Vec<u8>> {
    Ok(engine()?.precompile(component(name)?, policy, target)?.seal(&key()))
}

fn load(
    engine: &Engine,
    name: &str,
    bytes: &[u8],
    policy: Policy,
) -> Tested<Result<Plugin<Untyped>, LoadError>> {
    let code = Precompiled::open(bytes, &key())?;
    Ok(engine.load_precompiled(component(name)?, &code, policy))
}

#[test]
fn code_for_this_machine_is_loaded_elsewhere_in_it() -> Tested {
    for target in [Target::host(), own().parse()?] {
        let bytes = sealed("plain", &Policy::default(), &target)?;
        // What nobody waits for is there at once.
        let policy = Policy { startup: plugwright::Startup::Quick, ..Policy::default() };
        let plugin = load(&engine()?, "plain", &bytes, policy)??;
        assert_eq!(plugin.code(), Code::Optimised);
        assert_eq!(call(&plugin, "add(2, 3)")??, "5");
        assert_eq!(call(&plugin, "trap()")?.unwrap_err().kind(), "trap");
    }
    Ok(())
}

#[test]
fn code_needs_no_bytes_within_one_program() -> Tested {
    let engine = engine()?;
    let code = engine.precompile(component("plain")?, &Policy::default(), &Target::host())?;
    let plugin =
        engine.load_precompiled::<Untyped>(component("plain")?, &code, Policy::default())?;
    assert_eq!(call(&plugin, "add(2, 3)")??, "5");
    assert_eq!(engine.metrics().loads, 1);
    Ok(())
}

#[test]
fn sandboxes_are_reset_on_any_code() -> Tested {
    let policy = Policy { instances: Instances::Reset, ..Policy::default() };
    for (engine, target) in [(engine()?, Target::host()), (interpreter()?, "pulley64".parse()?)] {
        let bytes = sealed("secrets", &policy, &target)?;
        let plugin = load(&engine, "secrets", &bytes, policy.clone())??;
        for _ in 0..3 {
            call(&plugin, "write(0, 16, 7)")??;
            assert_eq!(call(&plugin, "read(16)")??, "0");
        }
        assert_eq!(plugin.resets().reset, 6);
    }
    Ok(())
}

/// What calls of a plugin give and spend; the same on any code.
fn trials(load: impl Fn(Policy) -> Tested<Plugin<Untyped>>) -> Tested<String> {
    let mut told = String::new();
    let limits = Limits {
        time: Duration::from_millis(50),
        memory: 1 << 20,
        table_elements: 100,
        ..Limits::default()
    };
    let plugin = load(Policy { limits, ..Policy::default() })?;
    for text in ["spin()", "grow(8)", "grow-table(91)", "trap()", "recurse()"] {
        writeln!(told, "{text}: {}", failure(&plugin, text)?)?;
    }
    for text in ["add(2, 3)", "grow(7)", "next()", "next()", "text(5)"] {
        writeln!(told, "{text}: {}", call(&plugin, text)??)?;
    }
    let plugin = load(fuel(100))?;
    writeln!(told, "spin(): {}", failure(&plugin, "spin()")?)?;
    let request = plugin.request("grow(3)")?;
    let (result, spent) = plugin.spend(|it| it.call(&request))?;
    result?;
    writeln!(told, "fuel {:?}, memory {}", spent.fuel, spent.memory)?;
    Ok(told)
}

#[test]
fn the_interpreter_gives_the_same_within_the_same_limits() -> Tested {
    let (native, interpreter) = (engine()?, interpreter()?);
    let compiled = trials(|policy| Ok(native.load(component("plain")?, policy)?))?;
    assert!(compiled.contains("`spin` took longer than the 50ms"), "{compiled}");
    assert!(compiled.contains("`spin` used up the 100 units of fuel"), "{compiled}");
    let pulley = "pulley64".parse()?;
    let precompiled = trials(|policy| {
        let bytes = sealed("plain", &policy, &pulley)?;
        Ok(load(&interpreter, "plain", &bytes, policy)??)
    })?;
    assert_eq!(precompiled, compiled);
    let interpreted = trials(|policy| Ok(interpreter.load(component("plain")?, policy)?))?;
    assert_eq!(interpreted, compiled);
    Ok(())
}

#[test]
fn code_is_compiled_for_every_target_that_has_a_name() -> Tested {
    for name in Target::names() {
        let target: Target = name.parse()?;
        assert_eq!(target.to_string(), name);
        let bytes = sealed("plain", &Policy::default(), &target)?;
        let code = Precompiled::open(&bytes, &key())?;
        assert_eq!(code.target().is_interpreted(), name.starts_with("pulley"), "{name}");
    }
    let unknown = "vax-dec-ultrix".parse::<Target>().unwrap_err().to_string();
    assert!(unknown.starts_with("plugins are not compiled for `vax-dec-ultrix`; there are `host`"));
    assert!(unknown.contains(FOREIGN.0), "{unknown}");
    Ok(())
}

#[test]
fn code_for_another_machine_is_of_that_machine_and_stays_away_from_this() -> Tested {
    let bytes = sealed("plain", &Policy::default(), &FOREIGN.0.parse()?)?;
    let elf = bytes.windows(4).position(|it| it == b"\x7fELF").ok_or("no ELF file")?;
    assert_eq!(bytes.get(elf + 18..elf + 20), Some(&FOREIGN.1[..]));
    let error = load(&engine()?, "plain", &bytes, Policy::default())?.map(drop).unwrap_err();
    let LoadError::Precompiled { source: CodeMisfit::Target { compiled, host }, .. } = error else {
        return Err(error.into());
    };
    assert_eq!(compiled.to_string(), FOREIGN.0);
    assert!(host.to_string().starts_with(std::env::consts::ARCH), "{host}");
    Ok(())
}

#[test]
fn a_byte_that_changed_is_found_wherever_it_is() -> Tested {
    let good = sealed("plain", &Policy::default(), &Target::host())?;
    assert!(Precompiled::open(&good, &key()).is_ok());
    let mut bad = good.clone();
    // All of what stands around the code, and a part of the code.
    let within = (good.len() - 64..good.len()).chain((512..good.len()).step_by(13));
    for at in (0..512).chain(within) {
        bad[at] ^= 1 << (at % 8);
        assert!(Precompiled::open(&bad, &key()).is_err(), "byte {at}");
        bad[at] = good[at];
    }
    assert!(bad == good);
    for length in 0..good.len() {
        let error = Precompiled::open(&good[..length], &key()).map(drop).unwrap_err();
        let is_told = match length {
            0..16 => matches!(error, SealError::NotSealed),
            _ => matches!(error, SealError::Length { .. }),
        };
        assert!(is_told, "{length}: {error}");
    }
    bad.push(0);
    assert!(matches!(Precompiled::open(&bad, &key()), Err(SealError::Length { .. })));
    Ok(())
}

#[test]
fn what_was_moved_within_the_file_is_found() -> Tested {
    // The length of what is said of the code: with another, a part of the code would be taken for it.
    let mut bytes = sealed("plain", &Policy::default(), &Target::host())?;
    for length in [0_u32, 1, 1000, u32::MAX] {
        bytes[SEALED..SEALED + 4].copy_from_slice(&length.to_le_bytes());
        assert!(matches!(Precompiled::open(&bytes, &key()), Err(SealError::Seal)));
    }
    Ok(())
}

/// The same as another version would have sealed it.
fn of_another_version(mut bytes: Vec<u8>) -> Tested<Vec<u8>> {
    let version = env!("CARGO_PKG_VERSION").as_bytes();
    let at = bytes.windows(version.len()).position(|it| it == version).ok_or("no version")?;
    bytes[at + version.len() - 1] = b'x';
    let end = bytes.len() - 32;
    let seal = blake3::keyed_hash(&[7; 32], &bytes[SEALED..end]);
    bytes[end..].copy_from_slice(seal.as_bytes());
    Ok(bytes)
}

/// An error with everything below it.
fn rendered(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        write!(text, "\n  {source}").expect("a text takes everything");
        next = source.source();
    }
    text
}

#[test]
fn every_refusal_says_what_to_do() -> Tested {
    let (host, default) = (Target::host(), Policy::default());
    let good = sealed("plain", &default, &host)?;
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        bytes
    };
    let opened = [
        ("something else", b"\0asm\x0d\0\x01\0".to_vec(), key()),
        ("another format", changed(16, 2), key()),
        ("cut", good[..1000].to_vec(), key()),
        ("another key", good.clone(), SealKey::from([8; 32])),
    ];
    let mut told = String::new();
    for (what, bytes, key) in opened {
        let error = Precompiled::open(&bytes, &key).map(drop).unwrap_err();
        let length = format!("have {} bytes", good.len());
        writeln!(told, "{what}:\n{}\n", rendered(&error).replace(&length, "have N bytes"))?;
    }
    let maps = Engine::new(EngineOptions { maps: true, ..EngineOptions::default() })?;
    let of_maps = maps.precompile(component("plain")?, &default, &host)?.seal(&key());
    let reset = Policy { instances: Instances::Reset, ..Policy::default() };
    let (plain, memory) = ("plain", "plain-memory");
    let counting = sealed(plain, &fuel(100), &host)?;
    let foreign = sealed(plain, &default, &FOREIGN.0.parse()?)?;
    let interpreted = sealed(plain, &default, &"pulley64".parse()?)?;
    let loaded = [
        ("another component", memory, good.clone(), default.clone()),
        ("another machine", plain, foreign, default.clone()),
        ("the interpreter", plain, interpreted, default.clone()),
        ("another version", plain, of_another_version(good.clone())?, default.clone()),
        ("a policy with fuel", plain, good.clone(), fuel(100)),
        ("a policy without fuel", plain, counting, default.clone()),
        ("a policy that resets", memory, sealed(memory, &default, &host)?, reset.clone()),
        ("a policy that does not reset", memory, sealed(memory, &reset, &host)?, default.clone()),
        ("an engine with fewer features", plain, of_maps, default),
    ];
    let engine = engine()?;
    for (what, name, bytes, policy) in loaded {
        let error = load(&engine, name, &bytes, policy)?.map(drop).unwrap_err();
        let text = rendered(&error).replace(FOREIGN.0, "FOREIGN");
        let text = text.replace(&own(), "OWN").replace(env!("CARGO_PKG_VERSION"), "VERSION");
        let text = text.replace(&component(plain)?.digest().to_string(), "DIGEST");
        let text = text.replace(&component(memory)?.digest().to_string(), "OTHER DIGEST");
        writeln!(told, "{what}:\n{text}\n")?;
    }
    expect("precompiled.txt", &told)
}

#[test]
fn what_is_not_compiled_for_a_load_is_not_compiled_before_it() -> Tested {
    let extensions = component("extensions")?;
    let code = engine()?.precompile(extensions, &Policy::default(), &Target::host());
    assert_eq!(
        code.map(drop).unwrap_err().to_string(),
        "plugin `extensions.wasm` has a map in its world, and `EngineOptions::maps` is off"
    );
    Ok(())
}

#[test]
fn a_key_is_a_secret_of_its_owner() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("key");
    let made = SealKey::create(&path)?;
    assert_eq!(format!("{made:?}"), "SealKey { .. }");
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&path)?;
    assert_eq!(bytes.len(), 32);

    let code = engine()?.precompile(component("plain")?, &Policy::default(), &Target::host())?;
    assert!(Precompiled::open(&code.seal(&made), &SealKey::read(&path)?).is_ok());

    let refusal = |it: Result<SealKey, plugwright::KeyError>| {
        let text = rendered(&it.map(drop).unwrap_err());
        text.replace(&*folder.path().to_string_lossy(), "FOLDER")
    };
    let again = refusal(SealKey::create(&path));
    assert!(again.starts_with("the key `FOLDER/key` cannot be made\n  File exists"), "{again}");
    assert_eq!(fs::read(&path)?, bytes, "a key that is there is not replaced");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640))?;
    assert_eq!(
        refusal(SealKey::read(&path)),
        "the key `FOLDER/key` can be read by others than its owner: give it mode 0600"
    );
    fs::write(&path, &bytes[1..])?;
    assert_eq!(
        refusal(SealKey::read(&path)),
        "the key `FOLDER/key` does not have 32 bytes: name the file that was made as a key"
    );
    let missing = refusal(SealKey::read(folder.path().join("none")));
    assert!(missing.starts_with("the key `FOLDER/none` cannot be read\n  No such"), "{missing}");
    Ok(())
}
