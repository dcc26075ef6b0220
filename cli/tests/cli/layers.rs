//! Layers before a key-value store, where a whole disk is needed.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::fixtures::ENV;

const APPLICATION: &str = r#"
[application]
name = "full"
[exports]
"plugwright:keyvalue/store" = "folder"
[plugins.folder]
file = "folder.wasm"
grants = { folders = [{ host = "store", guest = "/store", write = true }] }
"#;

/// Lays a file system of 340 KiB over the store, which nobody else sees, and runs the application on it.
const SCRIPT: &str = "mount -t tmpfs -o size=340k none store && exec \"$0\" run app.toml < calls";

/// Tells whether a process may have mounts of its own here.
fn may_mount() -> bool {
    let probe = ["-rm", "sh", "-c", "mount -t tmpfs none /mnt"];
    Command::new("unshare").args(probe).output().is_ok_and(|it| it.status.success())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn a_full_disk_is_told_and_nothing_is_lost() -> Result<(), Box<dyn Error>> {
    if !may_mount() {
        // Where no disk can be made full, nobody can see what happens then.
        return Ok(());
    }
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("full");
    fs::create_dir_all(dir.join("store"))?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/guests/layer-folder.wasm");
    fs::copy(folder, dir.join("folder.wasm"))?;
    fs::write(dir.join("app.toml"), APPLICATION)?;
    let large = vec!["7"; 100_000].join(",");
    let set = |key: &str| format!("store.set({key:?}, [{large}])\n");
    let keys = "store.keys(\"\", none, 0)\n";
    // Four do not fit; what was there before stays there, and there is room again for what is deleted.
    let calls = [
        &*set("a"),
        &set("b"),
        &set("c"),
        &set("d"),
        &set("a"),
        keys,
        "store.delete(\"b\")\n",
        &set("d"),
        keys,
    ];
    fs::write(dir.join("calls"), calls.concat())?;
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", SCRIPT, env!("CARGO_BIN_EXE_plugwright")]);
    let output = command.current_dir(&dir).envs(ENV).output()?;
    let expected = "ok\nok\nok\nerr(full)\nerr(full)\n\
                    ok({keys: [\"a\", \"b\", \"c\"]})\nok\nok\nok({keys: [\"a\", \"c\", \"d\"]})\n";
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{err}");
    Ok(())
}
