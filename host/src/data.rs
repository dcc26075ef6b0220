//! What stays with the host while plugins work on it: they are lent a handle, and copy what they read and no more.
//!
//! A world that imports `plugwright:data/buffers` or `plugwright:data/tables` may pass their resources to a plugin, and
//! take them from it; in the host's bindings they are [`Buffer`] and [`Table`].
//! Whoever has one has shared bytes: to clone it, to cut it, or to pass it costs nothing for each byte.
//!
//! ```
//! use plugwright::data::{Buffer, Table};
//!
//! # fn main() -> Result<(), plugwright::data::TableError> {
//! let log = Buffer::from(std::fs::read("access.log").unwrap_or_default());
//! let prices = Table::new([
//!     ("place", vec!["north", "south"].into()),
//!     ("price", vec![Some(31.5), None].into()),
//! ])?;
//! # assert_eq!((log.len(), prices.rows()), (0, 2));
//! # Ok(())
//! # }
//! ```
//!
//! No grant is needed: a plugin has what it is lent, and nothing else.

mod buffer;
mod link;
mod table;

use std::ops::Range;

use wasmtime::component::{Resource, ResourceTable};

pub(crate) use self::link::{INTERFACES, link};
pub use self::{
    buffer::Buffer,
    table::{Table, TableError, Values},
};
use crate::state::{Exceeded, State};

/// What is there of so many things from a place on.
fn cut(first: u64, most: u64, length: usize) -> Range<usize> {
    let end = usize::try_from(first.saturating_add(most)).map_or(length, |it| it.min(length));
    let first = usize::try_from(first).map_or(end, |it| it.min(end));
    first..end
}

/// What one answer copies into a sandbox: no more than its memory may hold.
#[derive(Debug)]
struct Copied {
    allowed: u64,
    bytes: u64,
}

impl Copied {
    /// Adds what is about to be copied: a plugin that asks for too much must not make the host copy it.
    fn add(&mut self, bytes: u64) -> Result<(), Exceeded> {
        let asked = self.bytes.saturating_add(bytes);
        if asked > self.allowed {
            return Err(Exceeded::Memory { allowed: self.allowed, asked });
        }
        self.bytes = asked;
        Ok(())
    }
}

/// What a plugin has until the present call is over.
#[derive(Debug)]
pub(crate) struct Lent {
    rep: u32,
    drop: fn(&mut ResourceTable, u32),
}

impl Lent {
    pub(crate) fn take_back(&self, table: &mut ResourceTable) {
        (self.drop)(table, self.rep);
    }
}

fn own<L: 'static>(rep: u32) -> Resource<L> {
    Resource::new_own(rep)
}

impl<H> State<H> {
    /// Answers a plugin that reads what it was lent.
    fn read<L: Clone + Send + 'static, R>(
        &mut self,
        function: &'static str,
        bytes: u64,
        lent: &Resource<L>,
        read: impl FnOnce(&L, &mut Copied) -> Result<R, Exceeded>,
    ) -> wasmtime::Result<R> {
        self.sandbox.charge(function, bytes)?;
        let lent = self.__look(lent)?;
        let mut copied = Copied { allowed: self.sandbox.limits().memory, bytes: 0 };
        let answer = read(&lent, &mut copied)?;
        self.sandbox.spent.copied_in += copied.bytes;
        self.sandbox.may_go_on()?;
        Ok(answer)
    }

    /// Lends something to the plugin until the present call is over.
    #[doc(hidden)]
    pub fn __lend<L: Send + 'static>(&mut self, it: L) -> wasmtime::Result<Resource<L>> {
        let rep = self.__give(it)?.rep();
        self.sandbox.lent.push(Lent { rep, drop: |table, rep| drop(table.delete(own::<L>(rep))) });
        Ok(Resource::new_borrow(rep))
    }

    /// Gives something to the plugin, which has it until it lets it go.
    #[doc(hidden)]
    pub fn __give<L: Send + 'static>(&mut self, it: L) -> wasmtime::Result<Resource<L>> {
        Ok(self.sandbox.table_mut().push(it)?)
    }

    /// Takes what the plugin gives away.
    #[doc(hidden)]
    pub fn __take<L: Send + 'static>(&mut self, it: Resource<L>) -> wasmtime::Result<L> {
        Ok(self.sandbox.table_mut().delete(it)?)
    }

    /// Takes what the plugin only shows.
    #[doc(hidden)]
    pub fn __look<L: Clone + Send + 'static>(&mut self, it: &Resource<L>) -> wasmtime::Result<L> {
        Ok(self.sandbox.table_mut().get(it)?.clone())
    }
}
