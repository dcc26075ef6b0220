//! What a caller of the crate relies on, beside the generated text itself.

use std::error::Error;
use std::fs;
use std::path::Path;

use plugwright_bindgen::model::Direction;
use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, load, lower, parse};
use wit_parser::{PackageId, Resolve};

type Outcome = Result<(), Box<dyn Error>>;

/// Items that only those see who ask for the feature.
const DRAFTS: &str = "
    package example:drafts@0.2.0;

    @unstable(feature = experiments)
    interface drafts {
        @unstable(feature = experiments)
        record draft { number: u8 }
        @unstable(feature = experiments)
        write: func(draft: draft);
    }

    world now {
        export always: func();
        @unstable(feature = experiments)
        import drafts;
        @unstable(feature = experiments)
        export latest: func() -> u8;
    }

    @unstable(feature = experiments)
    world later {
        include now;
    }";

const LAMP: &str = "package example:lamp; world lamp { export shine: func(); }";

#[test]
fn a_folder_is_read_with_its_dependencies() -> Outcome {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("folder");
    fs::create_dir_all(folder.join("deps/other"))?;
    fs::write(
        folder.join("world.wit"),
        "package example:lamp; world lamp { import other:log/log; }",
    )?;
    fs::write(
        folder.join("deps/other/log.wit"),
        "package other:log; interface log { write: func(); }",
    )?;
    let source = load(&folder, None)?;
    assert_eq!(source.files.len(), 2, "{:?}", source.files);
    let files = generate(Language::Host, &source, &Options::default())?;
    let text = files.get("lamp.rs").ok_or("the file of the world")?;
    assert!(text.contains("package other:log {"), "{text}");
    Ok(())
}

#[test]
fn a_name_that_async_hosts_need_is_refused_for_them_alone() -> Outcome {
    let source = load(Path::new("tests/wit/prelude.wit"), None)?;
    generate(Language::Host, &source, &Options::default())?;
    let options = Options { is_async: true, ..Options::default() };
    let told = generate(Language::Host, &source, &options).map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        told,
        "`host` does not support what the world says\n  tests/wit/prelude.wit:25: the type `core.send`, whose name \
         `Send` the generated code of an async host needs itself; rename the type"
    );
    Ok(())
}

/// Reads the drafts with the feature.
fn drafts() -> Result<(Resolve, PackageId), Box<dyn Error>> {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let package = resolve.push_str("drafts.wit", DRAFTS)?;
    Ok((resolve, package))
}

#[test]
fn what_a_source_has_is_generated_without_gates() -> Outcome {
    let (resolve, package) = drafts()?;
    for name in ["now", "later"] {
        let (resolve, world) = (resolve.clone(), resolve.packages[package].worlds[name]);
        let source = Source { resolve, world, package, files: Vec::new() };
        assert!(!source.contract()?.contains("@unstable"), "{}", source.contract()?);
        for language in Language::ALL {
            let files = generate(language, &source, &Options::default())?;
            for (path, text) in files.iter() {
                assert!(!text.contains("@unstable"), "{language}, {path}: {text}");
            }
            if let Some(carried) = files.get("wit/world.wit") {
                let carried = parse("world.wit", carried, Some(name))?;
                assert_eq!(carried.contract()?, source.contract()?);
            }
        }
    }
    Ok(())
}

#[test]
fn binaries_are_gated_like_text() -> Outcome {
    let (resolve, package) = drafts()?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gated");
    fs::create_dir_all(folder.join("deps"))?;
    let binary = folder.join("deps/drafts.wasm");
    fs::write(&binary, wit_component::encode(&resolve, package)?)?;
    let text = parse("drafts.wit", DRAFTS, None)?;
    assert!(!text.contract()?.contains("drafts {"), "{}", text.contract()?);
    assert_eq!(load(&binary, None)?.contract()?, text.contract()?);

    let world = "package example:main; world main { include example:drafts/now@0.2.0; }";
    fs::write(folder.join("world.wit"), world)?;
    let source = load(&folder, None)?;
    assert_eq!(source.files.len(), 1, "{:?}", source.files);
    let contract = source.contract()?;
    assert!(contract.contains("export always") && !contract.contains("drafts {"), "{contract}");
    Ok(())
}

#[test]
fn a_world_is_found_by_its_full_name() -> Outcome {
    let wit = "package example:lamp@1.0.0; world a {} world b {}";
    let source = parse("lamp.wit", wit, Some("example:lamp/b@1.0.0"))?;
    assert_eq!(source.resolve.worlds[source.world].name, "b");
    Ok(())
}

#[test]
fn a_missing_path_is_named() {
    let told = load(Path::new("tests/nowhere"), None).map(drop);
    assert!(matches!(told, Err(GenerateError::MissingPath { path }) if path.ends_with("nowhere")));
}

#[test]
fn options_name_the_sdk() -> Outcome {
    let source = parse("lamp.wit", LAMP, None)?;
    let options = Options {
        name: Some("lamps".into()),
        version: Some("2.1.0".parse()?),
        license: Some("MIT".into()),
        ..Options::default()
    };
    let files = generate(Language::Rust, &source, &options)?;
    let manifest = files.get("Cargo.toml").ok_or("a manifest")?;
    for line in ["name = \"lamps\"", "version = \"2.1.0\"", "license = \"MIT\""] {
        assert!(manifest.contains(line), "{line} is not in\n{manifest}");
    }
    let plugin = files.get("examples/first/src/lib.rs").ok_or("a plugin")?;
    assert!(plugin.contains("lamps::export!(Plugin);"), "{plugin}");
    Ok(())
}

#[test]
fn a_name_that_is_no_crate_is_refused() -> Outcome {
    let source = parse("lamp.wit", LAMP, None)?;
    let options = Options { name: Some("no name".into()), ..Options::default() };
    let told = generate(Language::Rust, &source, &options).map(drop);
    assert!(matches!(told, Err(GenerateError::Option { option: "name", .. })), "{told:?}");
    Ok(())
}

#[test]
fn languages_are_named_as_on_the_command_line() {
    for language in Language::ALL {
        assert_eq!(language.to_string().parse(), Ok(language));
    }
    assert!("cobol".parse::<Language>().is_err());
}

#[test]
fn the_model_keeps_directions_apart_and_knows_places() -> Outcome {
    let world = lower(&load(Path::new("tests/wit/numbers.wit"), None)?)?;
    let ids: Vec<_> = world.interfaces.iter().map(|it| (it.id.as_str(), it.direction)).collect();
    let id = "example:numbers/arithmetic@0.1.0";
    assert_eq!(ids, [(id, Direction::Import), (id, Direction::Export)]);
    assert_eq!(world.docs.0, ["Numbers both ways."]);
    let place = world.interfaces[0].functions[1].location.to_string();
    assert_eq!(place, "tests/wit/numbers.wit:5");
    Ok(())
}

#[test]
fn what_an_sdk_carries_is_the_same_contract() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wit");
    let mut tried = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(source) = load(&path, None) else { continue };
        let Ok(files) = generate(Language::Rust, &source, &Options::default()) else { continue };
        let carried = parse("world.wit", files.get("wit/world.wit").unwrap(), None).unwrap();
        assert_eq!(carried.contract().unwrap(), source.contract().unwrap(), "{}", path.display());
        tried += 1;
    }
    assert!(tried > 10, "{tried} worlds");
}

#[test]
fn the_order_of_packages_is_no_part_of_a_contract() -> Outcome {
    let main = "package example:lamp; world lamp { import z:z/one; import b:b/two; }";
    let (one, two) = (
        "package z:z { interface one { f: func(); } }",
        "package b:b { interface two { g: func(); } }",
    );
    let read = |text: String| parse("lamp.wit", &text, None)?.contract();
    let contract = read(format!("{main} {one} {two}"))?;
    assert_eq!(contract, read(format!("/// A lamp.\n{main} {two} {one}"))?);
    assert_ne!(contract, read(format!("{main} {two} {}", one.replace("f:", "h:")))?);
    Ok(())
}

#[test]
fn packages_of_plugwright_need_not_lie_beside() -> Outcome {
    let world = |items: &str| format!("package example:mine; world mine {{ {items} }}");
    let store = "import plugwright:keyvalue/store@0.1.0;";
    let lent = "use plugwright:data/buffers@0.1.0.{buffer}; export head: func(of: borrow<buffer>);";
    for (items, named) in
        [(store.to_owned(), 1), (lent.to_owned(), 1), (format!("{lent} {store}"), 2)]
    {
        let source = parse("mine.wit", &world(&items), None)?;
        let names = source.resolve.packages.iter().map(|(_, it)| it.name.namespace.clone());
        assert_eq!(names.filter(|it| it == "plugwright").count(), named, "{items}");
    }
    let guide = fs::read_to_string("../docs/guide/layers.md")?;
    let shown = guide.split("```wit\n").nth(1).and_then(|it| it.split("```").next());
    parse("guide.wit", shown.ok_or("the guide shows a world")?, None)?;
    Ok(())
}
