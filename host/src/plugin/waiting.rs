//! Plugins whose host is async.

use std::time::Instant;

use super::{Instances, Plugin, Turn};
use crate::{error::CallError, instance::Instance, spent::Spent, world::AsyncWorld};

/// A sandbox for one call, and the call's turn; where it is dropped, the sandbox is gone, and then the turn.
#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "only generated code has one")]
pub struct Lease<'a, W: AsyncWorld> {
    instance: Instance<W>,
    plugin: &'a Plugin<W>,
    _turn: Turn<'a>,
}

impl<W: AsyncWorld> Plugin<W> {
    /// Makes a sandbox that lives, with its state, until it is dropped or a call in it fails.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `start`.
    pub async fn instantiate_async(&self) -> Result<Instance<W>, CallError> {
        self.instantiate_with_async((self.0.loaded.host)()).await
    }

    /// The same with a state of the host author's own, such as what one request needs.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `start`.
    pub async fn instantiate_with_async(&self, host: W::Host) -> Result<Instance<W>, CallError> {
        let code = self.running().now();
        let mut instance = Instance::start_async(&code.pre, &code.rules, host).await?;
        instance.join(self.0.family.clone());
        Ok(instance)
    }

    /// Calls functions in one sandbox, which the instance policy chooses, and says what that took.
    ///
    /// # Errors
    ///
    /// See [`CallError`]: where there is no sandbox to be had; what the calls gave is the result of `calls`.
    pub async fn spend_async<R>(
        &self,
        calls: impl AsyncFnOnce(&mut Instance<W>) -> R,
    ) -> Result<(R, Spent), CallError> {
        let start = Instant::now();
        let mut lease = self.__lease("start").await?;
        let instance = lease.__instance();
        let before = instance.counted_when_lent();
        let result = calls(instance).await;
        let spent = instance.spent(instance.counted().since(before), start.elapsed());
        lease.__give_back().await;
        Ok((result, spent))
    }

    /// Takes a sandbox as the instance policy says, when it is this call's turn.
    #[doc(hidden)]
    pub async fn __lease(&self, function: &str) -> Result<Lease<'_, W>, CallError> {
        let turn = self.0.queue.enter_async(self.policy().limits.time).await;
        let turn = turn.map_err(|refused| self.no_turn(function, refused))?;
        let (mut instance, abandoned) = match self.idle_sandbox() {
            Some(found) => found,
            None => (self.instantiate_async().await?, Vec::new()),
        };
        if self.0.instances == Instances::Reset && instance.calls() == 0 {
            instance.keep_async().await;
        }
        if instance.drop_resources_async(abandoned).await.is_err() {
            instance = self.instantiate_async().await?;
        }
        Ok(Lease { instance, plugin: self, _turn: turn })
    }
}

impl<W: AsyncWorld> Lease<'_, W> {
    /// The sandbox.
    #[doc(hidden)]
    pub fn __instance(&mut self) -> &mut Instance<W> {
        &mut self.instance
    }

    /// Gives the sandbox back when its call has ended, well or not.
    #[doc(hidden)]
    pub async fn __give_back(mut self) {
        let is_reset =
            self.plugin.0.instances == Instances::Reset && self.instance.reset_async().await;
        self.plugin.put_back(self.instance, is_reset);
    }
}
