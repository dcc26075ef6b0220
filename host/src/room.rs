//! The room for sandboxes in an engine's pool: some of it is reserved for one plugin, the rest is for whoever comes.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use crossbeam_utils::CachePadded;

/// What is left of an engine's room.
#[derive(Debug)]
pub(crate) struct Room {
    all: u32,
    free: CachePadded<AtomicU32>,
}

/// A plugin's part of an engine's room; what it reserved is given back with it.
#[derive(Debug)]
pub(crate) struct Share {
    room: Arc<Room>,
    reserved: u32,
    /// What is left of what was reserved.
    own: CachePadded<AtomicU32>,
    /// How many places of the pool one sandbox takes.
    places: u32,
}

/// Where the room for a sandbox came from, and has to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Reserved,
    Free,
}

impl Room {
    pub(crate) fn new(all: u32) -> Self {
        Self { all, free: CachePadded::new(AtomicU32::new(all)) }
    }

    pub(crate) fn all(&self) -> u32 {
        self.all
    }

    /// How much is taken or reserved.
    pub(crate) fn taken(&self) -> u32 {
        self.all - self.free.load(Ordering::Relaxed)
    }

    /// Reserves room for so many sandboxes of a plugin; gives what is free where that is less.
    pub(crate) fn share(self: &Arc<Self>, sandboxes: u32, places: u32) -> Result<Share, u32> {
        let reserved = sandboxes.saturating_mul(places);
        if !take(&self.free, reserved) {
            return Err(self.free.load(Ordering::Relaxed));
        }
        let own = CachePadded::new(AtomicU32::new(reserved));
        Ok(Share { room: Arc::clone(self), reserved, own, places })
    }
}

impl Share {
    /// The room that a plugin's sandboxes can have at the most, in sandboxes.
    pub(crate) fn most(&self) -> u32 {
        self.room.all() / self.places
    }

    /// Takes room for one sandbox, from what was reserved as long as there is any.
    #[inline]
    pub(crate) fn take(&self) -> Option<From> {
        if self.reserved > 0 && take(&self.own, self.places) {
            return Some(From::Reserved);
        }
        take(&self.room.free, self.places).then_some(From::Free)
    }

    /// Gives the room of one sandbox back.
    #[inline]
    pub(crate) fn give(&self, to: From) {
        let to = match to {
            From::Reserved => &*self.own,
            From::Free => &self.room.free,
        };
        to.fetch_add(self.places, Ordering::Release);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.free.fetch_add(self.reserved, Ordering::Release);
    }
}

#[inline]
fn take(from: &AtomicU32, count: u32) -> bool {
    from.fetch_update(Ordering::Acquire, Ordering::Relaxed, |free| free.checked_sub(count)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(share: &Share) -> Vec<From> {
        std::iter::from_fn(|| share.take()).collect()
    }

    #[test]
    fn nobody_takes_what_another_reserved() {
        let room = Arc::new(Room::new(4));
        let quiet = room.share(2, 1).unwrap();
        let busy = room.share(0, 1).unwrap();
        assert_eq!(all(&busy), [From::Free; 2]);
        assert_eq!(all(&quiet), [From::Reserved; 2]);
        busy.give(From::Free);
        assert_eq!(quiet.take(), Some(From::Free), "what is free is for everybody");
        quiet.give(From::Free);
        quiet.give(From::Reserved);
        assert_eq!(busy.take(), Some(From::Free));
        assert_eq!(busy.take(), None, "what was reserved stays so");
        (0..2).for_each(|_| busy.give(From::Free));
        quiet.give(From::Reserved);
        drop(quiet);
        assert_eq!(room.free.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn what_is_not_there_cannot_be_reserved() {
        let room = Arc::new(Room::new(10));
        let large = room.share(1, 4).unwrap();
        assert_eq!(room.share(7, 1).unwrap_err(), 6);
        assert_eq!(large.most(), 2);
        assert_eq!(
            all(&large),
            [From::Reserved, From::Free],
            "two places are left, and it takes four"
        );
    }
}
