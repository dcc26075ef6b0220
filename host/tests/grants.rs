//! Everything is denied by default, and a grant opens what it names and nothing else.

mod common;

use common::{Tested, call, expect, failure, load};
use plugwright::{CallError, Folder, Grants, Policy};

fn granted(grants: Grants) -> Policy {
    Policy { grants, ..Policy::default() }
}

/// The error's message and the grant that it offers.
fn refusal(policy: Policy, text: &str) -> Tested<String> {
    let plugin = load("reach", policy)?;
    match call(&plugin, text)? {
        Err(error @ CallError::NotGranted { .. }) => {
            let CallError::NotGranted { grant, .. } = &error else { unreachable!() };
            Ok(format!("{error}\n{}", grant.as_deref().unwrap_or("no grant")))
        }
        other => Err(format!("`{text}` gave {other:?}").into()),
    }
}

#[test]
fn what_is_not_granted_is_refused_where_it_is_reached_for() -> Tested {
    let refusals = ["wall-clock()", "random()", "files()", "network()", "http()", "own()"]
        .map(|text| refusal(Policy::default(), text));
    let refusals = refusals.into_iter().collect::<Tested<Vec<_>>>()?.join("\n\n");
    expect("refusals.txt", &refusals)
}

#[test]
fn what_leaves_nothing_of_the_sandbox_needs_no_grant() -> Tested {
    let plugin = load("reach", Policy::default())?;
    assert!(call(&plugin, "monotonic-clock()")??.parse::<u64>().is_ok());
    assert_eq!(call(&plugin, "variables()")??, "0");
    assert_eq!(call(&plugin, "folders()")??, "1", "a folder behind which everything is refused");
    let seed = call(&plugin, "hash-seed()")??;
    assert_eq!(call(&load("reach", Policy::default())?, "hash-seed()")??, seed);
    Ok(())
}

#[test]
fn a_plugin_that_exits_says_so() -> Tested {
    let plugin = load("reach", Policy::default())?;
    assert_eq!(failure(&plugin, "exit(false)")?, "`exit` ended the plugin with exit code 0");
    assert_eq!(failure(&plugin, "exit(true)")?, "`exit` ended the plugin with exit code 1");
    Ok(())
}

#[test]
fn the_wall_clock_can_be_granted() -> Tested {
    let plugin = load("reach", granted(Grants { wall_clock: true, ..Grants::default() }))?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    assert!(call(&plugin, "wall-clock()")??.parse::<u64>()? >= now);
    assert!(call(&plugin, "random()")?.is_err());
    Ok(())
}

#[test]
fn random_numbers_can_be_granted() -> Tested {
    let plugin = load("reach", granted(Grants { random: true, ..Grants::default() }))?;
    assert_ne!(call(&plugin, "random()")??, call(&plugin, "random()")??);
    assert_ne!(call(&plugin, "hash-seed()")??, call(&plugin, "hash-seed()")??);
    assert!(call(&plugin, "wall-clock()")?.is_err());
    Ok(())
}

#[test]
fn variables_can_be_granted() -> Tested {
    let env = [("HOME".to_owned(), "/".to_owned())].into();
    let plugin = load("reach", granted(Grants { env, ..Grants::default() }))?;
    assert_eq!(call(&plugin, "variables()")??, "1");
    Ok(())
}

#[test]
fn folders_can_be_granted() -> Tested {
    let folder = tempfile::tempdir()?;
    let folders =
        vec![Folder { host: folder.path().to_owned(), guest: "/data".to_owned(), write: false }];
    let plugin = load("reach", granted(Grants { folders, ..Grants::default() }))?;
    assert_eq!(call(&plugin, "folders()")??, "1");
    Ok(())
}

#[test]
fn a_granted_folder_must_be_there() -> Tested {
    let folders =
        vec![Folder { host: "/no/such/folder".into(), guest: "/data".to_owned(), write: false }];
    let error = load("reach", granted(Grants { folders, ..Grants::default() })).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin `reach.wasm` was granted the folder `/no/such/folder`, which cannot be opened"
    );
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some("No such file or directory (os error 2)")
    );
    let folders = vec![Folder { host: "/".into(), guest: String::new(), write: false }];
    let error = load("reach", granted(Grants { folders, ..Grants::default() })).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the policy for plugin `reach.wasm` cannot hold: `grants.folders` says `guest = \"\"`: a folder has to have \
         a name for the plugin"
    );
    Ok(())
}

#[test]
fn a_policy_is_read_from_toml() -> Tested {
    let policy: Policy = toml::from_str(include_str!("policy.toml"))?;
    expect("policy.txt", &format!("{policy:#?}"))?;
    let error = |text: &str| toml::from_str::<Policy>(text).unwrap_err().to_string();
    let errors = [
        "[grants]\nnetwork = true",
        "[grants]\ninterfaces = 3",
        "[limits]\nmemory = \"lots\"",
        "[limits]\ntime = 5",
        "instances = { reuse = 0 }",
    ]
    .map(error);
    expect("policy-errors.txt", &errors.join("\n"))
}

#[test]
fn a_call_from_an_async_program_may_wait() -> Tested {
    let plugin = load("reach", Policy::default())?;
    let multi =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let single = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for runtime in [multi, single] {
        let slept = runtime.block_on(async { call(&plugin, "sleep(1000000)") });
        assert_eq!(slept??, "");
    }
    Ok(())
}
