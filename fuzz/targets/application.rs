//! Application files: what is read can be composed or says why not, and every finding has a place in the text.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use plugwright_component::ComposeError;
use plugwright_component::application::{ApplicationError, Plan, Ungranted};
use plugwright_fuzz::let_libraries_catch_panics;
use tempfile::TempDir;

/// The folder of the application, with two plugins in it.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("the system has a folder for files of the moment");
    let plugins = [
        ("till", include_str!("../../cli/tests/components/till.wat")),
        ("tax", include_str!("../../cli/tests/components/tax.wat")),
    ];
    for (name, text) in plugins {
        let bytes = wat::parse_str(text).expect("the component is well formed");
        let file = folder.path().join(name).with_extension("wasm");
        std::fs::write(file, bytes).expect("the folder can be written to");
    }
    folder
});

fuzz_target!(init: let_libraries_catch_panics(), |input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let file = FOLDER.path().join("app.toml");
    std::fs::write(&file, text).expect("the folder can be written to");
    match Plan::read(&file, &|_, _| Err("there is no WIT".into())) {
        Ok(plan) => {
            for group in plan.groups() {
                let _ = plan.policy(&group);
                if let Err(error @ ComposeError::Bug { .. }) = plan.component(&group, Ungranted::Denied) {
                    panic!("{error:?}");
                }
            }
        }
        Err(ApplicationError::Faults(faults)) => {
            assert!(!faults.findings.is_empty());
            for finding in &faults.findings {
                assert!(faults.text.get(finding.place.span.clone()).is_some(), "{finding}");
                let _ = finding.to_string();
            }
        }
        Err(error) => drop(error.to_string()),
    }
});
