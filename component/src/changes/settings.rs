//! What a policy says, setting by setting, as text.

use std::time::Duration;

use serde::Serialize;

use crate::policy::{Grants, Instances, Interfaces, Limits, Output, Policy, Startup};

/// Tells how one setting of a plugin's policy changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SettingChange {
    /// Which it is: `limits.time`, `grants.folders`, `instances`.
    pub key: String,
    /// What it was, defaults included.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// Compares two policies; what an environment variable holds is never told.
pub(super) fn between(old: &Policy, new: &Policy) -> Vec<SettingChange> {
    let mut changes: Vec<SettingChange> = settings(old)
        .into_iter()
        .zip(settings(new))
        .filter(|((_, old), (_, new))| old != new)
        .map(|((key, old), (_, new))| SettingChange { key: key.to_owned(), old, new })
        .collect();
    let (before, now) = (&old.grants.env, &new.grants.env);
    for (name, value) in now {
        if before.get(name).is_some_and(|it| it != value) {
            let (old, new) = ("one value".to_owned(), "another one".to_owned());
            changes.push(SettingChange { key: format!("grants.env.{name}"), old, new });
        }
    }
    changes
}

/// Lists every setting, always in the same order.
fn settings(policy: &Policy) -> Vec<(&'static str, String)> {
    // Without `..`, so that no setting is forgotten.
    let Policy { grants, limits, instances, reserved, startup } = policy;
    let Grants { stdout, stderr, env, folders, wall_clock, random, interfaces } = grants;
    let folders = folders.iter().map(|it| {
        let how = if it.write { ", to write" } else { "" };
        format!("`{}` as `{}`{how}", it.host.display(), it.guest)
    });
    let mut settings = vec![
        ("grants.stdout", output(stdout)),
        ("grants.stderr", output(stderr)),
        ("grants.env", listed(env.keys().map(|it| format!("`{it}`")))),
        ("grants.folders", listed(folders)),
        ("grants.wall-clock", wall_clock.to_string()),
        ("grants.random", random.to_string()),
        (
            "grants.interfaces",
            match interfaces {
                Interfaces::All => "all".to_owned(),
                Interfaces::Only(names) => listed(names.iter().map(|it| format!("`{it}`"))),
            },
        ),
    ];
    settings.extend(limited(limits));
    settings.push((
        "instances",
        match instances {
            Instances::Fresh => "fresh".to_owned(),
            Instances::Reuse(times) => format!("reuse {times} times"),
            Instances::Pinned => "pinned".to_owned(),
            Instances::Reset => "reset".to_owned(),
        },
    ));
    settings.push(("reserved", reserved.to_string()));
    settings.push((
        "startup",
        match startup {
            Startup::Wait => "wait".to_owned(),
            Startup::Quick => "quick".to_owned(),
        },
    ));
    settings
}

fn limited(limits: &Limits) -> [(&'static str, String); 14] {
    let Limits {
        memory,
        total_memory,
        table_elements,
        time,
        fuel,
        handles,
        lifted,
        host_calls,
        host_bytes,
        stream_buffer,
        core_instances,
        concurrent,
        waiting,
        compile,
    } = limits;
    let bytes = |it: &u64| format!("{it} bytes");
    let time_of = |it: &Duration| format!("{it:?}");
    [
        ("limits.memory", bytes(memory)),
        ("limits.total-memory", bytes(total_memory)),
        ("limits.table-elements", table_elements.to_string()),
        ("limits.time", time_of(time)),
        ("limits.fuel", fuel.map_or_else(|| "not counted".to_owned(), |it| it.to_string())),
        ("limits.handles", handles.to_string()),
        ("limits.lifted", bytes(lifted)),
        ("limits.host-calls", host_calls.to_string()),
        ("limits.host-bytes", bytes(host_bytes)),
        ("limits.stream-buffer", bytes(stream_buffer)),
        ("limits.core-instances", core_instances.to_string()),
        ("limits.concurrent", concurrent.to_string()),
        ("limits.waiting", waiting.to_string()),
        ("limits.compile", time_of(compile)),
    ]
}

fn output(output: &Output) -> String {
    match output {
        Output::Discard => "discard",
        Output::Capture(_) => "capture",
        Output::Trace => "trace",
    }
    .to_owned()
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
