//! Compiles a plugin for later, and loads what was compiled.

use plugwright_component::{Verified, policy::Policy};

use super::{Compiled, Order, check_compile_time, compiled};
use crate::{
    cache::Trusted,
    engine::{Engine, Features, unpooled},
    error::LoadError,
    link::Links,
    plugin::Plugin,
    precompiled::{CodeMisfit, Made, Precompiled, VERSION},
    startup::Code,
    target::Target,
    trace,
    world::World,
};

impl Engine {
    /// Compiles a component for a machine, to be loaded there by [`Engine::load_precompiled`].
    ///
    /// Of the policy it counts whether fuel is limited, whether sandboxes are reset and how long compiling may take;
    /// of this engine's options whether plugins may have maps and lists of a fixed length.
    /// The engine that loads the code has to agree in the first two, and to allow what this one allows.
    /// The code cache is not used.
    ///
    /// # Errors
    ///
    /// See [`LoadError`].
    pub fn precompile(
        &self,
        component: Verified,
        policy: &Policy,
        target: &Target,
    ) -> Result<Precompiled, LoadError> {
        let order = self.order(component.into_artifact(), policy.clone())?;
        check_compile_time(&order.artifact, policy.limits.compile)?;
        let plugin = order.artifact.name();
        let features = order.features(Code::Optimised);
        let engine = unpooled(features, self.options(), target)
            .map_err(|source| LoadError::Engine { plugin: plugin.to_owned(), source })?;
        let made = order.made(features, target);
        let code = compiled(plugin, || {
            let head = postcard::to_stdvec(&made)?;
            Trusted::compile(&engine, order.bytes(), head)
        })?;
        Ok(Precompiled { made, code })
    }

    /// Loads a plugin from code that was compiled before, as [`Engine::load`] does after compiling.
    ///
    /// # Errors
    ///
    /// See [`LoadError`]; code that does not fit is a [`LoadError::Precompiled`].
    pub fn load_precompiled<W: World>(
        &self,
        component: Verified,
        code: &Precompiled,
        policy: Policy,
    ) -> Result<Plugin<W>, LoadError>
    where
        W::Host: Default,
    {
        self.load_precompiled_with(component, code, policy, W::Host::default)
    }

    /// The same; `host` makes the host author's state for each sandbox.
    ///
    /// # Errors
    ///
    /// See [`LoadError`]; code that does not fit is a [`LoadError::Precompiled`].
    pub fn load_precompiled_with<W: World>(
        &self,
        component: Verified,
        code: &Precompiled,
        policy: Policy,
        host: impl Fn() -> W::Host + Send + Sync + 'static,
    ) -> Result<Plugin<W>, LoadError> {
        let artifact = component.into_artifact();
        let _entered = trace::load(&artifact, W::NAME).entered();
        self.counted(|| {
            let order = self.checked::<W>(artifact, policy)?;
            let compiled = order.fitting(code)?;
            order.plugin(compiled, &Links::of::<W>(), Box::new(host))
        })
    }
}

impl Order {
    /// What code is like that is made of this for a target.
    fn made(&self, features: Features, target: &Target) -> Made {
        Made {
            version: VERSION.to_owned(),
            component: self.artifact.digest().to_string(),
            compiled: self.digest().to_string(),
            target: target.everywhere(),
            fuel: features.fuel,
            resets: self.resettable.is_some(),
        }
    }

    /// The code, if it is what compiling would give.
    fn fitting(&self, code: &Precompiled) -> Result<Compiled, LoadError> {
        let misfit = |source| {
            Err(LoadError::Precompiled { plugin: self.artifact.name().to_owned(), source })
        };
        let features = self.features(Code::Optimised);
        let host = self.engine.options().target();
        if let Some(source) = code.made.clone().misfit(self.made(features, &host)) {
            return misfit(source);
        }
        match code.code.component(&self.variant(features)?.wasm) {
            Ok(component) => Ok(Compiled { component, features }),
            Err(source) => misfit(CodeMisfit::Settings(source)),
        }
    }
}
