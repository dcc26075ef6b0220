//! WASI 0.2 under a policy: what wasmtime-wasi offers, with the functions that reach outside replaced where the
//! policy does not grant them, and the functions that wait bounded by the call's deadline.

use std::time::Duration;

use plugwright_component::policy::Grants;
use wasmtime::{
    StoreContextMut,
    component::{Linker, Resource, ResourceType, Val},
};
use wasmtime_wasi::p2::{
    DynPollable,
    bindings::{
        clocks::wall_clock::Datetime,
        filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, ErrorCode},
    },
};
use wasmtime_wasi_io::bindings::wasi::io::poll::{Host as _, HostPollable as _};

use super::NotGranted;
use crate::state::{Exceeded, State};

/// The interfaces that are linked, at the version that wasmtime-wasi implements; older ones of 0.2 match them.
pub(super) const INTERFACES: [&str; 27] = [
    "wasi:cli/environment@0.2.12",
    "wasi:cli/exit@0.2.12",
    "wasi:cli/stderr@0.2.12",
    "wasi:cli/stdin@0.2.12",
    "wasi:cli/stdout@0.2.12",
    "wasi:cli/terminal-input@0.2.12",
    "wasi:cli/terminal-output@0.2.12",
    "wasi:cli/terminal-stderr@0.2.12",
    "wasi:cli/terminal-stdin@0.2.12",
    "wasi:cli/terminal-stdout@0.2.12",
    "wasi:clocks/monotonic-clock@0.2.12",
    "wasi:clocks/wall-clock@0.2.12",
    "wasi:filesystem/preopens@0.2.12",
    "wasi:filesystem/types@0.2.12",
    "wasi:io/error@0.2.12",
    "wasi:io/poll@0.2.12",
    "wasi:io/streams@0.2.12",
    "wasi:random/insecure-seed@0.2.12",
    "wasi:random/insecure@0.2.12",
    "wasi:random/random@0.2.12",
    "wasi:sockets/instance-network@0.2.12",
    "wasi:sockets/ip-name-lookup@0.2.12",
    "wasi:sockets/network@0.2.12",
    "wasi:sockets/tcp-create-socket@0.2.12",
    "wasi:sockets/tcp@0.2.12",
    "wasi:sockets/udp-create-socket@0.2.12",
    "wasi:sockets/udp@0.2.12",
];

/// Links WASI for a plugin with these grants; where it `is_async`, what waits does not block.
pub(super) fn link<H: Send + 'static>(
    linker: &mut Linker<State<H>>,
    grants: &Grants,
    is_async: bool,
) -> wasmtime::Result<()> {
    if is_async {
        // What waits is dropped with the call.
        wasmtime_wasi::p2::add_to_linker_async(linker)?;
        linker.allow_shadowing(true);
    } else {
        wasmtime_wasi::p2::add_to_linker_sync(linker)?;
        linker.allow_shadowing(true);
        bound_waiting(linker)?;
    }
    refuse_network(linker)?;
    if grants.folders.is_empty() {
        refuse_files(linker)?;
    }
    if !grants.wall_clock {
        refuse_wall_clock(linker)?;
    }
    if !grants.random {
        refuse_random(linker)?;
    }
    linker.allow_shadowing(false);
    Ok(())
}

/// An error unless the sandbox is still starting, when language runtimes may look around.
fn only_at_start<H>(
    store: &StoreContextMut<'_, State<H>>,
    capability: &'static str,
    import: &str,
    grant: &str,
) -> Result<(), NotGranted> {
    if store.data().sandbox.starting {
        return Ok(());
    }
    let grant = Some(format!("[grants]\n{grant}"));
    Err(NotGranted { capability, import: import.to_owned(), grant })
}

/// What a plugin without folders sees instead: a folder `/`, behind which everything is refused.
///
/// To have none would be as safe, but then the plugin's own library would answer, with an error that names no grant;
/// and to refuse the question itself would stop those who ask without wanting a file: the adapter from WASI 0.1,
/// which C and Go use, asks before it writes to standard error.
fn refuse_files<H: Send + 'static>(linker: &mut Linker<State<H>>) -> wasmtime::Result<()> {
    /// The handle's number; there is no descriptor behind it, and no function that would look for one.
    const DOOR: u32 = 0;
    linker.instance("wasi:filesystem/preopens@0.2.12")?.func_wrap(
        "get-directories",
        |_: StoreContextMut<'_, State<H>>, (): ()| {
            Ok((vec![(Resource::<Descriptor>::new_own(DOOR), "/".to_owned())],))
        },
    )?;
    let mut types = linker.instance("wasi:filesystem/types@0.2.12")?;
    types.resource("descriptor", ResourceType::host::<Descriptor>(), |_, _| Ok(()))?;
    // What it is may be asked: a folder, to which there are no rights.
    types.func_wrap(
        "[method]descriptor.get-type",
        |_: StoreContextMut<'_, State<H>>, (_,): (Resource<Descriptor>,)| {
            Ok((Ok::<_, ErrorCode>(DescriptorType::Directory),))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.get-flags",
        |_: StoreContextMut<'_, State<H>>, (_,): (Resource<Descriptor>,)| {
            Ok((Ok::<_, ErrorCode>(DescriptorFlags::empty()),))
        },
    )?;
    for method in FILE_METHODS {
        types.func_new(
            &format!("[method]descriptor.{method}"),
            move |mut store, _, given, results| {
                let grant = r#"folders = [{ host = "/a/folder", guest = "/data" }]"#;
                let import = format!("wasi:filesystem/types.descriptor.{method}");
                only_at_start(&store, "files", &import, grant)?;
                for handle in given {
                    if let Val::Resource(handle) = handle {
                        handle.resource_drop(&mut store)?;
                    }
                }
                // A runtime that looks around while it starts is told what a system without rights tells.
                results[0] = match method {
                    "is-same-object" => Val::Bool(false),
                    _ => Val::Result(Err(Some(Box::new(Val::Enum("access".to_owned()))))),
                };
                Ok(())
            },
        )?;
    }
    Ok(())
}

/// The methods of a file or a folder in WASI 0.2 that do something with it.
const FILE_METHODS: [&str; 25] = [
    "advise",
    "append-via-stream",
    "create-directory-at",
    "is-same-object",
    "link-at",
    "metadata-hash",
    "metadata-hash-at",
    "open-at",
    "read",
    "read-directory",
    "read-via-stream",
    "readlink-at",
    "remove-directory-at",
    "rename-at",
    "set-size",
    "set-times",
    "set-times-at",
    "stat",
    "stat-at",
    "symlink-at",
    "sync",
    "sync-data",
    "unlink-file-at",
    "write",
    "write-via-stream",
];

fn refuse_wall_clock<H: Send + 'static>(linker: &mut Linker<State<H>>) -> wasmtime::Result<()> {
    linker.instance("wasi:clocks/wall-clock@0.2.12")?.func_wrap(
        "now",
        |store: StoreContextMut<'_, State<H>>, (): ()| {
            only_at_start(
                &store,
                "the date and time",
                "wasi:clocks/wall-clock.now",
                "wall-clock = true",
            )?;
            Ok((Datetime { seconds: 0, nanoseconds: 0 },))
        },
    )
}

fn refuse_random<H: Send + 'static>(linker: &mut Linker<State<H>>) -> wasmtime::Result<()> {
    let names = [
        ("wasi:random/random", "get-random-bytes", "get-random-u64"),
        ("wasi:random/insecure", "get-insecure-random-bytes", "get-insecure-random-u64"),
    ];
    for (interface, get_bytes, get_u64) in names {
        let mut instance = linker.instance(&format!("{interface}@0.2.12"))?;
        let refuse = move |store: &StoreContextMut<'_, State<H>>, function: &str| {
            only_at_start(
                store,
                "random numbers",
                &format!("{interface}.{function}"),
                "random = true",
            )
        };
        instance.func_wrap(
            get_bytes,
            move |store: StoreContextMut<'_, State<H>>, (len,): (u64,)| {
                refuse(&store, get_bytes)?;
                Ok((not_random(len),))
            },
        )?;
        instance.func_wrap(get_u64, move |store: StoreContextMut<'_, State<H>>, (): ()| {
            refuse(&store, get_u64)?;
            Ok((NOT_RANDOM,))
        })?;
    }
    Ok(())
}

/// What a starting sandbox gets for a random number: the same each time, and not zero, which some generators refuse.
const NOT_RANDOM: u64 = 0x9e37_79b9_7f4a_7c15;

fn not_random(len: u64) -> Vec<u8> {
    // Runtimes ask for a few seeds; whoever asks for more gets what a caller of `getrandom` may get: less.
    let len = usize::try_from(len.min(4096)).unwrap_or(4096);
    NOT_RANDOM.to_le_bytes().into_iter().cycle().take(len).collect()
}

fn refuse_network<H: Send + 'static>(linker: &mut Linker<State<H>>) -> wasmtime::Result<()> {
    let names = [
        ("wasi:sockets/instance-network", "instance-network"),
        ("wasi:sockets/tcp-create-socket", "create-tcp-socket"),
        ("wasi:sockets/udp-create-socket", "create-udp-socket"),
    ];
    for (interface, function) in names {
        linker.instance(&format!("{interface}@0.2.12"))?.func_new(
            function,
            move |_, _, _, _| {
                let import = format!("{interface}.{function}");
                Err(NotGranted { capability: "the network", import, grant: None }.into())
            },
        )?;
    }
    Ok(())
}

/// Replaces the functions that wait for something by ones that wait no longer than the call may take.
///
/// Epochs end what runs in the sandbox, not what waits in the host.
fn bound_waiting<H: Send + 'static>(linker: &mut Linker<State<H>>) -> wasmtime::Result<()> {
    let mut poll = linker.instance("wasi:io/poll@0.2.12")?;
    poll.func_wrap(
        "poll",
        |mut store: StoreContextMut<'_, State<H>>, (pollables,): (Vec<Resource<DynPollable>>,)| {
            let sandbox = &mut store.data_mut().sandbox;
            let left = sandbox.left();
            let table = sandbox.table_mut();
            Ok((within(left, table.poll(pollables))?,))
        },
    )?;
    poll.func_wrap(
        "[method]pollable.block",
        |mut store: StoreContextMut<'_, State<H>>, (pollable,): (Resource<DynPollable>,)| {
            let sandbox = &mut store.data_mut().sandbox;
            let left = sandbox.left();
            let table = sandbox.table_mut();
            within(left, table.block(pollable))
        },
    )
}

fn within<R>(
    left: Duration,
    waiting: impl Future<Output = wasmtime::Result<R>>,
) -> wasmtime::Result<R> {
    wasmtime_wasi::runtime::in_tokio(async { tokio::time::timeout(left, waiting).await })
        .unwrap_or_else(|_| Err(Exceeded::Deadline.into()))
}
