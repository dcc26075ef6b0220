//! Loads, limits and calls plugins that are described by a WIT world.
#![doc = include_str!("../../docs/crate/host.md")]

#[cfg(feature = "async")]
mod access;
mod application;
mod borrow;
mod cache;
pub mod data;
mod engine;
mod error;
mod explain;
mod instance;
mod link;
mod load;
mod metrics;
mod nested;
mod output;
mod plugin;
mod precompiled;
mod pristine;
mod queue;
mod room;
mod seal;
mod spent;
mod startup;
mod state;
#[cfg(feature = "async")]
mod stream;
mod target;
mod ticker;
mod trace;
mod untyped;
mod watch;
mod wave;
mod weigh;
mod words;
mod world;

pub use plugwright_component::{
    Artifact, Capability, Difference, Digest, ReadError, Verified,
    application::{ApplicationError, Plan},
    changes,
    policy::{Captured, Folder, Grants, Instances, Interfaces, Limits, Output, Policy, Startup},
};
pub use plugwright_macros::bindings;
/// What the drop of a resource that the host offers may fail with, which ends the plugin's call.
pub use wasmtime::Error as HostError;
pub use wasmtime::component::{Resource, ResourceAny, ResourceTable, Val};

#[cfg(feature = "async")]
pub use crate::{
    access::Access,
    stream::{ByteStream, ItemFuture, ItemStream, StreamError},
    untyped::FlowRequest,
};
pub use crate::{
    application::{Application, ApplicationLoadError, ApplicationRequest},
    engine::{Allocation, Cache, Engine, EngineOptions},
    error::{CallError, EngineError, Frame, LoadError},
    instance::Instance,
    metrics::{Histogram, Metrics, PluginMetrics, PoolMetrics},
    plugin::Plugin,
    precompiled::{CodeMisfit, Precompiled, SealError},
    pristine::{InForce, Resets, Unprovable},
    seal::{KeyError, SealKey},
    spent::Spent,
    startup::Code,
    state::State,
    target::{Target, TargetError},
    untyped::{Function, Request, RequestError, Untyped},
    world::{AsyncWorld, Import, World},
};

/// Compiles the host in the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../docs/guide/first-host.md")]
#[doc = include_str!("../../docs/guide/precompiled.md")]
#[doc = include_str!("../../docs/guide/versions.md")]
#[doc = include_str!("../../docs/concepts/lending.md")]
#[cfg_attr(feature = "async", doc = include_str!("../../docs/concepts/streams.md"))]
#[cfg_attr(feature = "opentelemetry", doc = include_str!("../../docs/concepts/observing.md"))]
struct Readme;

/// What generated bindings are written against; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use plugwright_macros::{__bindgen as bindgen, Weigh};
    pub use wasmtime;

    #[cfg(feature = "async")]
    pub use crate::access::crossing;
    pub use crate::{
        borrow::borrowing,
        nested::{answered, theirs},
        weigh::{Weigh, Weightless, flat},
        weight,
    };

    /// Wasmtime, with the one macro of `bindgen!` that cannot be told where wasmtime is replaced by one that can.
    pub mod bindgen_wasmtime {
        pub use wasmtime::*;

        pub mod component {
            pub use plugwright_macros::__flags as flags;
            pub use wasmtime::component::*;
        }
    }
}
